// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/search/Solve.h"
#include "ui/models/Snapshot.h"

#include <memory>

namespace millrace::test
{

inline constexpr std::int64_t kMiB = 1 << 20;

/// A chain of six Conv layers with 20 MiB of weights each; the first two share one more weight.
inline graph::Graph chainGraph()
{
    constexpr std::int32_t kLayers = 6;
    graph::Graph graph;
    graph.name = "chain";
    for (std::int32_t i = 0; i <= kLayers; ++i) {
        graph::Tensor tensor;
        tensor.name = "t" + std::to_string(i);
        tensor.dtype = graph::DType::Float32;
        tensor.shape = {1, 64, 64, 64};
        tensor.flow.bytes = Bytes{kMiB};
        if (i > 0)
            tensor.flow.producer = LayerId(i - 1);
        if (i < kLayers)
            tensor.flow.consumers = {LayerId(i)};
        tensor.flow.isOutput = i == kLayers;
        graph.tensors.push_back(tensor);
    }
    for (std::int32_t i = 0; i < kLayers; ++i) {
        graph::Layer layer;
        layer.name = "conv" + std::to_string(i);
        layer.op = "Conv";
        layer.inputs = {TensorId(i)};
        layer.outputs = {TensorId(i + 1)};
        layer.weights = {WeightId(i)};
        layer.weightBytes = Bytes{20 * kMiB};
        layer.activationBytes = Bytes{2 * kMiB};
        layer.flops = 2e8;
        layer.attributes = {{"strides", "[1, 1]"}};
        graph.layers.push_back(layer);
        graph.weights.push_back({"w" + std::to_string(i),
                                 graph::DType::Float32,
                                 {64, 64, 3, 3},
                                 Bytes{20 * kMiB},
                                 {LayerId(i)}});
    }
    graph.weights.push_back(
        {"table", graph::DType::Int64, {7}, Bytes{56}, {LayerId(0), LayerId(1)}});
    graph.layers[0].weights.push_back(WeightId(kLayers));
    graph.layers[1].weights.push_back(WeightId(kLayers));
    graph.inputs = {TensorId(0)};
    graph.outputs = {TensorId(kLayers)};
    return graph;
}

/// A gateway and `count` devices "pi-1", "pi-2", ... of 64 MiB, each somewhat faster than the last.
inline cluster::Cluster someCluster(int count)
{
    cluster::Cluster cluster;
    cluster::Device gateway;
    gateway.name = gateway.className = "laptop";
    gateway.stages = false;
    cluster.devices.push_back(gateway);
    for (int i = 1; i <= count; ++i) {
        cluster::Device device;
        device.name = device.className = "pi-" + std::to_string(i);
        device.memory = Bytes{64 * kMiB};
        device.speed = 0.1 * i;
        cluster.devices.push_back(device);
    }
    cluster.defaultLink = {BitsPerSecond{54e6}, Seconds{0.002}, Seconds{}};
    cluster.gateway = cluster::Gateway{"laptop", true};
    return cluster;
}

/// A snapshot with its plan; without stages when nothing fits.
inline ui::Snapshot planned(const cluster::Cluster& cluster)
{
    ui::Snapshot snapshot;
    snapshot.graph = std::make_shared<graph::Graph>(chainGraph());
    snapshot.cluster = std::make_shared<cluster::Cluster>(cluster);
    snapshot.times = std::make_shared<plan::LayerTimes>(plan::estimateTimes(*snapshot.graph));
    plan::PlanRequest request;
    request.memoryModel = {};
    auto problem = plan::makeProblem(*snapshot.graph, cluster, *snapshot.times, request);
    plan::NoPlanSink sink;
    snapshot.plan = std::make_shared<plan::Plan>(
        plan::Plan{plan::solve(problem.value(), {}, {}, sink).value().solution, {}});
    snapshot.problem = std::make_shared<plan::Problem>(std::move(*problem));
    return snapshot;
}

/// Nothing open, a cluster alone, a model alone, planned, one device off, nothing fits, and a
/// cluster that is already newer than the plan.
inline std::vector<std::pair<const char*, ui::Snapshot>> oddSnapshots()
{
    ui::Snapshot clusterOnly, modelOnly;
    clusterOnly.cluster = std::make_shared<cluster::Cluster>(someCluster(3));
    modelOnly.graph = std::make_shared<graph::Graph>(chainGraph());
    cluster::Cluster off = someCluster(4), tiny = someCluster(2);
    off.devices[2].enabled = false;
    tiny.devices[1].memory = tiny.devices[2].memory = Bytes{kMiB};
    ui::Snapshot newer = planned(someCluster(5));
    newer.cluster = std::make_shared<cluster::Cluster>(someCluster(1));
    newer.planning = true;
    ui::Snapshot noGraph = planned(someCluster(4));
    noGraph.graph.reset();
    return {{"nothing open", {}},           {"a cluster alone", clusterOnly},
            {"a model alone", modelOnly},   {"planned", planned(someCluster(4))},
            {"a device off", planned(off)}, {"nothing fits", planned(tiny)},
            {"a newer cluster", newer},     {"a plan without a model", noGraph}};
}

} // namespace millrace::test
