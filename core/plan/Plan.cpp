// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/Plan.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace millrace::plan
{
namespace
{

Bytes copies(Bytes payload, double count)
{
    return {static_cast<std::int64_t>(std::ceil(count * static_cast<double>(payload.value)))};
}

Bytes stageMemory(const Problem& problem, const std::vector<LayerId>& layers, Bytes payloadIn,
                  Bytes payloadOut)
{
    const MemoryModel& model = problem.memoryModel;
    Bytes weights;
    Bytes activation;
    for (const LayerId id : layers) {
        weights += problem.layers[id.index()].weightBytes;
        activation = std::max(activation, problem.layers[id.index()].activationBytes);
    }
    const std::set<LayerId> inside(layers.begin(), layers.end());
    for (const SharedWeight& shared : problem.sharedWeights)
        if (std::any_of(shared.layers.begin(), shared.layers.end(),
                        [&inside](LayerId layer) { return inside.contains(layer); }))
            weights += shared.bytes;
    return model.fixed + weights + activation + copies(payloadIn, model.inCopies) +
           copies(payloadOut, model.outCopies);
}

Seconds stageCompute(const Problem& problem, DeviceId device, const std::vector<LayerId>& layers)
{
    Seconds sum;
    const std::string& className = problem.devices[device.index()].className;
    for (const LayerId id : layers) {
        const auto& seconds = problem.layers[id.index()].seconds;
        const auto found = seconds.find(className);
        sum += found == seconds.end() ? kNever : found->second;
    }
    return sum;
}

Seconds hopDelay(const Problem& problem, const Hop& hop)
{
    if (!hop.from || !hop.to || *hop.from == *hop.to)
        return {};
    return problem.delay.at(*hop.from, *hop.to);
}

void fillHops(const Problem& problem, Plan& plan)
{
    std::vector<bool> inside(problem.layers.size(), false);
    plan.hops.clear();
    for (std::size_t k = 0; k <= plan.stages.size(); ++k) {
        Hop hop;
        hop.from = k == 0 ? problem.source : std::optional(plan.stages[k - 1].device);
        hop.to = k == plan.stages.size() ? problem.sink : std::optional(plan.stages[k].device);
        hop.bytes = graph::payload(inside, problem.tensors);
        if (hop.from && hop.to)
            hop.seconds = hopTime(problem, *hop.from, *hop.to, hop.bytes);
        plan.hops.push_back(hop);
        if (k < plan.stages.size())
            for (const LayerId layer : plan.stages[k].layers)
                inside[layer.index()] = true;
    }
}

/// In pipeline order, so that the first of equals is named.
void fillBottleneck(const Problem& problem, Plan& plan)
{
    Seconds worst{-1};
    const auto offer = [&](Seconds seconds, BottleneckKind kind, std::size_t index) {
        if (seconds > worst) {
            worst = seconds;
            plan.bottleneck = {kind, static_cast<int>(index)};
        }
    };
    for (std::size_t k = 0; k < plan.stages.size(); ++k) {
        if (problem.overlap == Overlap::No) {
            const Hop& in = plan.hops[k];
            const Hop& out = plan.hops[k + 1];
            offer(in.seconds + hopDelay(problem, in) + plan.stages[k].compute + out.seconds +
                      hopDelay(problem, out),
                  BottleneckKind::Stage, k);
            continue;
        }
        offer(plan.hops[k].seconds, BottleneckKind::Transfer, k);
        offer(plan.stages[k].compute, BottleneckKind::Compute, k);
    }
    if (problem.overlap == Overlap::Yes)
        offer(plan.hops.back().seconds, BottleneckKind::Transfer, plan.stages.size());
    plan.bottleneckTime = worst;
}

} // namespace

std::string_view name(Status status)
{
    switch (status) {
    case Status::Optimal:
        return "optimal";
    case Status::Feasible:
        return "feasible";
    case Status::Infeasible:
        return "infeasible";
    case Status::Timeout:
        return "timeout";
    case Status::Cancelled:
        return "cancelled";
    }
    return "infeasible";
}

double Plan::gap() const
{
    if (bottleneckTime.value <= 0)
        return 0;
    return (bottleneckTime.value - lowerBound.value) / bottleneckTime.value;
}

double Plan::throughput() const
{
    return bottleneckTime.value > 0 ? 1 / bottleneckTime.value
                                    : std::numeric_limits<double>::infinity();
}

void fillStageFigures(const Problem& problem, Plan& plan)
{
    fillHops(problem, plan);
    plan.endToEnd = {};
    for (std::size_t k = 0; k < plan.stages.size(); ++k) {
        Stage& stage = plan.stages[k];
        stage.memory =
            stageMemory(problem, stage.layers, plan.hops[k].bytes, plan.hops[k + 1].bytes);
        stage.compute = stageCompute(problem, stage.device, stage.layers);
        plan.endToEnd += stage.compute;
    }
    for (const Hop& hop : plan.hops)
        plan.endToEnd += hop.seconds + hopDelay(problem, hop);
    fillBottleneck(problem, plan);
}

void fillFigures(const Problem& problem, Plan& plan)
{
    fillStageFigures(problem, plan);
    plan.singleDevice = bestSingleDevice(problem);
}

std::optional<Seconds> bestSingleDevice(const Problem& problem)
{
    Plan alone;
    alone.stages.emplace_back();
    std::map<std::string_view, Seconds> compute; // of the classes that can run every layer
    if (!problem.layers.empty())
        for (const auto& [name, seconds] : problem.layers.front().seconds)
            compute.emplace(name, Seconds{});
    for (std::size_t i = 0; i < problem.layers.size(); ++i) {
        alone.stages.front().layers.emplace_back(i);
        auto known = problem.layers[i].seconds.begin();
        const auto end = problem.layers[i].seconds.end();
        for (auto at = compute.begin(); at != compute.end();) {
            while (known != end && known->first < at->first)
                ++known;
            if (known == end || known->first != at->first) {
                at = compute.erase(at);
                continue;
            }
            at->second += known->second;
            ++at;
        }
    }
    fillHops(problem, alone);
    const Bytes memory =
        stageMemory(problem, alone.stages.front().layers, alone.hops[0].bytes, alone.hops[1].bytes);
    std::optional<Seconds> best;
    for (std::size_t d = 0; d < problem.devices.size(); ++d) {
        const Device& device = problem.devices[d];
        const auto seconds = compute.find(device.className);
        if (!device.enabled || memory > device.memory || seconds == compute.end())
            continue;
        Stage& stage = alone.stages.front();
        stage.device = DeviceId(d);
        stage.compute = seconds->second;
        for (Hop& hop : alone.hops)
            hop.seconds = {};
        alone.hops[0].to = alone.hops[1].from = stage.device;
        for (Hop& hop : alone.hops)
            if (hop.from && hop.to)
                hop.seconds = hopTime(problem, *hop.from, *hop.to, hop.bytes);
        fillBottleneck(problem, alone);
        if (std::isfinite(alone.bottleneckTime.value) && (!best || alone.bottleneckTime < *best))
            best = alone.bottleneckTime;
    }
    return best;
}

} // namespace millrace::plan
