// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/Session.h"
#include "onnx/Submodel.h"
#include "onnx/Values.h"
#include "onnx/WeightData.h"

#include <algorithm>

namespace millrace::onnx
{
namespace
{

/// Larger weights cannot be shapes or axes; they are shown to ONNX Runtime as typed inputs.
constexpr std::int64_t kSmallBytes = 4096;

enum class Weights { Small, All };

/// What somebody reads and a node makes.
std::set<std::string> usedValues(const pb::GraphProto& graph, const GraphIndex& index)
{
    std::set<std::string> used;
    for (const auto& reads : index.reads)
        for (const std::string& value : reads)
            if (index.producer.contains(value))
                used.insert(value);
    for (const pb::ValueInfoProto& output : graph.output())
        if (index.producer.contains(output.name()))
            used.insert(output.name());
    return used;
}

ValueFacts weightFacts(const pb::TensorProto& tensor)
{
    ValueFacts facts;
    facts.dtype = dtypeOf(tensor.data_type());
    facts.hasRank = true;
    facts.declared.assign(tensor.dims().begin(), tensor.dims().end());
    facts.actual = facts.declared;
    return facts;
}

Result<pb::ModelProto> question(const pb::ModelProto& model, const std::filesystem::path& folder,
                                Weights weights)
{
    pb::ModelProto asked = emptyLike(model);
    pb::GraphProto& graph = *asked.mutable_graph();
    const pb::GraphProto& source = model.graph();
    *graph.mutable_node() = source.node();
    *graph.mutable_input() = source.input();
    *graph.mutable_value_info() = source.value_info();
    *graph.mutable_sparse_initializer() = source.sparse_initializer();
    for (const pb::TensorProto& tensor : source.initializer()) {
        const auto size = tensorBytes(tensor);
        const bool isString = tensor.data_type() == pb::TensorProto::STRING;
        if (weights == Weights::Small && !isString && size && size->value > kSmallBytes) {
            const std::vector<std::int64_t> shape(tensor.dims().begin(), tensor.dims().end());
            pb::ValueInfoProto& input = *graph.add_input();
            input.set_name(tensor.name());
            setTensorType(input, tensor.data_type(), shape);
            continue;
        }
        auto copy = inlined(tensor, folder);
        if (!copy)
            return tl::unexpected(copy.error());
        graph.add_initializer()->Swap(&*copy);
    }
    return asked;
}

Result<inference::Session> ask(const pb::ModelProto& model)
{
    std::string bytes;
    if (!model.SerializeToString(&bytes))
        return fail(ErrorCode::ResourceExhausted,
                    "the model's graph is too large to be checked in one piece");
    inference::SessionOptions options;
    options.optimization = inference::Optimization::None;
    return inference::Session::fromBytes(bytes, options);
}

/// ONNX Runtime reports rank 0 for scalars and for unknown ranks. A Shape node tells them apart:
/// its own output has as many elements as the rank, when that is known.
Result<void> tellScalars(pb::ModelProto asked, Facts& facts)
{
    pb::GraphProto& graph = *asked.mutable_graph();
    graph.clear_output();
    std::map<std::string, std::string> probes;
    for (const auto& [name, fact] : facts) {
        if (!fact.declared.empty() || fact.hasRank || fact.dtype == graph::DType::Undefined)
            continue;
        const std::string probe = fmt::format("millrace.rank.{}", name);
        pb::NodeProto& node = *graph.add_node();
        node.set_op_type("Shape");
        node.add_input(name);
        node.add_output(probe);
        graph.add_output()->set_name(probe);
        probes.emplace(probe, name);
    }
    if (probes.empty())
        return {};
    const auto session = ask(asked);
    if (!session)
        return tl::unexpected(session.error());
    for (const inference::ValueInfo& output : session->outputs())
        if (const auto probe = probes.find(output.name); probe != probes.end())
            facts[probe->second].hasRank = output.shape.size() == 1 && output.shape[0] == 0;
    return {};
}

Result<Facts> inferWith(const pb::ModelProto& model, const std::filesystem::path& folder,
                        Weights weights)
{
    auto asked = question(model, folder, weights);
    if (!asked)
        return tl::unexpected(asked.error());
    const GraphIndex index(model.graph());
    for (const std::string& value : usedValues(model.graph(), index))
        asked->mutable_graph()->add_output()->set_name(value);
    Facts facts;
    for (const pb::ValueInfoProto& input : model.graph().input()) {
        // An input is known only by what it says of itself.
        ValueFacts& fact = facts[input.name()];
        if (!input.type().has_tensor_type())
            continue;
        fact.dtype = dtypeOf(input.type().tensor_type().elem_type());
        fact.hasRank = input.type().tensor_type().has_shape();
        for (const auto& dim : input.type().tensor_type().shape().dim())
            fact.declared.push_back(dim.dim_value());
    }
    for (const pb::TensorProto& tensor : model.graph().initializer())
        facts[tensor.name()] = weightFacts(tensor);
    for (const pb::SparseTensorProto& tensor : model.graph().sparse_initializer()) {
        ValueFacts& fact = facts[tensor.values().name()] = weightFacts(tensor.values());
        fact.declared.assign(tensor.dims().begin(), tensor.dims().end());
    }
    if (asked->graph().output_size() > 0) {
        const auto session = ask(*asked);
        if (!session)
            return tl::unexpected(session.error());
        for (const inference::ValueInfo& output : session->outputs()) {
            ValueFacts& fact = facts[output.name];
            fact.dtype = output.dtype;
            fact.declared = output.shape;
            fact.hasRank = !output.shape.empty();
        }
        if (auto told = tellScalars(std::move(*asked), facts); !told)
            return tl::unexpected(told.error());
    }
    for (auto& [name, fact] : facts)
        if (fact.hasShape())
            fact.actual = fact.declared;
    return facts;
}

} // namespace

bool ValueFacts::isDense() const
{
    return graph::bitsPerElement(dtype) > 0;
}

bool ValueFacts::hasShape() const
{
    return hasRank &&
           std::all_of(declared.begin(), declared.end(), [](std::int64_t dim) { return dim >= 0; });
}

Result<Facts> inferFacts(const pb::ModelProto& model, const std::filesystem::path& folder)
{
    auto facts = inferWith(model, folder, Weights::Small);
    if (facts)
        return facts;
    // Some operators insist on weights that are constant.
    return inferWith(model, folder, Weights::All);
}

} // namespace millrace::onnx
