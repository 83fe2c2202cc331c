// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/search/Bounds.h"

#include "plan/search/Incumbent.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace millrace::plan
{
namespace
{

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double gatewayHop(const Problem& problem, bool isFirst)
{
    const auto end = isFirst ? problem.source : problem.sink;
    if (!end)
        return 0;
    const std::vector<bool> inside(problem.layers.size(), !isFirst);
    const Bytes payload = graph::payload(inside, problem.tensors);
    double fastest = kInfinity;
    for (std::size_t d = 0; d < problem.devices.size(); ++d)
        if (const DeviceId device(d); problem.devices[d].enabled)
            fastest = std::min(fastest, (isFirst ? hopTime(problem, *end, device, payload)
                                                 : hopTime(problem, device, *end, payload))
                                            .value);
    return fastest;
}

} // namespace

double boundOverAllCuts(const Problem& problem, const ClassTimes& times)
{
    const std::size_t layers = problem.layers.size();
    std::vector<double> fastest(layers, kInfinity);
    for (std::size_t d = 0; d < problem.devices.size(); ++d)
        for (std::size_t layer = 0; layer < layers && problem.devices[d].enabled; ++layer)
            if (const double time = times.of(DeviceId(d))[layer]; time >= 0)
                fastest[layer] = std::min(fastest[layer], time);
    double slowest = 0;
    double work = 0;
    for (const double time : fastest) {
        slowest = std::max(slowest, time);
        work += time;
    }
    // How much of the fastest device's work each device does in the same time, at best.
    double together = 0;
    for (std::size_t d = 0; d < problem.devices.size(); ++d) {
        double rate = 0;
        for (std::size_t layer = 0; layer < layers && problem.devices[d].enabled; ++layer)
            if (const double time = times.of(DeviceId(d))[layer]; time >= 0 && fastest[layer] > 0)
                rate = std::max(rate, fastest[layer] / time);
        together += rate;
    }
    const double shared = together > 0 ? work / together : 0;
    return std::max({slowest, shared, gatewayHop(problem, true), gatewayHop(problem, false)}) *
           (1 - kTolerance);
}

double ceiling(const StageSpace& space)
{
    double compute = 0;
    for (const auto& time : space.time)
        compute = std::max(compute, time.back());
    std::size_t largest = 0;
    for (std::size_t cut = 1; cut + 1 < space.cuts.size(); ++cut)
        if (largest == 0 || space.payload[cut] > space.payload[largest])
            largest = cut;
    double receive = 0;
    double send = 0;
    const auto hop = [&](std::optional<DeviceId> from, std::optional<DeviceId> to,
                         std::size_t cut) {
        const double seconds = space.hop(from, to, cut);
        return std::isfinite(seconds) ? seconds : 0;
    };
    for (const DeviceId a : space.devices) {
        receive = std::max(receive, hop(space.problem.source, a, 0));
        send = std::max(send, hop(a, space.problem.sink, space.cuts.last()));
        for (const DeviceId b : space.devices)
            if (a != b && largest != 0) {
                receive = std::max(receive, hop(a, b, largest));
                send = std::max(send, hop(a, b, largest));
            }
    }
    const bool overlap = space.problem.overlap == Overlap::Yes;
    return (overlap ? std::max({compute, receive, send}) : compute + receive + send) *
           (1 + kTolerance);
}

double largestPayload(const Problem& problem, double within)
{
    double most = -1;
    for (std::size_t a = 0; a < problem.devices.size(); ++a)
        for (std::size_t b = 0; b < problem.devices.size(); ++b) {
            const DeviceId from(a);
            const DeviceId to(b);
            if (a == b || !problem.devices[a].enabled || !problem.devices[b].enabled)
                continue;
            const double left = within * (1 + kTolerance) - problem.occupancy.at(from, to).value;
            const double bandwidth = problem.bandwidth.at(from, to).value;
            if (left >= 0 && bandwidth > 0)
                most = std::max(most, left * bandwidth / 8);
        }
    return most;
}

} // namespace millrace::plan
