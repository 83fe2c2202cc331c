// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/whatif/Changes.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace millrace::plan
{
namespace
{

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

constexpr double kSpeedSteps[] = {1.25, 1.5, 2};
constexpr double kBandwidthSteps[] = {1.5, 2, 4};
/// Shares of the memory that a step adds, as divisors.
constexpr std::int64_t kMemorySteps[] = {4, 2, 1};
// More than any stage of a valid problem can need, and more than a link may have.
constexpr std::int64_t kEnoughMemory = std::int64_t{1} << 62;
constexpr double kMaxBandwidth = 1e15;

void apply(Problem& problem, const MoreMemory& change)
{
    problem.devices[change.device.index()].memory += change.by;
}

/// The device gets a class of its own.
void apply(Problem& problem, const MoreSpeed& change)
{
    Device& device = problem.devices[change.device.index()];
    const std::string before = device.className;
    const auto isTaken = [&problem](const std::string& name) {
        const auto inLayer = [&name](const Layer& layer) { return layer.seconds.contains(name); };
        return std::any_of(problem.layers.begin(), problem.layers.end(), inLayer);
    };
    do
        device.className += '\'';
    while (isTaken(device.className));
    for (Layer& layer : problem.layers)
        if (const auto time = layer.seconds.find(before); time != layer.seconds.end())
            layer.seconds.emplace(device.className, time->second / change.factor);
}

void apply(Problem& problem, const MoreBandwidth& change)
{
    problem.bandwidth.at(change.from, change.to).value *= change.factor;
}

void apply(Problem& problem, const DeviceGone& change)
{
    problem.devices[change.device.index()].enabled = false;
}

void apply(Problem& problem, const DeviceBack& change)
{
    problem.devices[change.device.index()].enabled = true;
}

} // namespace

Problem changed(Problem problem, const Change& change)
{
    std::visit([&problem](const auto& what) { apply(problem, what); }, change);
    return problem;
}

bool isPossible(const Problem& problem, const Change& change)
{
    const auto isDevice = [&problem](DeviceId id) {
        return id.value >= 0 && id.index() < problem.devices.size();
    };
    return std::visit(
        Overloaded{[&](const MoreMemory& c) {
                       constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
                       return isDevice(c.device) && c.by.value > 0 &&
                              c.by.value <= kMost - problem.devices[c.device.index()].memory.value;
                   },
                   [&](const MoreSpeed& c) {
                       return isDevice(c.device) && c.factor >= 1 && std::isfinite(c.factor);
                   },
                   [&](const MoreBandwidth& c) {
                       return isDevice(c.from) && isDevice(c.to) && c.factor >= 1 &&
                              problem.bandwidth.at(c.from, c.to).value * c.factor <= kMaxBandwidth;
                   },
                   [&](const auto& c) { return isDevice(c.device); }},
        change);
}

Step stepOf(const Change& change)
{
    const std::size_t kind = change.index();
    return std::visit(
        Overloaded{[&](const MoreMemory& c) {
                       return Step{{kind, c.device, {}}, static_cast<double>(c.by.value)};
                   },
                   [&](const MoreSpeed& c) {
                       return Step{{kind, c.device, {}}, c.factor};
                   },
                   [&](const MoreBandwidth& c) {
                       return Step{{kind, c.from, c.to}, c.factor};
                   },
                   [&](const auto& c) {
                       return Step{{kind, c.device, {}}, 0};
                   }},
        change);
}

std::vector<Change> deviceChanges(const Problem& problem, DeviceId id)
{
    const Device& device = problem.devices[id.index()];
    if (!device.enabled)
        return {DeviceBack{id}};
    std::vector<Change> changes;
    for (const std::int64_t step : kMemorySteps)
        if (const std::int64_t by = device.memory.value / step;
            by > 0 && device.memory.value < kEnoughMemory)
            changes.emplace_back(MoreMemory{id, Bytes{static_cast<std::int64_t>(std::bit_floor(
                                                    static_cast<std::uint64_t>(by)))}});
    // A tiny memory has fewer steps.
    changes.erase(std::unique(changes.begin(), changes.end()), changes.end());
    const auto runsHere = [&device](const Layer& layer) {
        return layer.seconds.contains(device.className);
    };
    if (std::any_of(problem.layers.begin(), problem.layers.end(), runsHere))
        for (const double factor : kSpeedSteps)
            changes.emplace_back(MoreSpeed{id, factor});
    changes.emplace_back(DeviceGone{id});
    return changes;
}

std::vector<Change> linkChanges(const Problem& problem, DeviceId from, DeviceId to)
{
    const bool sends = problem.devices[from.index()].enabled || problem.source == from;
    const bool receives = problem.devices[to.index()].enabled || problem.sink == to;
    const double bandwidth = problem.bandwidth.at(from, to).value;
    std::vector<Change> changes;
    if (from == to || !sends || !receives || bandwidth == 0)
        return changes;
    for (const double factor : kBandwidthSteps)
        if (bandwidth * factor <= kMaxBandwidth)
            changes.emplace_back(MoreBandwidth{from, to, factor});
    return changes;
}

std::vector<Change> allChanges(const Problem& problem)
{
    std::vector<Change> changes;
    const auto add = [&changes](const std::vector<Change>& more) {
        changes.insert(changes.end(), more.begin(), more.end());
    };
    const std::size_t count = problem.devices.size();
    for (std::size_t d = 0; d < count; ++d)
        if (problem.devices[d].enabled)
            add(deviceChanges(problem, DeviceId(d)));
    for (std::size_t from = 0; from < count; ++from)
        for (std::size_t to = 0; to < count; ++to)
            add(linkChanges(problem, DeviceId(from), DeviceId(to)));
    return changes;
}

} // namespace millrace::plan
