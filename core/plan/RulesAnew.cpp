// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/RulesAnew.h"

#include <algorithm>
#include <cmath>

namespace millrace::plan
{

double linkSeconds(const Problem& problem, std::optional<DeviceId> from, std::optional<DeviceId> to,
                   std::int64_t bytes)
{
    if (!from || !to || *from == *to)
        return 0;
    const double bandwidth = problem.bandwidth.at(*from, *to).value;
    if (bandwidth == 0)
        return HUGE_VAL;
    return static_cast<double>(bytes) * 8 / bandwidth + problem.occupancy.at(*from, *to).value;
}

double linkDelay(const Problem& problem, std::optional<DeviceId> from, std::optional<DeviceId> to)
{
    return !from || !to || *from == *to ? 0 : problem.delay.at(*from, *to).value;
}

std::int64_t roundedUp(double copies, std::int64_t bytes)
{
    return static_cast<std::int64_t>(std::ceil(copies * static_cast<double>(bytes)));
}

namespace
{

/// What one stage with the whole model needs.
struct Whole {
    std::int64_t in = 0;
    std::int64_t out = 0;
    std::int64_t memory = 0;
};

Whole wholeModel(const Problem& problem)
{
    Whole whole;
    for (const auto& tensor : problem.tensors) {
        if (!tensor.producer && (tensor.isOutput || !tensor.consumers.empty()))
            whole.in += tensor.bytes.value;
        if (tensor.isOutput)
            whole.out += tensor.bytes.value;
    }
    std::int64_t activation = 0;
    whole.memory = problem.memoryModel.fixed.value;
    for (const Layer& layer : problem.layers) {
        whole.memory += layer.weightBytes.value;
        activation = std::max(activation, layer.activationBytes.value);
    }
    for (const SharedWeight& shared : problem.sharedWeights)
        whole.memory += shared.layers.empty() ? 0 : shared.bytes.value;
    whole.memory += activation + roundedUp(problem.memoryModel.inCopies, whole.in) +
                    roundedUp(problem.memoryModel.outCopies, whole.out);
    return whole;
}

} // namespace

std::optional<double> bestAlone(const Problem& problem)
{
    const Whole whole = wholeModel(problem);
    std::optional<double> best;
    for (std::size_t d = 0; d < problem.devices.size(); ++d) {
        const Device& device = problem.devices[d];
        const DeviceId id(d);
        if (!device.enabled || device.memory.value < whole.memory)
            continue;
        double seconds = 0;
        for (const Layer& layer : problem.layers) {
            const auto time = layer.seconds.find(device.className);
            seconds += time == layer.seconds.end() ? HUGE_VAL : time->second.value;
        }
        const double receive = linkSeconds(problem, problem.source, id, whole.in);
        const double send = linkSeconds(problem, id, problem.sink, whole.out);
        const double delays =
            linkDelay(problem, problem.source, id) + linkDelay(problem, id, problem.sink);
        const double alone = problem.overlap == Overlap::Yes ? std::max({seconds, receive, send})
                                                             : receive + seconds + send + delays;
        if (std::isfinite(alone) && (!best || alone < *best))
            best = alone;
    }
    return best;
}

} // namespace millrace::plan
