// SPDX-License-Identifier: GPL-3.0-or-later
#include "onnx/Proto.h"

#include <algorithm>
#include <array>
#include <set>

namespace millrace::onnx
{
namespace
{

using graph::DType;

// In the order of TensorProto::DataType's codes; those above 16 are younger than the protobufs.
constexpr std::array<DType, 24> kTypes = {
    DType::Undefined,      DType::Float32,      DType::UInt8,          DType::Int8,
    DType::UInt16,         DType::Int16,        DType::Int32,          DType::Int64,
    DType::String,         DType::Bool,         DType::Float16,        DType::Float64,
    DType::UInt32,         DType::UInt64,       DType::Complex64,      DType::Complex128,
    DType::BFloat16,       DType::Float8E4M3FN, DType::Float8E4M3FNUZ, DType::Float8E5M2,
    DType::Float8E5M2FNUZ, DType::UInt4,        DType::Int4,           DType::Float4E2M1};

/// Names that a graph defines itself; anything else it reads comes from outside.
std::set<std::string> definedNames(const pb::GraphProto& graph)
{
    std::set<std::string> names;
    for (const pb::ValueInfoProto& input : graph.input())
        names.insert(input.name());
    for (const pb::TensorProto& tensor : graph.initializer())
        names.insert(tensor.name());
    for (const pb::SparseTensorProto& tensor : graph.sparse_initializer())
        names.insert(tensor.values().name());
    for (const pb::NodeProto& node : graph.node())
        names.insert(node.output().begin(), node.output().end());
    return names;
}

void appendCaptured(const pb::GraphProto& graph, std::vector<std::string>& captured)
{
    const std::set<std::string> own = definedNames(graph);
    const auto read = [&](const std::string& name) {
        if (!name.empty() && !own.contains(name))
            captured.push_back(name);
    };
    for (const pb::NodeProto& node : graph.node())
        for (const std::string& name : readValues(node))
            read(name);
    for (const pb::ValueInfoProto& output : graph.output())
        read(output.name());
}

} // namespace

graph::DType dtypeOf(int code)
{
    return code >= 0 && static_cast<std::size_t>(code) < kTypes.size()
               ? kTypes[static_cast<std::size_t>(code)]
               : DType::Undefined;
}

int codeOf(graph::DType dtype)
{
    return static_cast<int>(std::find(kTypes.begin(), kTypes.end(), dtype) - kTypes.begin());
}

bool isStandardDomain(const std::string& domain)
{
    return domain.empty() || domain == "ai.onnx";
}

std::string qualifiedOp(const pb::NodeProto& node)
{
    return isStandardDomain(node.domain()) ? node.op_type() : node.domain() + "." + node.op_type();
}

std::string describe(const pb::NodeProto& node)
{
    if (!node.name().empty())
        return fmt::format("node \"{}\" ({})", node.name(), qualifiedOp(node));
    for (const std::string& output : node.output())
        if (!output.empty())
            return fmt::format("the {} node that makes \"{}\"", qualifiedOp(node), output);
    return fmt::format("a nameless {} node", qualifiedOp(node));
}

const pb::AttributeProto* attribute(const pb::NodeProto& node, const char* name)
{
    for (const pb::AttributeProto& attribute : node.attribute())
        if (attribute.name() == name)
            return &attribute;
    return nullptr;
}

std::vector<std::string> readValues(const pb::NodeProto& node)
{
    std::vector<std::string> names(node.input().begin(), node.input().end());
    forEachSubgraph(node, [&](const pb::GraphProto& graph) { appendCaptured(graph, names); });
    std::set<std::string> seen{""};
    names.erase(std::remove_if(names.begin(), names.end(),
                               [&](const std::string& name) { return !seen.insert(name).second; }),
                names.end());
    return names;
}

GraphIndex::GraphIndex(const pb::GraphProto& graph)
{
    for (int i = 0; i < graph.node_size(); ++i) {
        reads.push_back(readValues(graph.node(i)));
        for (const std::string& output : graph.node(i).output())
            if (!output.empty())
                producer.emplace(output, i);
    }
    for (int i = 0; i < graph.initializer_size(); ++i)
        initializer.emplace(graph.initializer(i).name(), i);
    for (int i = 0; i < graph.sparse_initializer_size(); ++i)
        sparseInitializer.emplace(graph.sparse_initializer(i).values().name(), i);
}

} // namespace millrace::onnx
