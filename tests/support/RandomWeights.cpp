// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/RandomWeights.h"

#include "support/OnnxBuilder.h"

#include <cmath>
#include <cstring>
#include <map>

namespace millrace::test
{
namespace
{

std::vector<std::int64_t> int64Values(const ::onnx::TensorProto& tensor)
{
    if (!tensor.has_raw_data())
        return {tensor.int64_data().begin(), tensor.int64_data().end()};
    std::vector<std::int64_t> values(tensor.raw_data().size() / sizeof(std::int64_t));
    std::memcpy(values.data(), tensor.raw_data().data(), values.size() * sizeof(std::int64_t));
    return values;
}

struct Range {
    float low, high;
};

/// By the first node that computes with the value, looking through reshaping ones.
Range rangeFor(const ::onnx::GraphProto& graph, std::string value,
               const std::vector<std::int64_t>& shape)
{
    if (shape.size() > 1 && shape[1] > 1) {
        double fanIn = 1;
        for (std::size_t i = 1; i < shape.size(); ++i)
            fanIn *= static_cast<double>(shape[i]);
        // Classifiers get small weights: their softmax would answer 0 and 1 to everything.
        const double gain = shape.size() == 2 ? 1e-4 : 6;
        const auto bound = static_cast<float>(std::sqrt(gain / fanIn));
        return {-bound, bound};
    }
    for (const ::onnx::NodeProto& node : graph.node()) {
        for (int i = 0; i < node.input_size(); ++i) {
            if (node.input(i) != value)
                continue;
            if (node.op_type() == "Unsqueeze" || node.op_type() == "Reshape")
                value = node.output(0); // its reader comes later
            else if (node.op_type() == "Mul" ||
                     (node.op_type() == "BatchNormalization" && (i == 1 || i == 4)))
                return {0.8F, 1.2F};
            else
                return {-0.1F, 0.1F};
        }
    }
    return {-0.1F, 0.1F};
}

} // namespace

int randomizeWeights(::onnx::ModelProto& model, unsigned seed)
{
    auto& graph = *model.mutable_graph();
    std::map<std::string, std::vector<std::int64_t>> shapes;
    for (const ::onnx::TensorProto& tensor : graph.initializer())
        if (tensor.data_type() == ::onnx::TensorProto::INT64)
            shapes.emplace(tensor.name(), int64Values(tensor));
    const ::onnx::GraphProto original = graph;
    graph.clear_node();
    int replaced = 0;
    for (const ::onnx::NodeProto& node : original.node()) {
        if (node.op_type() != "ConstantOfShape" || !shapes.contains(node.input(0))) {
            *graph.add_node() = node;
            continue;
        }
        const auto& shape = shapes.at(node.input(0));
        const Range range = rangeFor(original, node.output(0), shape);
        *graph.add_initializer() =
            randomWeight(node.output(0), shape, range.low, range.high,
                         seed * 100'000ULL + static_cast<unsigned>(replaced));
        ++replaced;
    }
    if (model.ir_version() < 4)
        model.set_ir_version(4); // the new weights are no inputs
    return replaced;
}

} // namespace millrace::test
