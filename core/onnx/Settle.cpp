// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/Session.h"
#include "onnx/Normalize.h"
#include "onnx/Submodel.h"
#include "onnx/Values.h"

#include <algorithm>

namespace millrace::onnx
{
namespace
{

/// Constants larger than this are no shapes; evaluating them would only cost memory.
constexpr std::int64_t kSmallElements = 4096;

std::int64_t elementCount(const std::vector<std::int64_t>& shape)
{
    const auto count = graph::denseBytes(graph::DType::UInt8, shape);
    return count ? count->value : kSmallElements + 1;
}

pb::TensorProto int64Weight(const std::string& name, const std::vector<std::int64_t>& values,
                            bool isScalar)
{
    pb::TensorProto tensor;
    tensor.set_name(name);
    tensor.set_data_type(pb::TensorProto::INT64);
    if (!isScalar)
        tensor.add_dims(static_cast<std::int64_t>(values.size()));
    tensor.mutable_int64_data()->Add(values.begin(), values.end());
    return tensor;
}

std::int64_t clampAxis(const pb::NodeProto& node, const char* name, std::int64_t fallback,
                       std::int64_t rank)
{
    const pb::AttributeProto* given = attribute(node, name);
    std::int64_t axis = given != nullptr ? given->i() : fallback;
    if (axis < 0)
        axis += rank;
    return std::clamp<std::int64_t>(axis, 0, rank);
}

/// The value of a Shape or Size node whose input's shape is known.
std::optional<pb::TensorProto> shapeValue(const pb::NodeProto& node, const Facts& facts)
{
    if (!isStandardDomain(node.domain()) || node.input_size() != 1 || node.output_size() != 1)
        return {};
    const auto input = facts.find(node.input(0));
    if (input == facts.end() || !input->second.hasShape() ||
        input->second.dtype == graph::DType::Undefined)
        return {};
    const std::vector<std::int64_t>& shape = input->second.declared;
    if (node.op_type() == "Size")
        return int64Weight(node.output(0), {elementCount(shape)}, true);
    if (node.op_type() != "Shape")
        return {};
    const auto rank = static_cast<std::int64_t>(shape.size());
    const std::int64_t start = clampAxis(node, "start", 0, rank);
    const std::int64_t end = std::max(start, clampAxis(node, "end", rank, rank));
    return int64Weight(node.output(0), {shape.begin() + start, shape.begin() + end}, false);
}

/// Nodes whose output is in `weights` become those weights.
void replaceNodes(pb::GraphProto& graph, std::map<std::string, pb::TensorProto> weights)
{
    google::protobuf::RepeatedPtrField<pb::NodeProto> kept;
    for (pb::NodeProto& node : *graph.mutable_node()) {
        const bool isReplaced = node.output_size() == 1 && weights.contains(node.output(0));
        if (!isReplaced)
            kept.Add()->Swap(&node);
    }
    graph.mutable_node()->Swap(&kept);
    for (auto& [name, tensor] : weights)
        graph.add_initializer()->Swap(&tensor);
    prune(graph);
}

bool foldShapes(pb::GraphProto& graph, const Facts& facts)
{
    std::map<std::string, pb::TensorProto> weights;
    for (const pb::NodeProto& node : graph.node())
        if (auto value = shapeValue(node, facts))
            weights.emplace(node.output(0), std::move(*value));
    const bool found = !weights.empty();
    replaceNodes(graph, std::move(weights));
    return found;
}

/// Computed constants whose own shape is unknown or that stand before a node with an unknown one.
std::vector<std::string> obstacles(const pb::GraphProto& graph, const Constants& constants,
                                   const Facts& facts)
{
    const GraphIndex index(graph);
    const auto isUnknown = [&](const std::string& value) {
        const auto fact = facts.find(value);
        return fact != facts.end() && fact->second.dtype != graph::DType::Undefined &&
               !fact->second.hasShape();
    };
    std::set<std::string> found;
    for (int i = 0; i < graph.node_size(); ++i) {
        const pb::NodeProto& node = graph.node(i);
        if (std::none_of(node.output().begin(), node.output().end(), isUnknown))
            continue;
        for (const std::string& value : index.reads[static_cast<std::size_t>(i)]) {
            const auto maker = index.producer.find(value);
            if (maker == index.producer.end() || !constants.values.contains(value))
                continue;
            const ValueFacts& fact = facts.at(value);
            const bool isSmall = !fact.hasShape() || elementCount(fact.declared) <= kSmallElements;
            if (fact.isDense() && isSmall && graph.node(maker->second).output_size() == 1)
                found.insert(value);
        }
    }
    return {found.begin(), found.end()};
}

pb::TensorProto toWeight(const inference::NamedTensor& value)
{
    pb::TensorProto tensor;
    tensor.set_name(value.name);
    tensor.set_data_type(codeOf(value.tensor.dtype));
    tensor.mutable_dims()->Add(value.tensor.shape.begin(), value.tensor.shape.end());
    tensor.set_raw_data(value.tensor.data.data(), value.tensor.data.size());
    return tensor;
}

Result<std::vector<inference::NamedTensor>> runModel(const pb::ModelProto& model,
                                                     std::span<const inference::NamedTensor> feeds,
                                                     std::stop_token stop)
{
    std::string bytes;
    if (!model.SerializeToString(&bytes))
        return fail(ErrorCode::ResourceExhausted, "the model is too large for a trial run");
    inference::SessionOptions options;
    options.optimization = inference::Optimization::None;
    auto session = inference::Session::fromBytes(bytes, options);
    if (!session)
        return tl::unexpected(session.error());
    bytes.clear();
    bytes.shrink_to_fit();
    return session->run(feeds, std::move(stop));
}

/// A part of the model that gives `values`: the constants behind them, or all of it.
Result<pb::ModelProto> modelOf(const pb::ModelProto& model, const std::filesystem::path& folder,
                               const Selection& selection, std::span<const std::string> values)
{
    pb::ModelProto part = emptyLike(model);
    pb::GraphProto& graph = *part.mutable_graph();
    for (const int node : selection.nodes)
        *graph.add_node() = model.graph().node(node);
    for (const int weight : selection.initializers) {
        auto tensor = inlined(model.graph().initializer(weight), folder);
        if (!tensor)
            return tl::unexpected(tensor.error());
        graph.add_initializer()->Swap(&*tensor);
    }
    for (const int weight : selection.sparseInitializers)
        *graph.add_sparse_initializer() = model.graph().sparse_initializer(weight);
    *graph.mutable_value_info() = model.graph().value_info();
    for (const std::string& value : values)
        graph.add_output()->set_name(value);
    return part;
}

/// True when something was found out; what cannot be evaluated stays as it is.
Result<bool> foldObstacles(pb::ModelProto& model, const std::filesystem::path& folder,
                           const Facts& facts, std::stop_token stop)
{
    const Constants constants = findConstants(model.graph(), model, facts);
    const std::vector<std::string> wanted = obstacles(model.graph(), constants, facts);
    if (wanted.empty())
        return false;
    const GraphIndex index(model.graph());
    const Selection selection = withConstants(index, constants.values, {}, wanted);
    auto part = modelOf(model, folder, selection, wanted);
    if (!part)
        return tl::unexpected(part.error());
    const auto values = runModel(*part, {}, std::move(stop));
    if (!values)
        return false;
    std::map<std::string, pb::TensorProto> weights;
    for (const inference::NamedTensor& value : *values)
        weights.emplace(value.name, toWeight(value));
    replaceNodes(*model.mutable_graph(), std::move(weights));
    return true;
}

Result<void> observe(const pb::ModelProto& model, const std::filesystem::path& folder, Facts& facts,
                     std::span<const std::string> unknown, std::stop_token stop)
{
    const GraphIndex index(model.graph());
    Selection all;
    for (int i = 0; i < model.graph().node_size(); ++i)
        all.nodes.push_back(i);
    for (int i = 0; i < model.graph().initializer_size(); ++i)
        all.initializers.push_back(i);
    for (int i = 0; i < model.graph().sparse_initializer_size(); ++i)
        all.sparseInitializers.push_back(i);
    auto trial = modelOf(model, folder, all, unknown);
    if (!trial)
        return tl::unexpected(trial.error());
    *trial->mutable_graph()->mutable_input() = model.graph().input();
    std::vector<inference::NamedTensor> feeds;
    for (const pb::ValueInfoProto& input : model.graph().input()) {
        const ValueFacts& fact = facts.at(input.name());
        auto tensor = inference::randomTensor(fact.dtype, fact.actual, feeds.size() + 1);
        if (!tensor)
            return inContext("input \"" + input.name() + "\"", tensor.error());
        feeds.push_back({input.name(), std::move(*tensor)});
    }
    const auto values = runModel(*trial, feeds, std::move(stop));
    if (!values)
        return inContext("the shape of \"" + unknown.front() +
                             "\" depends on data, and the trial run that should show it failed",
                         values.error());
    for (const inference::NamedTensor& value : *values) {
        ValueFacts& fact = facts.at(value.name);
        fact.actual = value.tensor.shape;
        fact.observed = true;
        if (!fact.hasRank)
            fact.declared.assign(fact.actual.size(), -1);
        fact.hasRank = true;
    }
    return {};
}

std::vector<std::string> unknownShapes(const Facts& facts)
{
    std::vector<std::string> unknown;
    for (const auto& [name, fact] : facts)
        if (fact.isDense() && !fact.hasShape())
            unknown.push_back(name);
    return unknown;
}

} // namespace

Result<Facts> settleShapes(pb::ModelProto& model, const std::filesystem::path& folder,
                           std::stop_token stop)
{
    while (true) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "loading was cancelled");
        auto facts = inferFacts(model, folder);
        if (!facts)
            return facts;
        const bool folded = foldShapes(*model.mutable_graph(), *facts);
        const std::vector<std::string> unknown = unknownShapes(*facts);
        if (unknown.empty())
            return facts;
        // Every round removes a node, so the rounds end.
        const auto learnt =
            folded ? Result<bool>(true) : foldObstacles(model, folder, *facts, stop);
        if (!learnt)
            return tl::unexpected(learnt.error());
        if (*learnt)
            continue;
        if (auto seen = observe(model, folder, *facts, unknown, stop); !seen)
            return tl::unexpected(seen.error());
        return facts;
    }
}

} // namespace millrace::onnx
