// SPDX-License-Identifier: GPL-3.0-or-later
#include "onnx/ModelImpl.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace millrace::onnx
{
namespace
{

constexpr int kListLimit = 16;
constexpr std::size_t kTextLimit = 80;

/// Short, one line, ASCII: what is not is shown as '?'.
std::string text(const std::string& value)
{
    std::string shown = value.substr(0, kTextLimit);
    std::replace_if(
        shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return value.size() > kTextLimit ? shown + "..." : shown;
}

template <class Values, class Show>
std::string list(const Values& values, const Show& show)
{
    std::vector<std::string> shown;
    for (int i = 0; i < std::min<int>(values.size(), kListLimit); ++i)
        shown.push_back(show(values.Get(i)));
    const bool isCut = values.size() > kListLimit;
    return fmt::format("[{}{}]", fmt::join(shown, ", "),
                       isCut ? fmt::format(", ... {} in all", values.size()) : "");
}

std::string describeTensor(const pb::TensorProto& tensor)
{
    return fmt::format("tensor {} [{}]", graph::name(dtypeOf(tensor.data_type())),
                       fmt::join(tensor.dims(), ", "));
}

std::string describeGraph(const pb::GraphProto& graph)
{
    return fmt::format("graph of {} nodes", graph.node_size());
}

std::string show(const pb::AttributeProto& a)
{
    const auto number = [](auto value) { return fmt::format("{}", value); };
    if (a.has_f())
        return number(a.f());
    if (a.has_i())
        return number(a.i());
    if (a.has_s())
        return text(a.s());
    if (a.has_t())
        return describeTensor(a.t());
    if (a.has_g())
        return describeGraph(a.g());
    if (a.floats_size() > 0)
        return list(a.floats(), number);
    if (a.ints_size() > 0)
        return list(a.ints(), number);
    if (a.strings_size() > 0)
        return list(a.strings(), text);
    if (a.tensors_size() > 0)
        return list(a.tensors(), describeTensor);
    if (a.graphs_size() > 0)
        return list(a.graphs(), describeGraph);
    if (a.has_sparse_tensor())
        return "sparse tensor";
    if (a.has_tp() || a.type_protos_size() > 0)
        return "type";
    return a.type() == pb::AttributeProto::INTS || a.type() == pb::AttributeProto::FLOATS ||
                   a.type() == pb::AttributeProto::STRINGS
               ? "[]"
               : "";
}

} // namespace

std::vector<std::pair<std::string, std::string>> printableAttributes(const pb::NodeProto& node)
{
    std::vector<std::pair<std::string, std::string>> shown;
    for (const pb::AttributeProto& attribute : node.attribute())
        shown.emplace_back(text(attribute.name()), show(attribute));
    return shown;
}

} // namespace millrace::onnx
