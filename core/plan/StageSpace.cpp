// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/StageSpace.h"

#include <limits>

namespace millrace::plan
{
namespace
{

/// Swapping the two devices changes nothing but their names.
bool interchangeable(const Problem& problem, DeviceId a, DeviceId b)
{
    const Device& first = problem.devices[a.index()];
    const Device& second = problem.devices[b.index()];
    if (first.className != second.className || first.memory != second.memory)
        return false;
    for (const auto& special : {problem.source, problem.sink})
        if (special == a || special == b)
            return false;
    for (const Pin& pin : problem.pins)
        if (pin.device == a || pin.device == b)
            return false;
    const auto sameLinks = [&](const auto& matrix) {
        if (matrix.at(a, b) != matrix.at(b, a))
            return false;
        for (std::size_t d = 0; d < problem.devices.size(); ++d) {
            const DeviceId other(d);
            if (other == a || other == b)
                continue;
            if (matrix.at(a, other) != matrix.at(b, other) ||
                matrix.at(other, a) != matrix.at(other, b))
                return false;
        }
        return true;
    };
    return sameLinks(problem.bandwidth) && sameLinks(problem.occupancy) && sameLinks(problem.delay);
}

} // namespace

StageSpace::StageSpace(const Problem& p, const CutSpace& c, const std::function<bool()>& stopped)
    : problem(p), cuts(c)
{
    for (std::size_t d = 0; d < problem.devices.size(); ++d)
        if (problem.devices[d].enabled)
            devices.emplace_back(d);
    fillStages(stopped);
    fillTwins();
}

void StageSpace::fillStages(const std::function<bool()>& stopped)
{
    work.assign(cuts.size(), 0);
    weight = cuts.sums([this](LayerId layer) {
        return static_cast<double>(problem.layers[layer.index()].weightBytes.value);
    });
    for (const DeviceId id : devices) {
        const Device& device = problem.devices[id.index()];
        std::vector<bool> barred(problem.layers.size(), false);
        for (const Pin& pin : problem.pins)
            if (pin.device != id)
                barred[pin.layer.index()] = true;
        const auto timeOf = [&](LayerId layer) {
            const auto& seconds = problem.layers[layer.index()].seconds;
            const auto found = seconds.find(device.className);
            barred[layer.index()] = barred[layer.index()] || found == seconds.end();
            return found == seconds.end() ? 0 : found->second.value;
        };
        time.push_back(cuts.sums(timeOf));
        for (std::size_t cut = 0; cut < cuts.size(); ++cut)
            work[cut] += time.back()[cut];
        const std::vector<double> barredLayers =
            cuts.sums([&](LayerId layer) { return barred[layer.index()] ? 1.0 : 0.0; });
        std::vector<Bits> rows(cuts.size(), Bits(cuts.size()));
        for (std::size_t from = 0; from < cuts.size() && !stopped(); ++from)
            cuts.above(from).each([&](std::size_t to) {
                if (cuts.memory(from, to) <= device.memory &&
                    barredLayers[to] == barredLayers[from])
                    rows[from].set(to);
            });
        fits.push_back(std::move(rows));
    }
}

void StageSpace::fillTwins()
{
    twin.resize(devices.size());
    for (std::size_t d = 1; d < devices.size(); ++d)
        for (std::size_t earlier = d; earlier-- > 0;)
            if (interchangeable(problem, devices[earlier], devices[d])) {
                twin[d] = earlier;
                break;
            }
}

/// What a hop adds for the threshold: without overlap its delay, too.
double StageSpace::hop(std::optional<DeviceId> from, std::optional<DeviceId> to,
                       std::size_t cut) const
{
    if (!from || !to || *from == *to)
        return 0;
    const double seconds = hopTime(problem, *from, *to, cuts.payload(cut)).value;
    return problem.overlap == Overlap::Yes ? seconds : seconds + problem.delay.at(*from, *to).value;
}

} // namespace millrace::plan
