// SPDX-License-Identifier: GPL-3.0-or-later
#include "SubsetSearch.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace millrace::test
{
namespace
{

using Cuts = std::uint64_t; ///< a set, by the number of layers before each

std::int64_t payload(const plan::Problem& problem, std::size_t cut)
{
    std::int64_t bytes = 0;
    for (const auto& tensor : problem.tensors) {
        const bool made = !tensor.producer || tensor.producer->index() < cut;
        bool needed = tensor.isOutput;
        for (const LayerId consumer : tensor.consumers)
            needed = needed || consumer.index() >= cut;
        bytes += made && needed ? tensor.bytes.value : 0;
    }
    return bytes;
}

/// Where a stage on the device from the cut may end.
Cuts ends(const plan::Problem& problem, DeviceId device, std::size_t from, double bottleneck)
{
    const plan::Device& on = problem.devices[device.index()];
    const plan::MemoryModel& model = problem.memoryModel;
    Cuts found = 0;
    double seconds = 0;
    std::int64_t weights = 0;
    std::int64_t activation = 0;
    for (std::size_t to = from + 1; to <= problem.layers.size(); ++to) {
        const plan::Layer& layer = problem.layers[to - 1];
        if (layer.seconds.count(on.className) == 0)
            break;
        seconds += layer.seconds.at(on.className).value;
        weights += layer.weightBytes.value;
        activation = std::max(activation, layer.activationBytes.value);
        const auto copies = [&](double times, std::size_t cut) {
            return static_cast<std::int64_t>(
                std::ceil(times * static_cast<double>(payload(problem, cut))));
        };
        if (seconds <= bottleneck && model.fixed.value + weights + activation +
                                             copies(model.inCopies, from) +
                                             copies(model.outCopies, to) <=
                                         on.memory.value)
            found |= Cuts{1} << to;
    }
    return found;
}

/// The cuts that one device hands another in time.
Cuts handed(const plan::Problem& problem, DeviceId from, DeviceId to, double bottleneck)
{
    Cuts found = 0;
    const double bandwidth = problem.bandwidth.at(from, to).value;
    for (std::size_t cut = 1; cut < problem.layers.size() && bandwidth > 0; ++cut)
        if (8 * static_cast<double>(payload(problem, cut)) / bandwidth +
                problem.occupancy.at(from, to).value <=
            bottleneck)
            found |= Cuts{1} << cut;
    return found;
}

template <class Visit>
void eachCut(Cuts cuts, const Visit& visit)
{
    for (std::size_t cut = 0; cuts != 0; ++cut, cuts >>= 1)
        if ((cuts & 1U) != 0)
            visit(cut);
}

} // namespace

bool hasPlanWithin(const plan::Problem& problem, const std::vector<DeviceId>& devices,
                   double bottleneck)
{
    const std::size_t count = devices.size();
    std::vector<std::vector<Cuts>> stages(count);
    std::vector<std::vector<Cuts>> links(count);
    for (std::size_t d = 0; d < count; ++d) {
        for (std::size_t from = 0; from < problem.layers.size(); ++from)
            stages[d].push_back(ends(problem, devices[d], from, bottleneck));
        for (std::size_t next = 0; next < count; ++next)
            links[d].push_back(handed(problem, devices[d], devices[next], bottleneck));
    }
    // By set of devices and the last of them: where its stage can end.
    std::vector<Cuts> reached((std::size_t{1} << count) * count, 0);
    for (std::size_t d = 0; d < count; ++d)
        reached[(std::size_t{1} << d) * count + d] = stages[d][0];
    const Cuts all = Cuts{1} << problem.layers.size();
    for (std::size_t set = 1; set < std::size_t{1} << count; ++set)
        for (std::size_t d = 0; d < count; ++d) {
            const Cuts at = reached[set * count + d];
            if ((at & all) != 0)
                return true;
            for (std::size_t next = 0; at != 0 && next < count; ++next) {
                if ((set >> next & 1U) != 0)
                    continue;
                Cuts& onwards = reached[(set | std::size_t{1} << next) * count + next];
                eachCut(at & links[d][next],
                        [&](std::size_t cut) { onwards |= stages[next][cut]; });
            }
        }
    return false;
}

} // namespace millrace::test
