// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/OnnxBuilder.h"

#include <cmath>
#include <fstream>
#include <random>

namespace millrace::test
{
namespace
{

void setShape(::onnx::ValueInfoProto& value, const std::vector<Dim>& shape, int type)
{
    auto* tensor = value.mutable_type()->mutable_tensor_type();
    tensor->set_elem_type(type);
    tensor->mutable_shape();
    for (const Dim& dim : shape) {
        auto* added = tensor->mutable_shape()->add_dim();
        if (const auto* size = std::get_if<std::int64_t>(&dim))
            added->set_dim_value(*size);
        else if (!std::get<std::string>(dim).empty())
            added->set_dim_param(std::get<std::string>(dim));
    }
}

void setAttribute(::onnx::AttributeProto& attribute, const Attribute& value)
{
    using ::onnx::AttributeProto;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        attribute.set_type(AttributeProto::INT);
        attribute.set_i(*whole);
    } else if (const auto* real = std::get_if<float>(&value)) {
        attribute.set_type(AttributeProto::FLOAT);
        attribute.set_f(*real);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
        attribute.set_type(AttributeProto::STRING);
        attribute.set_s(*text);
    } else if (const auto* list = std::get_if<std::vector<std::int64_t>>(&value)) {
        attribute.set_type(AttributeProto::INTS);
        attribute.mutable_ints()->Add(list->begin(), list->end());
    } else {
        attribute.set_type(AttributeProto::GRAPH);
        *attribute.mutable_g() = std::get<::onnx::GraphProto>(value);
    }
}

} // namespace

OnnxBuilder::OnnxBuilder(int opset, int irVersion)
{
    m_model.set_ir_version(irVersion);
    m_model.set_producer_name("millrace-tests");
    auto* standard = m_model.add_opset_import();
    standard->set_domain("");
    standard->set_version(opset);
    graph().set_name("test");
}

OnnxBuilder& OnnxBuilder::input(const std::string& name, const std::vector<Dim>& shape, int type)
{
    auto* value = graph().add_input();
    value->set_name(name);
    setShape(*value, shape, type);
    return *this;
}

OnnxBuilder& OnnxBuilder::output(const std::string& name)
{
    graph().add_output()->set_name(name);
    return *this;
}

OnnxBuilder& OnnxBuilder::node(const std::string& op, const Names& inputs, const Names& outputs,
                               const Attributes& attributes)
{
    auto* node = graph().add_node();
    node->set_op_type(op);
    node->set_name(op + "_" + std::to_string(graph().node_size()));
    for (const std::string& name : inputs)
        node->add_input(name);
    for (const std::string& name : outputs)
        node->add_output(name);
    for (const auto& [name, value] : attributes) {
        auto* attribute = node->add_attribute();
        attribute->set_name(name);
        setAttribute(*attribute, value);
    }
    return *this;
}

OnnxBuilder& OnnxBuilder::weight(const std::string& name, const std::vector<std::int64_t>& shape)
{
    double fanIn = 1;
    for (std::size_t i = 1; i < shape.size(); ++i)
        fanIn *= static_cast<double>(shape[i]);
    const auto bound = static_cast<float>(std::sqrt(6.0 / fanIn));
    *graph().add_initializer() = randomWeight(name, shape, -bound, bound, m_seed++);
    return *this;
}

OnnxBuilder& OnnxBuilder::ints(const std::string& name, const std::vector<std::int64_t>& values)
{
    scalar(name, 0);
    auto& tensor = *graph().mutable_initializer(graph().initializer_size() - 1);
    tensor.add_dims(static_cast<std::int64_t>(values.size()));
    tensor.mutable_int64_data()->Assign(values.begin(), values.end());
    return *this;
}

OnnxBuilder& OnnxBuilder::scalar(const std::string& name, std::int64_t value)
{
    auto* tensor = graph().add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(::onnx::TensorProto::INT64);
    tensor->add_int64_data(value);
    return *this;
}

::onnx::NodeProto& OnnxBuilder::last()
{
    return *graph().mutable_node(graph().node_size() - 1);
}

std::string OnnxBuilder::bytes() const
{
    return m_model.SerializeAsString();
}

void OnnxBuilder::save(const std::filesystem::path& path) const
{
    saveModel(m_model, path);
}

::onnx::TensorProto randomWeight(const std::string& name, const std::vector<std::int64_t>& shape,
                                 float low, float high, std::uint64_t seed)
{
    ::onnx::TensorProto tensor;
    tensor.set_name(name);
    tensor.set_data_type(::onnx::TensorProto::FLOAT);
    std::size_t count = 1;
    for (const std::int64_t dim : shape) {
        tensor.add_dims(dim);
        count *= static_cast<std::size_t>(dim);
    }
    std::mt19937_64 bits(seed);
    std::vector<float> values(count);
    for (float& value : values)
        value = low + (high - low) * static_cast<float>(bits() >> 40U) * 0x1p-24F;
    tensor.set_raw_data(values.data(), count * sizeof(float));
    return tensor;
}

void saveModel(const ::onnx::ModelProto& model, const std::filesystem::path& path)
{
    std::ofstream file(path, std::ios::binary);
    model.SerializeToOstream(&file);
}

void writeThreeConvolutions(const std::string& path)
{
    OnnxBuilder builder;
    const Attributes padded = {{"pads", std::vector<std::int64_t>{1, 1, 1, 1}}};
    builder.input("x", {1, 176, 3, 3});
    for (const char* name : {"w1", "w2", "w3"})
        builder.weight(name, {176, 176, 3, 3});
    builder.node("Conv", {"x", "w1"}, {"a"}, padded).node("Relu", {"a"}, {"b"});
    builder.node("Conv", {"b", "w2"}, {"c"}, padded).node("Relu", {"c"}, {"d"});
    builder.node("Conv", {"d", "w3"}, {"e"}, padded).node("Relu", {"e"}, {"y"});
    builder.output("y").save(path);
}

} // namespace millrace::test
