// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/report/InspectReport.h"

#include "ctl/report/Table.h"

#include <algorithm>
#include <numeric>

namespace millrace::ctl
{
namespace
{

/// Payload after each layer of the graph's order; element 0 is what enters.
std::vector<Bytes> cutPayloads(const graph::Graph& graph)
{
    std::vector<LayerId> order;
    for (std::size_t i = 0; i < graph.layers.size(); ++i)
        order.emplace_back(i);
    return graph::linearPayloads(order, graph.dataflow());
}

double totalFlops(const graph::Graph& graph)
{
    return std::accumulate(graph.layers.begin(), graph.layers.end(), 0.0,
                           [](double sum, const graph::Layer& l) { return sum + l.flops; });
}

Json tensorNames(const graph::Graph& graph, const std::vector<TensorId>& ids)
{
    Json names = Json::array();
    for (const TensorId id : ids)
        names.push_back(graph.tensors[id.index()].name);
    return names;
}

Json layerJson(const graph::Graph& graph, const graph::Layer& layer)
{
    Json weights = Json::array();
    for (const WeightId id : layer.weights)
        weights.push_back(graph.weights[id.index()].name);
    return {{"name", layer.name},
            {"op", layer.op},
            {"inputs", tensorNames(graph, layer.inputs)},
            {"outputs", tensorNames(graph, layer.outputs)},
            {"weights", std::move(weights)},
            {"weight_bytes", layer.weightBytes.value},
            {"activation_bytes", layer.activationBytes.value},
            {"flops", layer.flops}};
}

template <class Value>
Json valueJson(const Value& value, Bytes bytes, const std::vector<LayerId>& consumers)
{
    Json readers = Json::array();
    for (const LayerId id : consumers)
        readers.push_back(id.value);
    return {{"name", value.name},
            {"dtype", std::string(graph::name(value.dtype))},
            {"shape", value.shape},
            {"bytes", bytes.value},
            {"consumers", std::move(readers)}};
}

Json totalsJson(const graph::Graph& graph)
{
    return {
        {"layers", graph.layers.size()},        {"tensors", graph.tensors.size()},
        {"weights", graph.weights.size()},      {"weight_bytes", graph.totalWeightBytes().value},
        {"parameters", graph.parameterCount()}, {"flops", totalFlops(graph)}};
}

Json inspectJson(const onnx::Model& model, const std::vector<Bytes>& payloads)
{
    const graph::Graph& graph = model.graph();
    Json json = {{"model", model.path().string()},
                 {"name", graph.name},
                 {"sha256", model.sha256()},
                 {"dims", model.dims()},
                 {"totals", totalsJson(graph)},
                 {"inputs", tensorNames(graph, graph.inputs)},
                 {"outputs", tensorNames(graph, graph.outputs)}};
    for (const char* list : {"layers", "tensors", "weights", "cuts"})
        json[list] = Json::array();
    for (const graph::Layer& layer : graph.layers)
        json["layers"].push_back(layerJson(graph, layer));
    for (const graph::Tensor& tensor : graph.tensors) {
        Json value = valueJson(tensor, tensor.flow.bytes, tensor.flow.consumers);
        value["producer"] = tensor.flow.producer ? Json(tensor.flow.producer->value) : Json();
        value["output"] = tensor.flow.isOutput;
        json["tensors"].push_back(std::move(value));
    }
    for (const graph::Weight& weight : graph.weights)
        json["weights"].push_back(valueJson(weight, weight.bytes, weight.consumers));
    for (std::size_t k = 0; k < payloads.size(); ++k)
        json["cuts"].push_back({{"layers_before", k}, {"payload_bytes", payloads[k].value}});
    return json;
}

std::string portsText(const graph::Graph& graph, const std::vector<TensorId>& ids)
{
    std::vector<std::string> ports;
    for (const TensorId id : ids) {
        const graph::Tensor& tensor = graph.tensors[id.index()];
        ports.push_back(fmt::format("{} {}[{}]", printable(tensor.name), graph::name(tensor.dtype),
                                    fmt::join(tensor.shape, ", ")));
    }
    return fmt::format("{}", fmt::join(ports, "; "));
}

std::string inspectText(const onnx::Model& model, const std::vector<Bytes>& payloads)
{
    const graph::Graph& graph = model.graph();
    std::string text = fmt::format("{}  {} layers, {} parameters\n", printable(graph.name),
                                   graph.layers.size(), graph.parameterCount());
    text += fmt::format("weights  {} in {} tensors\n", formatBytes(graph.totalWeightBytes()),
                        graph.weights.size());
    text +=
        fmt::format("work     {:.3g} GFLOP per inference (estimate)\n", totalFlops(graph) / 1e9);
    text += fmt::format("inputs   {}\n", portsText(graph, graph.inputs));
    text += fmt::format("outputs  {}\n\n", portsText(graph, graph.outputs));
    Table table({{"#", Align::Right},
                 {"layer"},
                 {"operator"},
                 {"weights", Align::Right},
                 {"live while it runs", Align::Right},
                 {"cut after it", Align::Right}});
    for (std::size_t i = 0; i < graph.layers.size(); ++i) {
        const graph::Layer& layer = graph.layers[i];
        table.add({std::to_string(i), layer.name, layer.op, formatBytes(layer.weightBytes),
                   formatBytes(layer.activationBytes), formatBytes(payloads[i + 1])});
    }
    return text + table.text();
}

} // namespace

Report inspectReport(const onnx::Model& model)
{
    const std::vector<Bytes> payloads = cutPayloads(model.graph());
    Report report;
    report.json = dumped(inspectJson(model, payloads));
    report.text = inspectText(model, payloads);
    return report;
}

} // namespace millrace::ctl
