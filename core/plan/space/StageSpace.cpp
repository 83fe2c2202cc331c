// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/space/StageSpace.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string_view>

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

/// What a stage needs up to an end, and over all ends before and behind it.
struct StageMemory {
    std::size_t to;
    std::int64_t needed, leastOnwards, mostSoFar;
};

template <class Fits>
void appendRanges(std::vector<StageSpace::Range>& row, std::span<const StageMemory> stages,
                  const Fits& fits)
{
    const std::size_t before = row.size();
    for (const StageMemory& stage : stages) {
        const auto to = static_cast<Cut>(stage.to);
        if (!fits(stage))
            continue;
        if (row.size() > before && row.back().last + 1 == to)
            row.back().last = to;
        else
            row.push_back({to, to});
    }
}

} // namespace

ClassTimes::ClassTimes(const Problem& problem)
{
    std::map<std::string_view, std::size_t> classes;
    for (const Device& device : problem.devices)
        classes.emplace(device.className, 0);
    std::size_t count = 0;
    for (auto& [name, index] : classes)
        index = count++;
    for (const Device& device : problem.devices)
        m_class.push_back(classes.at(device.className));
    m_times.assign(count, std::vector<double>(problem.layers.size(), -1));
    // Both maps are sorted by name: one walk over each instead of a search per entry.
    for (std::size_t layer = 0; layer < problem.layers.size(); ++layer) {
        auto wanted = classes.begin();
        for (const auto& [name, seconds] : problem.layers[layer].seconds) {
            while (wanted != classes.end() && wanted->first < name)
                ++wanted;
            if (wanted == classes.end())
                break;
            if (wanted->first == name)
                m_times[wanted->second][layer] = seconds.value;
        }
    }
}

StageSpace::StageSpace(const Problem& p, const CutSpace& c, const ClassTimes& times,
                       const std::function<bool()>& stopped)
    : problem(p), cuts(c)
{
    for (std::size_t d = 0; d < problem.devices.size(); ++d)
        if (problem.devices[d].enabled) {
            devices.emplace_back(d);
            memory.push_back(problem.devices[d].memory.value);
        }
    for (std::size_t cut = 0; cut < cuts.size(); ++cut)
        payload.push_back(static_cast<double>(cuts.payload(cut).value));
    fillTimes(times);
    fillBarred(times);
    fillTwins();
    isSliding = cuts.isChain();
    if (!cuts.isChain()) {
        for (const std::int64_t bytes : memory)
            for (std::size_t from = 0; from < cuts.size(); ++from)
                furthest.push_back(static_cast<Cut>(cuts.lastInto(bytes, from)));
        return;
    }
    fillEnds(stopped);
    fillSliding();
}

void StageSpace::fillTimes(const ClassTimes& times)
{
    work.assign(cuts.size(), 0);
    weight = cuts.sums([this](LayerId layer) {
        return static_cast<double>(problem.layers[layer.index()].weightBytes.value);
    });
    for (const DeviceId id : devices) {
        const std::vector<double>& seconds = times.of(id);
        time.push_back(
            cuts.sums([&](LayerId layer) { return std::max(0.0, seconds[layer.index()]); }));
        for (std::size_t cut = 0; cut < cuts.size(); ++cut)
            work[cut] += time.back()[cut];
    }
}

void StageSpace::fillBarred(const ClassTimes& times)
{
    for (const DeviceId id : devices) {
        std::vector<bool> no(problem.layers.size(), false);
        for (std::size_t layer = 0; layer < no.size(); ++layer)
            no[layer] = times.of(id)[layer] < 0;
        for (const Pin& pin : problem.pins)
            no[pin.layer.index()] = no[pin.layer.index()] || pin.device != id;
        const bool any = std::find(no.begin(), no.end(), true) != no.end();
        barred.push_back(any ? cuts.sums([&](LayerId layer) { return no[layer.index()] ? 1.0 : 0; })
                             : std::vector<double>());
    }
}

void StageSpace::fillEnds(const std::function<bool()>& stopped)
{
    const std::size_t count = cuts.size();
    // Row by row of one start for all devices, then put in order by device.
    std::vector<std::vector<Range>> rows(devices.size());
    std::vector<std::vector<std::uint32_t>> sizes(devices.size());
    std::vector<StageMemory> stages;
    for (std::size_t from = 0; from < count; ++from) {
        stages.clear();
        if (!stopped())
            cuts.eachStage(from, [&](std::size_t to, std::int64_t needed) {
                const std::int64_t most = stages.empty() ? needed : stages.back().mostSoFar;
                stages.push_back({to, needed, needed, std::max(most, needed)});
            });
        for (std::size_t i = stages.size(); i-- > 1;)
            stages[i - 1].leastOnwards = std::min(stages[i - 1].needed, stages[i].leastOnwards);
        for (std::size_t d = 0; d < devices.size(); ++d) {
            const std::vector<double>& no = barred[d];
            const auto end = std::partition_point(stages.begin(), stages.end(), [&](const auto& s) {
                return s.leastOnwards <= memory[d] && (no.empty() || no[s.to] == no[from]);
            });
            if (stages.begin() != end && std::prev(end)->mostSoFar <= memory[d])
                rows[d].push_back(
                    {static_cast<Cut>(from + 1), static_cast<Cut>(std::prev(end)->to)});
            else
                appendRanges(rows[d], std::span(stages.begin(), end),
                             [&](const StageMemory& s) { return s.needed <= memory[d]; });
            sizes[d].push_back(static_cast<std::uint32_t>(rows[d].size()));
        }
    }
    for (std::size_t d = 0; d < devices.size(); ++d) {
        const auto offset = static_cast<std::uint32_t>(ranges.size());
        for (std::size_t from = 0; from < count; ++from)
            firstRange.push_back(offset + (from == 0 ? 0 : sizes[d][from - 1]));
        ranges.insert(ranges.end(), rows[d].begin(), rows[d].end());
        std::vector<Range>().swap(rows[d]);
    }
    firstRange.push_back(static_cast<std::uint32_t>(ranges.size()));
}

void StageSpace::fillSliding()
{
    const std::size_t count = cuts.size();
    for (std::size_t d = 0; d < devices.size() && isSliding; ++d)
        for (std::size_t from = 0, before = 0; from < count && isSliding; ++from) {
            const auto row = ends(d, from);
            isSliding = row.empty()
                            ? before <= from
                            : row.size() == 1 && row[0].first == from + 1 && row[0].last >= before;
            before = row.empty() ? before : row[0].last;
        }
    if (isSliding)
        return;
    mayBegin.assign(count * devices.size(), false);
    mayEnd.assign(count * devices.size(), false);
    for (std::size_t d = 0; d < devices.size(); ++d)
        for (std::size_t from = 0; from < count; ++from)
            for (const Range& range : ends(d, from)) {
                mayBegin[from * devices.size() + d] = true;
                for (std::size_t to = range.first; to <= range.last; ++to)
                    mayEnd[to * devices.size() + d] = true;
            }
}

bool StageSpace::fitsChain(std::size_t device, std::size_t from, std::size_t to) const
{
    const auto row = ends(device, from);
    const auto at = std::partition_point(row.begin(), row.end(),
                                         [to](const Range& range) { return range.last < to; });
    return at != row.end() && at->first <= to;
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

double StageSpace::hop(std::optional<DeviceId> from, std::optional<DeviceId> to,
                       std::size_t cut) const
{
    if (!from || !to || *from == *to)
        return 0;
    const double seconds = hopTime(problem, *from, *to, cuts.payload(cut)).value;
    return problem.overlap == Overlap::Yes ? seconds : seconds + problem.delay.at(*from, *to).value;
}

} // namespace millrace::plan
