// SPDX-License-Identifier: GPL-3.0-or-later
// The layers of a KerasBuilder that have hardly a weight: activations, sums, pools.
#include "onnx/reference/Keras.h"
#include "onnx/NodeAttributes.h"

namespace millrace::onnx
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

/// `in` as it leaves the nodes of an activation; no layer of its own.
KerasBuilder::Value KerasBuilder::activated(const std::string& name, const Value& in,
                                            Activation activation)
{
    Value out = in;
    if (activation == Activation::Relu)
        out.name = node("Relu", name, {in.name}).output(0);
    else if (activation == Activation::Sigmoid)
        out.name = node("Sigmoid", name, {in.name}).output(0);
    else if (activation == Activation::Swish) {
        const std::string gate = node("Sigmoid", name + "_sigmoid", {in.name}).output(0);
        out.name = node("Mul", name, {in.name, gate}).output(0);
    }
    return out;
}

KerasBuilder::Value KerasBuilder::relu(const std::string& name, const Value& in)
{
    return layer("Activation", name, {in}, activated(name, in, Activation::Relu).name,
                 {in.channels, in.size});
}

KerasBuilder::Value KerasBuilder::swish(const std::string& name, const Value& in)
{
    return layer("Activation", name, {in}, activated(name, in, Activation::Swish).name,
                 {in.channels, in.size});
}

KerasBuilder::Value KerasBuilder::relu6(const std::string& name, const Value& in)
{
    const std::string low = scalar(name + "/min", 0.0F);
    const std::string high = scalar(name + "/max", 6.0F);
    return layer("ReLU", name, {in}, node("Clip", name, {in.name, low, high}).output(0),
                 {in.channels, in.size});
}

KerasBuilder::Value KerasBuilder::add(const std::string& name, const Value& a, const Value& b)
{
    return layer("Add", name, {a, b}, node("Add", name, {a.name, b.name}).output(0),
                 {a.channels, a.size});
}

KerasBuilder::Value KerasBuilder::scaledAdd(const std::string& name, const Value& a, const Value& b,
                                            float factor)
{
    const std::string scale = scalar(name + "/scale", factor);
    const std::string scaled = node("Mul", name + "_scale", {b.name, scale}).output(0);
    return layer("CustomScaleLayer", name, {a, b}, node("Add", name, {a.name, scaled}).output(0),
                 {a.channels, a.size});
}

KerasBuilder::Value KerasBuilder::multiply(const std::string& name, const Value& in,
                                           const Value& weights)
{
    return layer("Multiply", name, {in, weights},
                 node("Mul", name, {in.name, weights.name}).output(0), {in.channels, in.size});
}

KerasBuilder::Value KerasBuilder::concat(const std::string& name, const std::vector<Value>& parts)
{
    std::vector<std::string> names;
    std::int64_t channels = 0;
    for (const Value& part : parts) {
        names.push_back(part.name);
        channels += part.channels;
    }
    pb::NodeProto& made = node("Concat", name, names);
    setInt(made, "axis", 1);
    return layer("Concatenate", name, parts, made.output(0), {channels, parts.front().size});
}

KerasBuilder::Value KerasBuilder::maxPool(const std::string& name, const Value& in,
                                          std::int64_t kernel, std::int64_t stride)
{
    pb::NodeProto& made = node("MaxPool", name, {in.name});
    setInts(made, "kernel_shape", {kernel, kernel});
    setInts(made, "strides", {stride, stride});
    return layer("MaxPooling2D", name, {in}, made.output(0),
                 {in.channels, (in.size - kernel) / stride + 1});
}

KerasBuilder::Value KerasBuilder::averagePool(const std::string& name, const Value& in)
{
    pb::NodeProto& made = node("AveragePool", name, {in.name});
    setInts(made, "kernel_shape", {3, 3});
    setInts(made, "pads", {1, 1, 1, 1});
    return layer("AveragePooling2D", name, {in}, made.output(0), {in.channels, in.size});
}

KerasBuilder::Value KerasBuilder::globalPool(const std::string& name, const Value& in)
{
    pb::NodeProto& made = node("ReduceMean", name, {in.name});
    setInts(made, "axes", {2, 3});
    setInt(made, "keepdims", 0);
    return layer("GlobalAveragePooling2D", name, {in}, made.output(0), {in.channels, 1});
}

KerasBuilder::Value KerasBuilder::unflatten(const std::string& name, const Value& in)
{
    pb::TensorProto* shape = m_graph->add_initializer();
    shape->set_name(name + "/shape");
    shape->set_data_type(pb::TensorProto::INT64);
    shape->add_dims(4);
    for (const std::int64_t dim : {std::int64_t{1}, in.channels, std::int64_t{1}, std::int64_t{1}})
        shape->add_int64_data(dim);
    return layer("Reshape", name, {in}, node("Reshape", name, {in.name, shape->name()}).output(0),
                 {in.channels, 1});
}

KerasBuilder::Value KerasBuilder::rescale(const std::string& name, const Value& in, float factor)
{
    const std::string scale = scalar(name + "/scale", factor);
    return layer("Rescaling", name, {in}, node("Mul", name, {in.name, scale}).output(0),
                 {in.channels, in.size});
}

KerasBuilder::Value KerasBuilder::normalize(const std::string& name, const Value& in)
{
    const std::vector<std::int64_t> shape = {1, in.channels, 1, 1};
    const std::string mean = weight(name + "/mean", shape, 0.4F, 0.6F);
    const std::string deviation = weight(name + "/deviation", shape, 0.2F, 0.3F);
    const std::string count = weight(name + "/count", {1}, 1, 1);
    const std::string centred = node("Sub", name + "_centre", {in.name, mean}).output(0);
    const std::string unit = node("Div", name, {centred, deviation}).output(0);
    return layer("Normalization", name, {in}, node("Mul", name + "_count", {unit, count}).output(0),
                 {in.channels, in.size});
}

KerasBuilder::Value KerasBuilder::dropout(const std::string& name, const Value& in)
{
    return layer("Dropout", name, {in}, node("Identity", name, {in.name}).output(0),
                 {in.channels, in.size});
}

} // namespace millrace::onnx
