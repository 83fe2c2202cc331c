// SPDX-License-Identifier: GPL-3.0-or-later
#include "onnx/ModelImpl.h"
#include "onnx/WeightData.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace millrace::onnx
{
namespace
{

/// "Conv", or "SplitToSequence+SequenceAt" for layers of several nodes.
std::string operatorOf(const pb::GraphProto& graph, const std::vector<int>& nodes)
{
    constexpr std::size_t kShown = 3;
    std::vector<std::string> ops;
    for (std::size_t i = 0; i < std::min(nodes.size(), kShown); ++i)
        ops.push_back(qualifiedOp(graph.node(nodes[i])));
    if (nodes.size() > kShown)
        ops.push_back(fmt::format("{} more", nodes.size() - kShown));
    return fmt::format("{}", fmt::join(ops, "+"));
}

class Builder
{
public:
    Builder(const pb::ModelProto& model, const Facts& facts, const Constants& constants)
        : m_source(model.graph()), m_facts(facts), m_constants(constants), m_index(model.graph())
    {
    }

    Result<BuiltGraph> build()
    {
        m_graph.name = m_source.name();
        m_nodes = inseparableNodes(m_source, m_index, m_facts, m_constants);
        addInputs();
        addProduced();
        if (m_error)
            return tl::unexpected(*m_error);
        if (auto ordered = putInOrder(); !ordered)
            return tl::unexpected(ordered.error());
        addLayers();
        addOutputs();
        addWeights();
        finish();
        if (m_error)
            return tl::unexpected(*m_error);
        return BuiltGraph{std::move(m_graph), std::move(m_nodes)};
    }

private:
    TensorId addTensor(const std::string& name)
    {
        const TensorId id(m_graph.tensors.size());
        graph::Tensor tensor;
        tensor.name = name;
        const ValueFacts& fact = m_facts.at(name);
        tensor.dtype = fact.dtype;
        tensor.shape = fact.actual;
        tensor.observed = fact.observed;
        tensor.flow.bytes = sizeOf(name, fact.dtype, fact.actual);
        m_graph.tensors.push_back(std::move(tensor));
        m_tensors.emplace(name, id);
        return id;
    }

    Bytes sizeOf(const std::string& name, graph::DType dtype,
                 const std::vector<std::int64_t>& shape)
    {
        const auto bytes = graph::denseBytes(dtype, shape);
        if (bytes)
            return *bytes;
        if (!m_error)
            m_error = inContext("\"" + name + "\"", bytes.error()).value();
        return {};
    }

    void addInputs()
    {
        for (const pb::ValueInfoProto& input : m_source.input())
            m_graph.inputs.push_back(addTensor(input.name()));
    }

    [[nodiscard]] bool isModelOutput(const std::string& value) const
    {
        return std::any_of(m_source.output().begin(), m_source.output().end(),
                           [&](const auto& output) { return output.name() == value; });
    }

    /// Tensors that leave the layer that makes them, with layers in their first numbering.
    void addProduced()
    {
        std::vector<std::size_t> layerOf(static_cast<std::size_t>(m_source.node_size()), 0);
        for (std::size_t layer = 0; layer < m_nodes.size(); ++layer)
            for (const int node : m_nodes[layer])
                layerOf[static_cast<std::size_t>(node)] = layer;
        std::map<std::string, std::vector<LayerId>> readers;
        for (std::size_t layer = 0; layer < m_nodes.size(); ++layer)
            for (const int node : m_nodes[layer])
                for (const std::string& value : m_index.reads[static_cast<std::size_t>(node)]) {
                    const auto maker = m_index.producer.find(value);
                    const bool isInside = maker != m_index.producer.end() &&
                                          layerOf[static_cast<std::size_t>(maker->second)] == layer;
                    auto& known = readers[value];
                    if (!m_constants.values.contains(value) && !isInside &&
                        (known.empty() || known.back() != LayerId(layer)))
                        known.emplace_back(layer);
                }
        for (std::size_t layer = 0; layer < m_nodes.size(); ++layer)
            for (const int node : m_nodes[layer])
                for (const std::string& value : m_source.node(node).output()) {
                    if (value.empty() || (readers[value].empty() && !isModelOutput(value)))
                        continue;
                    m_graph.tensors[addTensor(value).index()].flow.producer = LayerId(layer);
                }
        for (graph::Tensor& tensor : m_graph.tensors) {
            tensor.flow.consumers = readers[tensor.name];
            tensor.flow.isOutput = isModelOutput(tensor.name);
        }
    }

    Result<void> putInOrder()
    {
        const auto order = graph::compactOrder(m_nodes.size(), m_graph.dataflow());
        if (!order)
            return tl::unexpected(order.error());
        std::vector<LayerId> place(order->size());
        std::vector<std::vector<int>> nodes(order->size());
        for (std::size_t i = 0; i < order->size(); ++i) {
            place[(*order)[i].index()] = LayerId(i);
            nodes[i] = std::move(m_nodes[(*order)[i].index()]);
        }
        m_nodes = std::move(nodes);
        for (graph::Tensor& tensor : m_graph.tensors) {
            if (tensor.flow.producer)
                tensor.flow.producer = place[tensor.flow.producer->index()];
            for (LayerId& consumer : tensor.flow.consumers)
                consumer = place[consumer.index()];
            std::sort(tensor.flow.consumers.begin(), tensor.flow.consumers.end());
        }
        return {};
    }

    void addLayers()
    {
        for (const std::vector<int>& nodes : m_nodes) {
            graph::Layer layer;
            layer.name = m_source.node(nodes.front()).name();
            layer.op = operatorOf(m_source, nodes);
            layer.attributes = printableAttributes(m_source.node(nodes.front()));
            for (const int node : nodes)
                layer.flops += estimateFlops(m_source.node(node), m_facts);
            m_graph.layers.push_back(std::move(layer));
        }
    }

    /// A constant output needs somebody who gives it: the last layer, so that no stage relays it.
    void addOutputs()
    {
        for (const pb::ValueInfoProto& output : m_source.output()) {
            if (m_constants.values.contains(output.name()) && !m_tensors.contains(output.name())) {
                if (m_graph.layers.empty())
                    addConstantLayer(output.name());
                graph::Tensor& tensor = m_graph.tensors[addTensor(output.name()).index()];
                tensor.flow.producer = LayerId(m_graph.layers.size() - 1);
                tensor.flow.isOutput = true;
            }
            m_graph.outputs.push_back(m_tensors.at(output.name()));
        }
    }

    void addConstantLayer(const std::string& name)
    {
        graph::Layer layer;
        layer.name = name;
        layer.op = "Constant";
        m_graph.layers.push_back(std::move(layer));
        m_nodes.emplace_back();
    }

    void addWeights()
    {
        std::map<std::string, WeightId> known;
        for (std::size_t layer = 0; layer < m_nodes.size(); ++layer)
            for (const int node : m_nodes[layer]) {
                for (const std::string& value : m_index.reads[static_cast<std::size_t>(node)])
                    if (m_constants.values.contains(value))
                        addReader(value, LayerId(layer), known);
                forEachSubgraph(m_source.node(node), [&](const pb::GraphProto& subgraph) {
                    addInnerWeights(subgraph, LayerId(layer));
                });
            }
        for (const TensorId output : m_graph.outputs)
            if (const graph::Tensor& tensor = m_graph.tensors[output.index()];
                m_constants.values.contains(tensor.name))
                addReader(tensor.name, *tensor.flow.producer, known);
    }

    void addReader(const std::string& value, LayerId layer, std::map<std::string, WeightId>& known)
    {
        const auto [found, isNew] = known.emplace(value, WeightId(m_graph.weights.size()));
        if (isNew) {
            const ValueFacts& fact = m_facts.at(value);
            graph::Weight weight;
            weight.name = value;
            weight.dtype = fact.dtype;
            weight.shape = fact.actual;
            weight.bytes = weightBytes(value, fact);
            m_graph.weights.push_back(std::move(weight));
        }
        auto& consumers = m_graph.weights[found->second.index()].consumers;
        if (consumers.empty() || consumers.back() != layer)
            consumers.push_back(layer);
    }

    Bytes weightBytes(const std::string& value, const ValueFacts& fact)
    {
        const auto initializer = m_index.initializer.find(value);
        if (initializer != m_index.initializer.end())
            return tensorBytes(m_source.initializer(initializer->second)).value_or(Bytes{});
        return sizeOf(value, fact.dtype, fact.actual);
    }

    /// Weights inside the branches and bodies of If, Loop and Scan belong to their layer.
    void addInnerWeights(const pb::GraphProto& subgraph, LayerId layer)
    {
        const auto add = [&](const std::string& name, const pb::TensorProto& tensor) {
            graph::Weight weight;
            weight.name = m_graph.layers[layer.index()].name + "/" + name;
            weight.dtype = dtypeOf(tensor.data_type());
            weight.shape.assign(tensor.dims().begin(), tensor.dims().end());
            weight.bytes = tensorBytes(tensor).value_or(Bytes{});
            weight.consumers.push_back(layer);
            m_graph.weights.push_back(std::move(weight));
        };
        for (const pb::TensorProto& tensor : subgraph.initializer())
            add(tensor.name(), tensor);
        for (const pb::NodeProto& node : subgraph.node()) {
            const pb::AttributeProto* value = attribute(node, "value");
            if (node.op_type() == "Constant" && value != nullptr && value->has_t())
                add(node.output_size() > 0 ? node.output(0) : node.name(), value->t());
            forEachSubgraph(node,
                            [&](const pb::GraphProto& inner) { addInnerWeights(inner, layer); });
        }
    }

    void finish()
    {
        for (std::size_t t = 0; t < m_graph.tensors.size(); ++t) {
            const graph::DataflowTensor& flow = m_graph.tensors[t].flow;
            if (flow.producer)
                m_graph.layers[flow.producer->index()].outputs.emplace_back(t);
            for (const LayerId consumer : flow.consumers)
                m_graph.layers[consumer.index()].inputs.emplace_back(t);
        }
        Bytes total;
        for (std::size_t w = 0; w < m_graph.weights.size(); ++w) {
            const graph::Weight& weight = m_graph.weights[w];
            for (const LayerId consumer : weight.consumers)
                m_graph.layers[consumer.index()].weights.emplace_back(w);
            if (weight.consumers.size() == 1)
                m_graph.layers[weight.consumers.front().index()].weightBytes += weight.bytes;
            addUp(total, weight.bytes);
        }
        // Also a guard: sums of these sizes are taken without a check everywhere else.
        for (const graph::Tensor& tensor : m_graph.tensors)
            addUp(total, tensor.flow.bytes);
        if (m_error)
            return;
        std::vector<LayerId> order;
        for (std::size_t layer = 0; layer < m_graph.layers.size(); ++layer)
            order.emplace_back(layer);
        const auto live = graph::activationBytes(order, m_graph.dataflow());
        for (std::size_t layer = 0; layer < live.size(); ++layer)
            m_graph.layers[layer].activationBytes = live[layer];
    }

    void addUp(Bytes& total, Bytes more)
    {
        const auto sum = checkedAdd(total, more);
        if (sum)
            total = *sum;
        else if (!m_error)
            m_error = sum.error();
    }

    const pb::GraphProto& m_source;
    const Facts& m_facts;
    const Constants& m_constants;
    GraphIndex m_index;
    graph::Graph m_graph;
    std::vector<std::vector<int>> m_nodes;
    std::map<std::string, TensorId> m_tensors;
    std::optional<Error> m_error;
};

} // namespace

Result<BuiltGraph> buildGraph(const pb::ModelProto& model, const Facts& facts,
                              const Constants& constants)
{
    return Builder(model, facts, constants).build();
}

} // namespace millrace::onnx
