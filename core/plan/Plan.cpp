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

void fillHops(const Problem& problem, Pipeline& pipeline)
{
    std::vector<bool> inside(problem.layers.size(), false);
    pipeline.hops.clear();
    for (std::size_t k = 0; k <= pipeline.stages.size(); ++k) {
        Hop hop;
        hop.from = k == 0 ? problem.source : std::optional(pipeline.stages[k - 1].device);
        hop.to =
            k == pipeline.stages.size() ? problem.sink : std::optional(pipeline.stages[k].device);
        hop.bytes = graph::payload(inside, problem.tensors);
        if (hop.from && hop.to)
            hop.seconds = hopTime(problem, *hop.from, *hop.to, hop.bytes);
        pipeline.hops.push_back(hop);
        if (k < pipeline.stages.size())
            for (const LayerId layer : pipeline.stages[k].layers)
                inside[layer.index()] = true;
    }
}

/// Returns its time. In pipeline order, so that the first of equals is named.
Seconds fillBottleneck(const Problem& problem, Pipeline& pipeline)
{
    Seconds worst{-1};
    const auto offer = [&](Seconds seconds, BottleneckKind kind, std::size_t index) {
        if (seconds > worst) {
            worst = seconds;
            pipeline.bottleneck = {kind, static_cast<int>(index)};
        }
    };
    for (std::size_t k = 0; k < pipeline.stages.size(); ++k) {
        if (problem.overlap == Overlap::No) {
            const Hop& in = pipeline.hops[k];
            const Hop& out = pipeline.hops[k + 1];
            offer(in.seconds + hopDelay(problem, in) + pipeline.stages[k].compute + out.seconds +
                      hopDelay(problem, out),
                  BottleneckKind::Stage, k);
            continue;
        }
        offer(pipeline.hops[k].seconds, BottleneckKind::Transfer, k);
        offer(pipeline.stages[k].compute, BottleneckKind::Compute, k);
    }
    if (problem.overlap == Overlap::Yes)
        offer(pipeline.hops.back().seconds, BottleneckKind::Transfer, pipeline.stages.size());
    return worst;
}

/// Returns the time of its bottleneck.
Seconds fillPipeline(const Problem& problem, Pipeline& pipeline)
{
    fillHops(problem, pipeline);
    pipeline.endToEnd = {};
    for (std::size_t k = 0; k < pipeline.stages.size(); ++k) {
        Stage& stage = pipeline.stages[k];
        stage.memory =
            stageMemory(problem, stage.layers, pipeline.hops[k].bytes, pipeline.hops[k + 1].bytes);
        stage.compute = stageCompute(problem, stage.device, stage.layers);
        pipeline.endToEnd += stage.compute;
    }
    for (const Hop& hop : pipeline.hops)
        pipeline.endToEnd += hop.seconds + hopDelay(problem, hop);
    return fillBottleneck(problem, pipeline);
}

/// Of pipelines side by side, one result comes for each of their times: their rates add up.
Seconds together(const std::vector<Seconds>& times)
{
    if (times.size() == 1)
        return times.front();
    double rate = 0;
    for (const Seconds time : times)
        rate += 1 / time.value;
    return {rate > 0 ? 1 / rate : 0};
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

std::size_t Solution::stageCount() const
{
    std::size_t count = 0;
    for (const Pipeline& pipeline : pipelines)
        count += pipeline.stages.size();
    return count;
}

std::size_t Solution::hopCount() const
{
    std::size_t count = 0;
    for (const Pipeline& pipeline : pipelines)
        count += pipeline.hops.size();
    return count;
}

std::vector<PlacedStage> Solution::stages() const&
{
    std::vector<PlacedStage> all;
    all.reserve(stageCount());
    for (std::size_t p = 0; p < pipelines.size(); ++p)
        for (std::size_t k = 0; k < pipelines[p].stages.size(); ++k)
            all.push_back({{PipelineId(p), static_cast<std::int32_t>(k)}, pipelines[p].stages[k]});
    return all;
}

std::vector<PlacedHop> Solution::hops() const&
{
    std::vector<PlacedHop> all;
    all.reserve(hopCount());
    for (std::size_t p = 0; p < pipelines.size(); ++p)
        for (std::size_t k = 0; k < pipelines[p].hops.size(); ++k)
            all.push_back({{PipelineId(p), static_cast<std::int32_t>(k)}, pipelines[p].hops[k]});
    return all;
}

const Stage& Solution::stage(StageRef at) const
{
    return pipelines[at.pipeline.index()].stages[static_cast<std::size_t>(at.stage)];
}

const Hop& Solution::hop(HopRef at) const
{
    return pipelines[at.pipeline.index()].hops[static_cast<std::size_t>(at.hop)];
}

bool Solution::uses(DeviceId device) const
{
    const auto all = stages();
    return std::any_of(all.begin(), all.end(), [device](const PlacedStage& placed) {
        return placed.stage.device == device;
    });
}

bool Solution::isBottleneck(StageRef at) const
{
    const auto& [kind, index] = pipelines[at.pipeline.index()].bottleneck;
    return kind != BottleneckKind::Transfer && index == at.stage;
}

bool Solution::isBottleneck(HopRef at) const
{
    const auto& [kind, index] = pipelines[at.pipeline.index()].bottleneck;
    return kind == BottleneckKind::Transfer && index == at.hop;
}

double Solution::gap() const
{
    if (bottleneckTime.value <= 0)
        return 0;
    return (bottleneckTime.value - lowerBound.value) / bottleneckTime.value;
}

double Solution::throughput() const
{
    return bottleneckTime.value > 0 ? 1 / bottleneckTime.value
                                    : std::numeric_limits<double>::infinity();
}

void fillStageFigures(const Problem& problem, Solution& solution)
{
    std::vector<Seconds> times;
    for (Pipeline& pipeline : solution.pipelines)
        times.push_back(fillPipeline(problem, pipeline));
    solution.bottleneckTime = together(times);
}

void fillFigures(const Problem& problem, Solution& solution)
{
    fillStageFigures(problem, solution);
    solution.singleDevice = bestSingleDevice(problem);
}

std::optional<Seconds> bestSingleDevice(const Problem& problem)
{
    Pipeline alone;
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
        const Seconds time = fillBottleneck(problem, alone);
        if (std::isfinite(time.value) && (!best || time < *best))
            best = time;
    }
    return best;
}

} // namespace millrace::plan
