// SPDX-License-Identifier: GPL-3.0-or-later
#include "onnx/ModelFile.h"
#include "onnx/WeightData.h"

#include <queue>

#include <functional>
#include <set>
#include <unordered_map>

namespace millrace::onnx
{
namespace
{

bool isUtf8(std::string_view text)
{
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80                   ? 1
                                   : lead >= 0xC2 && lead < 0xE0 ? 2
                                   : lead >= 0xE0 && lead < 0xF0 ? 3
                                   : lead >= 0xF0 && lead < 0xF5 ? 4
                                                                 : 0;
        if (length == 0 || length > text.size() - i)
            return false;
        for (std::size_t k = 1; k < length; ++k)
            if ((static_cast<unsigned char>(text[i + k]) & 0xC0U) != 0x80)
                return false;
        const auto second = length > 1 ? static_cast<unsigned char>(text[i + 1]) : 0U;
        const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
        const bool surrogate = lead == 0xED && second >= 0xA0;
        const bool tooHigh = lead == 0xF4 && second >= 0x90;
        if (overlong || surrogate || tooHigh)
            return false;
        i += length;
    }
    return true;
}

/// Names visible in a graph, with those of the graphs around it.
struct Scope {
    const Scope* outer = nullptr;
    std::unordered_map<std::string, std::string> makers{};

    [[nodiscard]] bool sees(const std::string& name) const
    {
        return makers.contains(name) || (outer != nullptr && outer->sees(name));
    }
    Result<void> add(const std::string& name, const std::string& maker)
    {
        if (!isUtf8(name))
            return fail(ErrorCode::ParseError,
                        "a name made by {} is not valid text; export the model again", maker);
        const auto [found, isNew] = makers.emplace(name, maker);
        if (isNew)
            return {};
        return fail(ErrorCode::ParseError,
                    "\"{}\" is made twice, by {} and by {}; every value needs a name of its own: "
                    "rename one and export the model again",
                    name, found->second, maker);
    }
};

class Checker
{
public:
    explicit Checker(const std::filesystem::path& folder) : m_folder(folder) {}

    Result<void> check(const pb::GraphProto& graph, const Scope* outer)
    {
        Scope scope{outer};
        return addInputs(graph, scope)
            .and_then([&] { return addNodes(graph, scope); })
            .and_then([&] { return checkReads(graph, scope); })
            .and_then([&] { return checkSubgraphs(graph, scope); });
    }

private:
    Result<void> addInputs(const pb::GraphProto& graph, Scope& scope)
    {
        // Before IR 4 every weight is listed among the inputs, too.
        std::set<std::string> weights;
        for (const pb::TensorProto& tensor : graph.initializer())
            weights.insert(tensor.name());
        Result<void> sound;
        for (int i = 0; sound && i < graph.initializer_size(); ++i) {
            const pb::TensorProto& tensor = graph.initializer(i);
            if (tensor.name().empty())
                return fail(ErrorCode::ParseError, "a weight has no name; export the model again");
            sound = scope.add(tensor.name(), "a weight").and_then([&] {
                return checkTensor(tensor, m_folder);
            });
        }
        for (int i = 0; sound && i < graph.sparse_initializer_size(); ++i)
            sound = checkSparse(graph.sparse_initializer(i), scope);
        std::set<std::string> seen;
        for (int i = 0; sound && i < graph.input_size(); ++i) {
            const std::string& name = graph.input(i).name();
            if (!weights.contains(name) || !seen.insert(name).second)
                sound = scope.add(name, "a model input");
        }
        return sound;
    }

    Result<void> checkSparse(const pb::SparseTensorProto& tensor, Scope& scope)
    {
        return scope.add(tensor.values().name(), "a sparse weight")
            .and_then([&] { return checkTensor(tensor.values(), m_folder); })
            .and_then([&] { return checkTensor(tensor.indices(), m_folder); });
    }

    Result<void> addNodes(const pb::GraphProto& graph, Scope& scope)
    {
        Result<void> sound;
        for (const pb::NodeProto& node : graph.node()) {
            if (node.op_type().empty())
                return fail(ErrorCode::ParseError, "{} has no operator; export the model again",
                            describe(node));
            if (!isUtf8(node.name()) || !isUtf8(node.op_type()) || !isUtf8(node.domain()))
                return fail(ErrorCode::ParseError,
                            "a node's name is not valid text; export the model again");
            for (const std::string& output : node.output())
                if (sound && !output.empty())
                    sound = scope.add(output, describe(node));
            for (const pb::AttributeProto& attribute : node.attribute())
                if (sound && attribute.has_t())
                    sound = checkTensor(attribute.t(), m_folder).map_error([&](Error error) {
                        return inContext(describe(node), std::move(error)).value();
                    });
            if (!sound)
                return sound;
        }
        return {};
    }

    static Result<void> checkReads(const pb::GraphProto& graph, const Scope& scope)
    {
        for (const pb::NodeProto& node : graph.node())
            for (const std::string& input : node.input())
                if (!input.empty() && !scope.sees(input))
                    return fail(ErrorCode::ParseError,
                                "{} reads \"{}\", which nothing makes; export the model again",
                                describe(node), input);
        for (const pb::ValueInfoProto& output : graph.output())
            if (!scope.sees(output.name()))
                return fail(ErrorCode::ParseError,
                            "nothing makes the output \"{}\"; export the model again",
                            output.name());
        return {};
    }

    Result<void> checkSubgraphs(const pb::GraphProto& graph, const Scope& scope)
    {
        Result<void> sound;
        for (const pb::NodeProto& node : graph.node())
            forEachSubgraph(node, [&](const pb::GraphProto& subgraph) {
                if (sound)
                    sound = check(subgraph, &scope);
            });
        return sound;
    }

    const std::filesystem::path& m_folder;
};

Result<std::vector<int>> nodeOrder(const pb::GraphProto& graph)
{
    const GraphIndex index(graph);
    const auto count = static_cast<std::size_t>(graph.node_size());
    std::vector<std::vector<int>> readers(count);
    std::vector<int> missing(count, 0);
    for (std::size_t node = 0; node < count; ++node) {
        for (const std::string& value : index.reads[node]) {
            const auto producer = index.producer.find(value);
            if (producer == index.producer.end())
                continue;
            readers[static_cast<std::size_t>(producer->second)].push_back(static_cast<int>(node));
            ++missing[node];
        }
    }
    std::priority_queue<int, std::vector<int>, std::greater<>> ready;
    for (std::size_t node = 0; node < count; ++node)
        if (missing[node] == 0)
            ready.push(static_cast<int>(node));
    std::vector<int> order;
    while (!ready.empty()) {
        order.push_back(ready.top());
        ready.pop();
        for (const int reader : readers[static_cast<std::size_t>(order.back())])
            if (--missing[static_cast<std::size_t>(reader)] == 0)
                ready.push(reader);
    }
    if (order.size() == count)
        return order;
    // What is stuck lies on a cycle or behind one; going back along stuck makers reaches the cycle.
    int stuck = 0;
    while (missing[static_cast<std::size_t>(stuck)] == 0)
        ++stuck;
    for (std::size_t step = 0; step < count; ++step)
        for (const std::string& value : index.reads[static_cast<std::size_t>(stuck)])
            if (const auto made = index.producer.find(value);
                made != index.producer.end() &&
                missing[static_cast<std::size_t>(made->second)] > 0) {
                stuck = made->second;
                break;
            }
    return fail(ErrorCode::ParseError,
                "{} depends on its own output: the nodes form a cycle; export the model again",
                describe(graph.node(stuck)));
}

Result<void> checkOrders(const pb::GraphProto& graph)
{
    if (const auto order = nodeOrder(graph); !order)
        return tl::unexpected(order.error());
    Result<void> sound;
    for (const pb::NodeProto& node : graph.node())
        forEachSubgraph(node, [&](const pb::GraphProto& subgraph) {
            if (sound)
                sound = checkOrders(subgraph);
        });
    return sound;
}

} // namespace

Result<void> checkStructure(const pb::ModelProto& model, const std::filesystem::path& folder)
{
    return Checker(folder).check(model.graph(), nullptr).and_then([&] {
        return checkOrders(model.graph());
    });
}

Result<void> sortNodes(pb::GraphProto& graph)
{
    const auto order = nodeOrder(graph);
    if (!order)
        return tl::unexpected(order.error());
    google::protobuf::RepeatedPtrField<pb::NodeProto> sorted;
    for (const int node : *order)
        sorted.Add()->Swap(graph.mutable_node(node));
    graph.mutable_node()->Swap(&sorted);
    return {};
}

} // namespace millrace::onnx
