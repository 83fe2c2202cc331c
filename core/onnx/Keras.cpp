// SPDX-License-Identifier: GPL-3.0-or-later
#include "onnx/Keras.h"

#include <cmath>
#include <cstring>

namespace millrace::onnx
{
namespace
{

void setInts(pb::NodeProto& node, const std::string& name,
             std::initializer_list<std::int64_t> values)
{
    pb::AttributeProto* attribute = node.add_attribute();
    attribute->set_name(name);
    attribute->set_type(pb::AttributeProto::INTS);
    for (const std::int64_t value : values)
        attribute->add_ints(value);
}

void setInt(pb::NodeProto& node, const std::string& name, std::int64_t value)
{
    pb::AttributeProto* attribute = node.add_attribute();
    attribute->set_name(name);
    attribute->set_type(pb::AttributeProto::INT);
    attribute->set_i(value);
}

void setFloat(pb::NodeProto& node, const std::string& name, float value)
{
    pb::AttributeProto* attribute = node.add_attribute();
    attribute->set_name(name);
    attribute->set_type(pb::AttributeProto::FLOAT);
    attribute->set_f(value);
}

void setValue(pb::ValueInfoProto& info, const std::string& name,
              const std::vector<std::int64_t>& shape)
{
    info.set_name(name);
    auto* tensor = info.mutable_type()->mutable_tensor_type();
    tensor->set_elem_type(pb::TensorProto::FLOAT);
    for (const std::int64_t dim : shape)
        tensor->mutable_shape()->add_dim()->set_dim_value(dim);
}

/// TensorFlow's "same": the output is ceil(size / stride), an odd padding goes behind.
std::pair<std::int64_t, std::int64_t> samePads(std::int64_t size, std::int64_t kernel,
                                               std::int64_t stride)
{
    const std::int64_t out = (size + stride - 1) / stride;
    const std::int64_t total = std::max<std::int64_t>(0, (out - 1) * stride + kernel - size);
    return {total / 2, total - total / 2};
}

} // namespace

KerasBuilder::KerasBuilder(const std::string& name, std::int64_t channels, std::int64_t size,
                           std::uint64_t seed)
    : m_graph(m_model.mutable_graph()), m_input{"input", channels, size}, m_state(seed)
{
    m_model.set_ir_version(7);
    m_model.set_producer_name("millrace");
    pb::OperatorSetIdProto* opset = m_model.add_opset_import();
    opset->set_domain("");
    opset->set_version(13);
    m_graph->set_name(name);
    setValue(*m_graph->add_input(), m_input.name, {1, channels, size, size});
}

/// SplitMix64 (Steele, Lea, Flood 2014), 24 bits: exact in a float.
float KerasBuilder::unit()
{
    std::uint64_t z = (m_state += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    z ^= z >> 31U;
    return static_cast<float>(z >> 40U) * 0x1p-24F;
}

std::string KerasBuilder::weight(const std::string& name, const std::vector<std::int64_t>& shape,
                                 float low, float high)
{
    pb::TensorProto* tensor = m_graph->add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(pb::TensorProto::FLOAT);
    std::int64_t count = 1;
    for (const std::int64_t dim : shape) {
        tensor->add_dims(dim);
        count *= dim;
    }
    std::string& raw = *tensor->mutable_raw_data();
    raw.resize(static_cast<std::size_t>(count) * sizeof(float));
    for (std::size_t at = 0; at < raw.size(); at += sizeof(float)) {
        const float value = low + (high - low) * unit();
        std::memcpy(raw.data() + at, &value, sizeof value);
    }
    return name;
}

pb::NodeProto& KerasBuilder::node(const std::string& op, const std::string& name,
                                  const std::vector<std::string>& inputs)
{
    pb::NodeProto* node = m_graph->add_node();
    node->set_op_type(op);
    node->set_name(name);
    for (const std::string& input : inputs)
        node->add_input(input);
    node->add_output(name + "_out");
    return *node;
}

KerasBuilder::Value KerasBuilder::pad(const std::string& name, const Value& in, std::int64_t before,
                                      std::int64_t after)
{
    pb::TensorProto* pads = m_graph->add_initializer();
    pads->set_name(name + "/pads");
    pads->set_data_type(pb::TensorProto::INT64);
    pads->add_dims(8);
    for (const std::int64_t value : {std::int64_t{0}, std::int64_t{0}, before, before,
                                     std::int64_t{0}, std::int64_t{0}, after, after})
        pads->add_int64_data(value);
    return {node("Pad", name, {in.name, pads->name()}).output(0), in.channels,
            in.size + before + after};
}

KerasBuilder::Value KerasBuilder::conv(const std::string& name, const Value& in,
                                       std::int64_t filters, std::int64_t kernel,
                                       std::int64_t stride, Padding padding, Bias bias)
{
    const float bound =
        std::sqrt(6.0F / static_cast<float>(in.channels * kernel * kernel)); // He, uniform
    std::vector<std::string> inputs = {
        in.name, weight(name + "/kernel", {filters, in.channels, kernel, kernel}, -bound, bound)};
    if (bias == Bias::Yes)
        inputs.push_back(weight(name + "/bias", {filters}, -0.05F, 0.05F));
    pb::NodeProto& made = node("Conv", name, inputs);
    setInts(made, "kernel_shape", {kernel, kernel});
    setInts(made, "strides", {stride, stride});
    if (padding == Padding::Valid)
        return {made.output(0), filters, (in.size - kernel) / stride + 1};
    const auto [before, after] = samePads(in.size, kernel, stride);
    setInts(made, "pads", {before, before, after, after});
    return {made.output(0), filters, (in.size + stride - 1) / stride};
}

KerasBuilder::Value KerasBuilder::depthwise(const std::string& name, const Value& in,
                                            std::int64_t kernel, std::int64_t stride,
                                            Padding padding)
{
    const float bound = std::sqrt(6.0F / static_cast<float>(kernel * kernel));
    pb::NodeProto& made = node("Conv", name,
                               {in.name, weight(name + "/depthwise_kernel",
                                                {in.channels, 1, kernel, kernel}, -bound, bound)});
    setInt(made, "group", in.channels);
    setInts(made, "kernel_shape", {kernel, kernel});
    setInts(made, "strides", {stride, stride});
    if (padding == Padding::Valid)
        return {made.output(0), in.channels, (in.size - kernel) / stride + 1};
    const auto [before, after] = samePads(in.size, kernel, stride);
    setInts(made, "pads", {before, before, after, after});
    return {made.output(0), in.channels, (in.size + stride - 1) / stride};
}

KerasBuilder::Value KerasBuilder::batchNorm(const std::string& name, const Value& in, float gamma)
{
    const std::vector<std::int64_t> shape = {in.channels};
    pb::NodeProto& made = node("BatchNormalization", name,
                               {in.name, weight(name + "/gamma", shape, 0.9F * gamma, 1.1F * gamma),
                                weight(name + "/beta", shape, -0.1F, 0.1F),
                                weight(name + "/moving_mean", shape, -0.05F, 0.05F),
                                weight(name + "/moving_variance", shape, 0.9F, 1.1F)});
    setFloat(made, "epsilon", 1e-3F);
    return {made.output(0), in.channels, in.size};
}

KerasBuilder::Value KerasBuilder::relu(const std::string& name, const Value& in)
{
    return {node("Relu", name, {in.name}).output(0), in.channels, in.size};
}

KerasBuilder::Value KerasBuilder::relu6(const std::string& name, const Value& in)
{
    std::vector<std::string> limits;
    for (const auto& [suffix, value] : {std::pair("/min", 0.0F), std::pair("/max", 6.0F)}) {
        pb::TensorProto* limit = m_graph->add_initializer();
        limit->set_name(name + suffix);
        limit->set_data_type(pb::TensorProto::FLOAT);
        limit->add_float_data(value);
        limits.push_back(limit->name());
    }
    return {node("Clip", name, {in.name, limits[0], limits[1]}).output(0), in.channels, in.size};
}

KerasBuilder::Value KerasBuilder::add(const std::string& name, const Value& a, const Value& b)
{
    return {node("Add", name, {a.name, b.name}).output(0), a.channels, a.size};
}

KerasBuilder::Value KerasBuilder::maxPool(const std::string& name, const Value& in,
                                          std::int64_t kernel, std::int64_t stride)
{
    pb::NodeProto& made = node("MaxPool", name, {in.name});
    setInts(made, "kernel_shape", {kernel, kernel});
    setInts(made, "strides", {stride, stride});
    return {made.output(0), in.channels, (in.size - kernel) / stride + 1};
}

KerasBuilder::Value KerasBuilder::globalPool(const std::string& name, const Value& in)
{
    pb::NodeProto& made = node("ReduceMean", name, {in.name});
    setInts(made, "axes", {2, 3});
    setInt(made, "keepdims", 0);
    return {made.output(0), in.channels, 1};
}

KerasBuilder::Value KerasBuilder::dense(const std::string& name, const Value& in,
                                        std::int64_t units)
{
    const float bound = std::sqrt(6.0F / static_cast<float>(in.channels));
    const std::string kernel = weight(name + "/kernel", {in.channels, units}, -bound, bound);
    const std::string bias = weight(name + "/bias", {units}, -0.05F, 0.05F);
    return {node("Gemm", name, {in.name, kernel, bias}).output(0), units, 1};
}

void KerasBuilder::softmaxOutput(const std::string& name, const Value& in)
{
    pb::NodeProto& made = node("Softmax", name, {in.name});
    setInt(made, "axis", 1);
    made.set_output(0, "output");
    setValue(*m_graph->add_output(), "output", {1, in.channels});
}

} // namespace millrace::onnx
