// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "onnx/Model.h"
#include "onnx/Values.h"

namespace millrace::onnx
{

struct Model::Impl {
    std::filesystem::path path;
    std::string sha256;
    std::map<std::string, std::int64_t> dims;
    std::map<std::string, std::int64_t> symbols; ///< of them, those ONNX Runtime knows by name
    graph::Graph graph;
    pb::ModelProto proto; ///< normalized, dims bound
    Facts facts;
    Constants constants;
    std::vector<std::vector<int>> nodes; ///< per layer, ascending; empty for a constant output

    [[nodiscard]] std::filesystem::path folder() const
    {
        return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    }
};

/// Layers, tensors and weights of a normalized model.
struct BuiltGraph {
    graph::Graph graph;
    std::vector<std::vector<int>> nodes;
};
[[nodiscard]] Result<BuiltGraph> buildGraph(const pb::ModelProto& model, const Facts& facts,
                                            const Constants& constants);

/// Nodes (run-time ones only) that must stay together, in the order of their first node: what
/// exchanges anything but dense tensors, and what lies between such nodes.
[[nodiscard]] std::vector<std::vector<int>> inseparableNodes(const pb::GraphProto& graph,
                                                             const GraphIndex& index,
                                                             const Facts& facts,
                                                             const Constants& constants);

/// Estimated floating-point operations of a node; a multiply-add counts 2.
[[nodiscard]] double estimateFlops(const pb::NodeProto& node, const Facts& facts);

/// Attributes as text, in file order.
[[nodiscard]] std::vector<std::pair<std::string, std::string>>
printableAttributes(const pb::NodeProto& node);

} // namespace millrace::onnx
