// SPDX-License-Identifier: GPL-3.0-or-later
#include "onnx/Normalize.h"

#include "onnx/ModelFile.h"
#include "onnx/WeightData.h"

#include <algorithm>
#include <set>

namespace millrace::onnx
{
namespace
{

/// External data smaller than this is read at once: shapes and axes must be known to infer shapes.
constexpr std::int64_t kSmallBytes = 4096;

/// Moves what a Constant node holds into `tensor`; false when it is sparse or unknown.
bool takeConstant(pb::NodeProto& node, pb::TensorProto& tensor)
{
    if (node.attribute_size() != 1)
        return false;
    pb::AttributeProto& value = *node.mutable_attribute(0);
    if (value.name() == "value" && value.has_t()) {
        tensor.Swap(value.mutable_t());
    } else if (value.name() == "value_float") {
        tensor.set_data_type(pb::TensorProto::FLOAT);
        tensor.add_float_data(value.f());
    } else if (value.name() == "value_int") {
        tensor.set_data_type(pb::TensorProto::INT64);
        tensor.add_int64_data(value.i());
    } else if (value.name() == "value_floats") {
        tensor.set_data_type(pb::TensorProto::FLOAT);
        tensor.add_dims(value.floats_size());
        *tensor.mutable_float_data() = value.floats();
    } else if (value.name() == "value_ints") {
        tensor.set_data_type(pb::TensorProto::INT64);
        tensor.add_dims(value.ints_size());
        *tensor.mutable_int64_data() = value.ints();
    } else {
        return false; // strings, sparse tensors: they stay nodes and fold like any other
    }
    tensor.set_name(node.output(0));
    return true;
}

void hoistConstants(pb::GraphProto& graph)
{
    google::protobuf::RepeatedPtrField<pb::NodeProto> kept;
    for (pb::NodeProto& node : *graph.mutable_node()) {
        const bool isConstant = isStandardDomain(node.domain()) && node.op_type() == "Constant" &&
                                node.output_size() == 1;
        pb::TensorProto tensor;
        if (isConstant && takeConstant(node, tensor))
            graph.add_initializer()->Swap(&tensor);
        else
            kept.Add()->Swap(&node);
    }
    graph.mutable_node()->Swap(&kept);
}

Result<void> readSmallExternals(pb::GraphProto& graph, const std::filesystem::path& folder)
{
    for (pb::TensorProto& tensor : *graph.mutable_initializer()) {
        const auto size = tensorBytes(tensor);
        if (!isExternal(tensor) || !size || size->value > kSmallBytes)
            continue;
        std::string data;
        if (const auto read = rawBytes(tensor, folder, data); !read)
            return tl::unexpected(read.error());
        tensor.set_raw_data(data);
        tensor.clear_external_data();
        tensor.clear_data_location();
    }
    return {};
}

void dropWeightsFromInputs(pb::GraphProto& graph)
{
    const GraphIndex index(graph);
    auto& inputs = *graph.mutable_input();
    inputs.erase(std::remove_if(inputs.begin(), inputs.end(),
                                [&](const pb::ValueInfoProto& input) {
                                    return index.initializer.contains(input.name());
                                }),
                 inputs.end());
}

void dropShape(pb::ValueInfoProto& value)
{
    if (value.type().has_tensor_type())
        value.mutable_type()->mutable_tensor_type()->clear_shape();
}

void nameNodes(pb::GraphProto& graph)
{
    std::set<std::string> taken;
    for (const pb::NodeProto& node : graph.node())
        taken.insert(node.name());
    std::set<std::string> used{""};
    for (pb::NodeProto& node : *graph.mutable_node()) {
        if (used.insert(node.name()).second)
            continue;
        std::string base = node.name();
        for (const std::string& output : node.output())
            if (base.empty())
                base = output;
        if (base.empty())
            base = node.op_type();
        std::string name = base;
        for (int count = 2; !taken.insert(name).second; ++count)
            name = fmt::format("{}_{}", base, count);
        used.insert(name);
        node.set_name(name);
    }
}

} // namespace

void prune(pb::GraphProto& graph)
{
    const GraphIndex index(graph);
    std::vector<bool> isNeeded(static_cast<std::size_t>(graph.node_size()), false);
    std::set<std::string> neededValues;
    std::vector<std::string> open;
    for (const pb::ValueInfoProto& output : graph.output())
        open.push_back(output.name());
    while (!open.empty()) {
        const std::string value = std::move(open.back());
        open.pop_back();
        const auto producer = index.producer.find(value);
        if (!neededValues.insert(value).second || producer == index.producer.end())
            continue;
        const auto node = static_cast<std::size_t>(producer->second);
        if (!isNeeded[node])
            open.insert(open.end(), index.reads[node].begin(), index.reads[node].end());
        isNeeded[node] = true;
    }
    google::protobuf::RepeatedPtrField<pb::NodeProto> nodes;
    for (int i = 0; i < graph.node_size(); ++i)
        if (isNeeded[static_cast<std::size_t>(i)])
            nodes.Add()->Swap(graph.mutable_node(i));
    graph.mutable_node()->Swap(&nodes);
    google::protobuf::RepeatedPtrField<pb::TensorProto> weights;
    for (pb::TensorProto& tensor : *graph.mutable_initializer())
        if (neededValues.contains(tensor.name()))
            weights.Add()->Swap(&tensor);
    graph.mutable_initializer()->Swap(&weights);
}

Result<void> normalize(pb::ModelProto& model, const std::filesystem::path& folder)
{
    pb::GraphProto& graph = *model.mutable_graph();
    if (model.ir_version() < 4)
        model.set_ir_version(4); // since then weights need not be inputs
    model.clear_training_info();
    dropWeightsFromInputs(graph);
    if (auto sorted = sortNodes(graph); !sorted)
        return sorted;
    hoistConstants(graph);
    prune(graph);
    nameNodes(graph);
    for (pb::ValueInfoProto& value : *graph.mutable_value_info())
        dropShape(value);
    for (pb::ValueInfoProto& value : *graph.mutable_output())
        dropShape(value);
    return readSmallExternals(graph, folder);
}

} // namespace millrace::onnx
