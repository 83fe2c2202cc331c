// SPDX-License-Identifier: GPL-3.0-or-later
#include "RandomProblem.h"

#include "base/Random.h"

#include <algorithm>
#include <set>

namespace millrace::test
{
namespace
{

/// As base's generator, with what the problems ask of it.
class Chance : public Random
{
public:
    explicit Chance(std::uint64_t seed) : Random(seed * 0x9e3779b97f4a7c15U + 1) {}
    int below(int bound)
    {
        return static_cast<int>(Random::below(static_cast<std::size_t>(bound)));
    }
    bool chance(int percent) { return below(100) < percent; }
};

void addLayers(plan::Problem& problem, Chance& random, const Rules& rules, int count)
{
    for (int i = 0; i < count; ++i) {
        plan::Layer layer;
        layer.name = "layer" + std::to_string(i);
        layer.weightBytes.value = random.chance(20) ? 0 : random.below(100);
        layer.activationBytes.value = rules.memory ? random.below(40) : 0;
        const double work = random.chance(10) ? 0 : 0.1 + random.unit();
        layer.seconds["a"].value = work;
        if (rules.classes) {
            layer.seconds["b"].value = work * (0.3 + 2 * random.unit());
            layer.seconds["c"].value = work * 1.5;
            if (random.chance(15))
                layer.seconds.erase(random.chance(50) ? "b" : "c");
        }
        problem.layers.push_back(std::move(layer));
    }
}

void addTensors(plan::Problem& problem, Chance& random, const Rules& rules, int count)
{
    const auto size = [&random] { return Bytes{random.chance(10) ? 0 : 1 + random.below(100)}; };
    problem.tensors.push_back({size(), std::nullopt, {LayerId(0)}, false});
    for (int i = 0; i < count; ++i) {
        std::set<LayerId> consumers;
        if (i + 1 < count && (rules.shape == Shape::Chain || random.chance(70)))
            consumers.insert(LayerId(i + 1));
        if (rules.shape == Shape::Dag)
            for (int later = i + 1; later < count; ++later)
                if (random.chance(20))
                    consumers.insert(LayerId(later));
        problem.tensors.push_back(
            {size(),
             LayerId(i),
             {consumers.begin(), consumers.end()},
             i + 1 == count || (rules.shape == Shape::Dag && random.chance(10))});
    }
    if (rules.shape == Shape::Dag && random.chance(40))
        problem.tensors.push_back({size(), std::nullopt, {LayerId(random.below(count))}, false});
}

void addDevices(plan::Problem& problem, Chance& random, const Rules& rules, int count)
{
    const auto n = static_cast<std::size_t>(count);
    problem.bandwidth = plan::Matrix<BitsPerSecond>(n);
    problem.occupancy = plan::Matrix<Seconds>(n);
    problem.delay = plan::Matrix<Seconds>(n);
    for (int d = 0; d < count; ++d) {
        plan::Device device;
        device.name = "device" + std::to_string(d);
        device.className = rules.classes ? std::string(1, "abc"[random.below(3)]) : "a";
        device.memory.value = rules.memory ? 80 + random.below(300) : 1 << 20;
        device.enabled = !(rules.disabled && random.chance(25));
        problem.devices.push_back(device);
        for (int other = 0; other < count; ++other) {
            const DeviceId from(d);
            const DeviceId to(other);
            problem.bandwidth.at(from, to).value = 100 + 2000 * random.unit();
            if (!rules.links)
                continue;
            if (random.chance(30))
                problem.bandwidth.at(from, to).value = 0;
            problem.occupancy.at(from, to).value = random.chance(50) ? 0 : 0.2 * random.unit();
            problem.delay.at(from, to).value = 0.2 * random.unit();
        }
    }
    if (!rules.equal)
        return;
    // All but the last device are copies of the first, links included.
    for (std::size_t d = 1; d + 1 < n; ++d) {
        problem.devices[d].className = problem.devices[0].className;
        problem.devices[d].memory = problem.devices[0].memory;
    }
    for (std::size_t from = 0; from < n; ++from)
        for (std::size_t to = 0; to < n; ++to) {
            const auto alias = [n](std::size_t d, std::size_t small) {
                return d + 1 == n ? d : small;
            };
            const DeviceId f(alias(from, 0));
            const DeviceId t(alias(to, f.index() == 0 && n > 1 ? 1 : 0));
            problem.bandwidth.at(DeviceId(from), DeviceId(to)) = problem.bandwidth.at(f, t);
            problem.occupancy.at(DeviceId(from), DeviceId(to)) = problem.occupancy.at(f, t);
            problem.delay.at(DeviceId(from), DeviceId(to)) = problem.delay.at(f, t);
        }
}

} // namespace

Rules rulesFrom(unsigned bits, Shape shape)
{
    const auto on = [bits](unsigned i) { return (bits >> i & 1U) != 0; };
    return {shape, on(0), on(1), on(2), on(3), on(4), on(5), on(6), on(7), on(8), on(9)};
}

plan::Problem randomProblem(std::uint64_t seed, const Rules& rules, int layers, int devices)
{
    Chance random(seed);
    plan::Problem problem;
    addLayers(problem, random, rules, layers);
    addTensors(problem, random, rules, layers);
    addDevices(problem, random, rules, devices);
    if (rules.noOverlap)
        problem.overlap = plan::Overlap::No;
    if (rules.shared)
        for (int i = 0; i < 2; ++i)
            problem.sharedWeights.push_back(
                {Bytes{random.below(60)},
                 {LayerId(random.below(layers)), LayerId(random.below(layers))}});
    if (rules.memory)
        problem.memoryModel = {Bytes{random.below(20)}, 0.5 * random.below(4),
                               0.5 * random.below(4)};
    if (rules.gateway) {
        if (random.chance(80))
            problem.source = DeviceId(random.below(devices));
        if (random.chance(80))
            problem.sink = DeviceId(random.below(devices));
    }
    if (rules.counts) {
        problem.stages.min = 1 + random.below(3);
        if (random.chance(60))
            problem.stages.max = problem.stages.min + random.below(2);
    }
    if (rules.pins)
        problem.pins.push_back({LayerId(random.below(layers)), DeviceId(random.below(devices))});
    return problem;
}

} // namespace millrace::test
