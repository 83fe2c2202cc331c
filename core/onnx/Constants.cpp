// SPDX-License-Identifier: GPL-3.0-or-later
#include "onnx/Values.h"

#include <algorithm>
#include <array>

namespace millrace::onnx
{
namespace
{

constexpr std::array<std::string_view, 7> kRandom = {
    "RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike",
    "Multinomial",  "Bernoulli",     "Dropout"};
/// Parts of names of operators outside ONNX's own that draw numbers or keep state.
constexpr std::array<std::string_view, 6> kNotPure = {"Random",  "Sampl",     "Search",
                                                      "Dropout", "Generator", "Training"};

class Purity
{
public:
    explicit Purity(const pb::ModelProto& model) : m_model(model) {}

    /// The same inputs always give the same outputs, as far as we know the operator.
    [[nodiscard]] bool isPure(const pb::NodeProto& node, int depth = 0) const
    {
        constexpr int kDepthLimit = 32; // of functions that call functions
        if (depth > kDepthLimit || !isPureOperator(node, depth))
            return false;
        bool pure = true;
        forEachSubgraph(node, [&](const pb::GraphProto& graph) {
            for (const pb::NodeProto& inner : graph.node())
                pure = pure && isPure(inner, depth + 1);
        });
        return pure;
    }

private:
    [[nodiscard]] bool isPureOperator(const pb::NodeProto& node, int depth) const
    {
        for (const pb::FunctionProto& function : m_model.functions())
            if (function.name() == node.op_type() && function.domain() == node.domain())
                return std::all_of(function.node().begin(), function.node().end(),
                                   [&](const auto& inner) { return isPure(inner, depth + 1); });
        const std::string& op = node.op_type();
        if (isStandardDomain(node.domain()))
            return std::find(kRandom.begin(), kRandom.end(), op) == kRandom.end();
        return (node.domain() == "com.microsoft" || node.domain() == "ai.onnx.ml") &&
               std::none_of(kNotPure.begin(), kNotPure.end(), [&](std::string_view part) {
                   return op.find(part) != std::string::npos;
               });
    }

    const pb::ModelProto& m_model;
};

} // namespace

Constants findConstants(const pb::GraphProto& graph, const pb::ModelProto& model,
                        const Facts& facts)
{
    Constants constants;
    for (const pb::TensorProto& tensor : graph.initializer())
        constants.values.insert(tensor.name());
    for (const pb::SparseTensorProto& tensor : graph.sparse_initializer())
        constants.values.insert(tensor.values().name());
    const Purity purity(model);
    const auto isTensor = [&](const std::string& value) {
        const auto fact = facts.find(value);
        return fact == facts.end() || fact->second.dtype != graph::DType::Undefined;
    };
    for (const pb::NodeProto& node : graph.node()) {
        const auto reads = readValues(node);
        const bool isConstant =
            std::all_of(reads.begin(), reads.end(),
                        [&](const std::string& v) { return constants.values.contains(v); }) &&
            std::all_of(node.output().begin(), node.output().end(), isTensor) &&
            purity.isPure(node);
        constants.isNode.push_back(isConstant);
        if (isConstant)
            for (const std::string& output : node.output())
                if (!output.empty())
                    constants.values.insert(output);
    }
    return constants;
}

} // namespace millrace::onnx
