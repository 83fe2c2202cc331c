// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph/Graph.h"

#include <onnx/onnx_pb.h>

#include <map>
#include <string>
#include <vector>

namespace millrace::onnx
{

namespace pb = ::onnx;

/// Undefined for codes this version does not know.
[[nodiscard]] graph::DType dtypeOf(int code);
/// TensorProto::DataType's code; 0 for Undefined.
[[nodiscard]] int codeOf(graph::DType dtype);

/// "" and "ai.onnx" are the same domain.
[[nodiscard]] bool isStandardDomain(const std::string& domain);

/// "Conv", or "com.microsoft.FusedConv".
[[nodiscard]] std::string qualifiedOp(const pb::NodeProto& node);

/// How messages speak of a node: its name, or what it makes.
[[nodiscard]] std::string describe(const pb::NodeProto& node);

/// The named attribute or null.
[[nodiscard]] const pb::AttributeProto* attribute(const pb::NodeProto& node, const char* name);

/// Values a node reads: its inputs and what its subgraphs capture from outside, each once, without
/// the empty name that stands for "not given".
[[nodiscard]] std::vector<std::string> readValues(const pb::NodeProto& node);

/// Calls `visit` for each subgraph in the node's attributes (not for those inside them).
template <class Visit>
void forEachSubgraph(const pb::NodeProto& node, const Visit& visit)
{
    for (const pb::AttributeProto& attribute : node.attribute()) {
        if (attribute.has_g())
            visit(attribute.g());
        for (const pb::GraphProto& graph : attribute.graphs())
            visit(graph);
    }
}

/// Who makes what in a graph whose names are unique. Indices into the graph's fields; it must not
/// change while the index is used.
struct GraphIndex {
    explicit GraphIndex(const pb::GraphProto& graph);
    std::vector<std::vector<std::string>> reads; ///< per node, as readValues()
    std::map<std::string, int> producer;         ///< value -> node
    std::map<std::string, int> initializer;
    std::map<std::string, int> sparseInitializer;
};

} // namespace millrace::onnx
