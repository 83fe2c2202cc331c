// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/MakeProblem.h"

#include <algorithm>
#include <map>

namespace millrace::plan
{
namespace
{

/// The problem's class of each device: its own, or "class@speed" where devices of an unmeasured
/// class have unlike speeds.
std::vector<std::string> problemClasses(const cluster::Cluster& cluster, const LayerTimes& times)
{
    std::vector<std::string> classes;
    for (const cluster::Device& device : cluster.devices) {
        const bool mixed = std::any_of(cluster.devices.begin(), cluster.devices.end(),
                                       [&device](const cluster::Device& other) {
                                           return other.className == device.className &&
                                                  other.speed != device.speed;
                                       });
        std::string name = device.className;
        if (mixed && !times.byClass.contains(device.className)) {
            name += fmt::format("@{}", device.speed);
            // Somebody may have named a class so.
            while (std::any_of(
                cluster.devices.begin(), cluster.devices.end(),
                [&name](const cluster::Device& other) { return other.className == name; }))
                name += '\'';
        }
        classes.push_back(std::move(name));
    }
    return classes;
}

Result<void> checkTimes(const graph::Graph& graph, const LayerTimes& times)
{
    const auto fits = [&graph](const std::vector<Seconds>& seconds) {
        return seconds.size() == graph.layers.size() &&
               std::all_of(seconds.begin(), seconds.end(),
                           [](Seconds s) { return s.value >= 0 && s < kNever; });
    };
    if (!fits(times.reference))
        return fail(ErrorCode::InvalidArgument,
                    "the layer times do not fit the model; measure this model anew");
    for (const auto& [className, seconds] : times.byClass)
        if (!fits(seconds))
            return fail(ErrorCode::InvalidArgument,
                        "the layer times of class \"{}\" do not fit the model; measure them anew",
                        className);
    return {};
}

std::vector<Layer> makeLayers(const graph::Graph& graph, const cluster::Cluster& cluster,
                              const LayerTimes& times, const std::vector<std::string>& classes)
{
    std::vector<Layer> layers;
    for (std::size_t i = 0; i < graph.layers.size(); ++i) {
        const graph::Layer& from = graph.layers[i];
        Layer layer{from.name, from.weightBytes, from.activationBytes, {}};
        for (std::size_t d = 0; d < classes.size(); ++d) {
            const cluster::Device& device = cluster.devices[d];
            if (!device.stages)
                continue;
            const auto measured = times.byClass.find(device.className);
            layer.seconds[classes[d]] = measured == times.byClass.end()
                                            ? times.reference[i] / device.speed
                                            : measured->second[i];
        }
        layers.push_back(std::move(layer));
    }
    return layers;
}

void makeLinks(const cluster::Cluster& cluster, Problem& problem)
{
    const std::size_t count = cluster.devices.size();
    problem.bandwidth = Matrix<BitsPerSecond>(count, cluster.defaultLink.bandwidth);
    problem.occupancy = Matrix<Seconds>(count, cluster.defaultLink.occupancy);
    problem.delay = Matrix<Seconds>(count, cluster.defaultLink.delay);
    const auto set = [&problem](DeviceId from, DeviceId to, const cluster::Link& link) {
        problem.bandwidth.at(from, to) = link.bandwidth;
        problem.occupancy.at(from, to) = link.occupancy;
        problem.delay.at(from, to) = link.delay;
    };
    std::map<std::string_view, DeviceId> ids;
    for (std::size_t d = 0; d < count; ++d) {
        ids.emplace(cluster.devices[d].name, DeviceId(d));
        set(DeviceId(d), DeviceId(d), {});
    }
    for (const cluster::LinkPair& pair : cluster.pairs)
        set(ids.at(pair.from), ids.at(pair.to), pair.link);
}

} // namespace

MemoryModel defaultMemoryModel()
{
    // The runner itself with ONNX Runtime loaded takes 34 MiB, folding and packing weights while
    // they are loaded up to 16 more. Of what comes in, one frame is received, one waits, one is
    // computed on; of what goes out, one waits and one is sent beside the one that layers make.
    return {Bytes{std::int64_t{50} << 20}, 3, 2};
}

Result<Problem> makeProblem(const graph::Graph& graph, const cluster::Cluster& cluster,
                            const LayerTimes& times, const PlanRequest& request)
{
    if (const auto ok = cluster::validate(cluster); !ok)
        return tl::unexpected(ok.error());
    if (const auto ok = checkTimes(graph, times); !ok)
        return tl::unexpected(ok.error());

    Problem problem;
    problem.overlap = request.overlap;
    const std::vector<std::string> classes = problemClasses(cluster, times);
    problem.layers = makeLayers(graph, cluster, times, classes);
    problem.tensors = graph.dataflow();
    for (const graph::Weight& weight : graph.weights)
        if (weight.consumers.size() > 1)
            problem.sharedWeights.push_back({weight.bytes, weight.consumers});

    for (std::size_t d = 0; d < cluster.devices.size(); ++d) {
        const cluster::Device& device = cluster.devices[d];
        problem.devices.push_back(
            {device.name, classes[d], device.memory, device.enabled && device.stages});
    }
    makeLinks(cluster, problem);
    if (cluster.gateway && cluster.gateway->countHops)
        problem.source = problem.sink = cluster.find(cluster.gateway->device);
    problem.memoryModel = request.memoryModel;
    problem.stages = request.stages;
    problem.pins = request.pins;
    if (const auto ok = validate(problem); !ok)
        return tl::unexpected(ok.error());
    return problem;
}

} // namespace millrace::plan
