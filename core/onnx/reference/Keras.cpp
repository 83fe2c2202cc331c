// SPDX-License-Identifier: GPL-3.0-or-later
#include "onnx/reference/Keras.h"

#include "onnx/NodeAttributes.h"

#include <cmath>
#include <cstring>

namespace millrace::onnx
{
namespace
{

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

/// Sets padding and gives the size of the output.
std::int64_t padded(pb::NodeProto& node, std::int64_t size, std::int64_t kernel,
                    std::int64_t stride, KerasBuilder::Padding padding)
{
    if (padding == KerasBuilder::Padding::Valid)
        return (size - kernel) / stride + 1;
    const auto [before, after] = samePads(size, kernel, stride);
    setInts(node, "pads", {before, before, after, after});
    return (size + stride - 1) / stride;
}

/// He et al. 2015, for a uniform distribution.
float heBound(std::int64_t inputs)
{
    return std::sqrt(6.0F / static_cast<float>(inputs));
}

} // namespace

KerasBuilder::KerasBuilder(const std::string& name, std::int64_t channels, std::int64_t size,
                           std::uint64_t seed, Content content)
    : m_graph(m_model.mutable_graph()), m_input{"input", channels, size, 0}, m_content(content),
      m_random(seed)
{
    m_model.set_ir_version(7);
    m_model.set_producer_name("millrace");
    pb::OperatorSetIdProto* opset = m_model.add_opset_import();
    opset->set_domain("");
    opset->set_version(13);
    m_graph->set_name(name);
    setValue(*m_graph->add_input(), m_input.name, {1, channels, size, size});
    m_architecture.name = name;
    layer("InputLayer", m_input.name, {}, m_input.name, {channels, size});
}

KerasBuilder::Value KerasBuilder::layer(const std::string& kind, const std::string& name,
                                        const std::vector<Value>& from, const std::string& value,
                                        Shape shape)
{
    graph::ArchitectureLayer made{name, kind, {}, 0, 0};
    for (const Value& input : from)
        made.inputs.push_back(input.layer);
    made.elements = shape.channels * shape.size * shape.size;
    made.parameters = std::exchange(m_newParameters, 0);
    m_architecture.layers.push_back(std::move(made));
    return {value, shape.channels, shape.size, m_architecture.layers.size() - 1};
}

std::string KerasBuilder::weight(const std::string& name, const std::vector<std::int64_t>& shape,
                                 float low, float high)
{
    std::int64_t count = 1;
    for (const std::int64_t dim : shape)
        count *= dim;
    m_newParameters += count;
    if (m_content == Content::StructureOnly)
        return name;
    pb::TensorProto* tensor = m_graph->add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(pb::TensorProto::FLOAT);
    for (const std::int64_t dim : shape)
        tensor->add_dims(dim);
    std::string& raw = *tensor->mutable_raw_data();
    raw.resize(static_cast<std::size_t>(count) * sizeof(float));
    for (std::size_t at = 0; at < raw.size(); at += sizeof(float)) {
        const float value = low + (high - low) * m_random.unitFloat();
        std::memcpy(raw.data() + at, &value, sizeof value);
    }
    return name;
}

/// A setting rather than a parameter.
std::string KerasBuilder::scalar(const std::string& name, float value)
{
    pb::TensorProto* tensor = m_graph->add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(pb::TensorProto::FLOAT);
    tensor->add_float_data(value);
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
    return layer("ZeroPadding2D", name, {in}, node("Pad", name, {in.name, pads->name()}).output(0),
                 {in.channels, in.size + before + after});
}

KerasBuilder::Value KerasBuilder::conv(const std::string& name, const Value& in,
                                       std::int64_t filters, std::int64_t kernel,
                                       std::int64_t stride, Padding padding, Bias bias)
{
    const float bound = heBound(in.channels * kernel * kernel);
    std::vector<std::string> inputs = {
        in.name, weight(name + "/kernel", {filters, in.channels, kernel, kernel}, -bound, bound)};
    if (bias == Bias::Yes)
        inputs.push_back(weight(name + "/bias", {filters}, -0.05F, 0.05F));
    pb::NodeProto& made = node("Conv", name, inputs);
    setInts(made, "kernel_shape", {kernel, kernel});
    setInts(made, "strides", {stride, stride});
    const std::int64_t size = padded(made, in.size, kernel, stride, padding);
    return layer("Conv2D", name, {in}, made.output(0), {filters, size});
}

KerasBuilder::Value KerasBuilder::conv(const std::string& name, const Value& in,
                                       std::int64_t filters, Kernel kernel, Bias bias,
                                       Activation activation)
{
    const float bound = heBound(in.channels * kernel.height * kernel.width);
    std::vector<std::string> inputs = {
        in.name, weight(name + "/kernel", {filters, in.channels, kernel.height, kernel.width},
                        -bound, bound)};
    if (bias == Bias::Yes)
        inputs.push_back(weight(name + "/bias", {filters}, -0.05F, 0.05F));
    pb::NodeProto& made = node("Conv", name, inputs);
    setInts(made, "kernel_shape", {kernel.height, kernel.width});
    const auto [top, bottom] = samePads(in.size, kernel.height, 1);
    const auto [left, right] = samePads(in.size, kernel.width, 1);
    setInts(made, "pads", {top, left, bottom, right});
    const Value value =
        activated(name + "_activation", {made.output(0), filters, in.size, 0}, activation);
    return layer("Conv2D", name, {in}, value.name, {filters, in.size});
}

KerasBuilder::Value KerasBuilder::depthwise(const std::string& name, const Value& in,
                                            std::int64_t kernel, std::int64_t stride,
                                            Padding padding)
{
    const float bound = heBound(kernel * kernel);
    pb::NodeProto& made = node("Conv", name,
                               {in.name, weight(name + "/depthwise_kernel",
                                                {in.channels, 1, kernel, kernel}, -bound, bound)});
    setInt(made, "group", in.channels);
    setInts(made, "kernel_shape", {kernel, kernel});
    setInts(made, "strides", {stride, stride});
    const std::int64_t size = padded(made, in.size, kernel, stride, padding);
    return layer("DepthwiseConv2D", name, {in}, made.output(0), {in.channels, size});
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
    return layer("BatchNormalization", name, {in}, made.output(0), {in.channels, in.size});
}

KerasBuilder::Value KerasBuilder::batchNormUnscaled(const std::string& name, const Value& in)
{
    const std::vector<std::int64_t> shape = {in.channels};
    const std::string beta = weight(name + "/beta", shape, -0.1F, 0.1F);
    const std::string mean = weight(name + "/moving_mean", shape, -0.05F, 0.05F);
    const std::string variance = weight(name + "/moving_variance", shape, 0.9F, 1.1F);
    pb::NodeProto& made =
        node("BatchNormalization", name, {in.name, variance, beta, mean, variance});
    setFloat(made, "epsilon", 1e-3F);
    return layer("BatchNormalization", name, {in}, made.output(0), {in.channels, in.size});
}

void KerasBuilder::softmaxOutput(const std::string& name, const Value& in, std::int64_t units)
{
    const float bound = heBound(in.channels);
    const std::string kernel = weight(name + "/kernel", {in.channels, units}, -bound, bound);
    const std::string bias = weight(name + "/bias", {units}, -0.05F, 0.05F);
    const std::string logits = node("Gemm", name, {in.name, kernel, bias}).output(0);
    pb::NodeProto& made = node("Softmax", name + "_softmax", {logits});
    setInt(made, "axis", 1);
    made.set_output(0, "output");
    setValue(*m_graph->add_output(), "output", {1, units});
    layer("Dense", name, {in}, "output", {units, 1});
}

} // namespace millrace::onnx
