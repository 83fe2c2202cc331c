// SPDX-License-Identifier: GPL-3.0-or-later
#include "PlannerFamilies.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace millrace::bench
{
namespace
{

/// SplitMix64; the standard library's distributions differ between implementations.
class Random
{
public:
    explicit Random(std::uint64_t seed) : m_state(seed * 0x9e3779b97f4a7c15U + 7) {}
    double unit()
    {
        std::uint64_t z = (m_state += 0x9e3779b97f4a7c15U);
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
        return static_cast<double>((z ^ (z >> 31U)) >> 11U) * 0x1p-53;
    }
    double between(double low, double high) { return low + (high - low) * unit(); }
    double logNormal(double spread)
    {
        const double radius = std::sqrt(-2 * std::log(1 - unit()));
        return std::exp(spread * radius * std::cos(2 * std::numbers::pi * unit()));
    }

private:
    std::uint64_t m_state;
};

std::int64_t bytes(double value)
{
    return static_cast<std::int64_t>(std::llround(value));
}

void addChain(plan::Problem& problem, Random& random, int layers, int classes,
              const std::vector<double>& speeds)
{
    for (int i = 0; i < layers; ++i) {
        plan::Layer layer;
        layer.name = "layer" + std::to_string(i);
        layer.weightBytes.value = bytes(400e3 * random.logNormal(1.2));
        const double work = 0.004 * random.logNormal(0.9);
        for (int c = 0; c < classes; ++c)
            layer.seconds["class" + std::to_string(c)] =
                Seconds{work / speeds[static_cast<std::size_t>(c)]};
        problem.layers.push_back(std::move(layer));
    }
    for (int i = 0; i <= layers; ++i) {
        graph::DataflowTensor tensor;
        tensor.bytes.value = bytes(300e3 * random.logNormal(0.8));
        if (i > 0)
            tensor.producer = LayerId(i - 1);
        if (i < layers)
            tensor.consumers = {LayerId(i)};
        tensor.isOutput = i == layers;
        problem.tensors.push_back(std::move(tensor));
    }
}

void addDevices(plan::Problem& problem, Random& random, const Family& family)
{
    double weights = 0;
    std::vector<double> layers;
    for (const plan::Layer& layer : problem.layers) {
        weights += static_cast<double>(layer.weightBytes.value);
        layers.push_back(static_cast<double>(layer.weightBytes.value));
    }
    const double slack = family.bound == Bound::Memory ? 1.25 : random.between(1.5, 3);
    std::vector<double> memory;
    double total = 0;
    for (int d = 0; d < family.devices; ++d) {
        memory.push_back(random.between(0.5, 2));
        total += memory.back();
    }
    // Raised until the largest layer fits one device in twenty.
    std::vector<double> sorted = memory;
    std::sort(sorted.rbegin(), sorted.rend());
    const double few = sorted[static_cast<std::size_t>(family.devices / 20)];
    const double largest = *std::max_element(layers.begin(), layers.end());
    const double scale = std::max(slack * weights / total, largest / few);
    for (int d = 0; d < family.devices; ++d)
        problem.devices.push_back({"device" + std::to_string(d), "class" + std::to_string(d),
                                   Bytes{bytes(memory[static_cast<std::size_t>(d)] * scale)},
                                   true});
}

void addLinks(plan::Problem& problem, Random& random, const Family& family)
{
    const auto count = static_cast<std::size_t>(family.devices);
    std::vector<std::pair<double, double>> places;
    for (std::size_t d = 0; d < count; ++d)
        places.emplace_back(random.between(1, 150), random.between(1, 150));
    // Against a compute share of 0.8 s / devices for each stage.
    const double factor = family.bound == Bound::Transfer ? 0.3 : 20;
    problem.bandwidth = plan::Matrix<BitsPerSecond>(count);
    problem.occupancy = plan::Matrix<Seconds>(count);
    problem.delay = plan::Matrix<Seconds>(count);
    for (std::size_t a = 0; a < count; ++a)
        for (std::size_t b = 0; b < count; ++b) {
            const double dx = places[a].first - places[b].first;
            const double dy = places[a].second - places[b].second;
            const double square = std::max(1.0, dx * dx + dy * dy);
            const bool near = square < 150.0 * 150.0 * 5 / static_cast<double>(family.devices);
            if (a != b && (!family.sparse || near || b == (a + 1) % count))
                problem.bandwidth.at(DeviceId(a),
                                     DeviceId(b)) = {1e6 * factor * std::log2(1 + 283230 / square)};
        }
}

} // namespace

const std::vector<Family>& families()
{
    static const std::vector<Family> all = {
        {"20 x 200 compute", 20, 200, Bound::Compute},
        {"20 x 200 transfer", 20, 200, Bound::Transfer},
        {"20 x 200 memory", 20, 200, Bound::Memory},
        {"16 x 96 compute", 16, 96, Bound::Compute},
        {"16 x 96 memory", 16, 96, Bound::Memory},
        {"50 x 200 compute", 50, 200, Bound::Compute},
        {"50 x 200 transfer", 50, 200, Bound::Transfer},
        {"50 x 200 memory", 50, 200, Bound::Memory},
        {"30 x 200 sparse", 30, 200, Bound::Compute, true},
        {"50 x 200 sparse", 50, 200, Bound::Compute, true},
        {"1000 x 2000 compute", 1000, 2000, Bound::Compute},
        {"1000 x 2000 transfer", 1000, 2000, Bound::Transfer},
        {"1000 x 2000 memory", 1000, 2000, Bound::Memory},
    };
    return all;
}

plan::Problem instance(const Family& family, std::uint64_t seed)
{
    Random random(seed);
    plan::Problem problem;
    std::vector<double> speeds;
    for (int d = 0; d < family.devices; ++d)
        speeds.push_back(std::exp2(random.between(-1, 2)));
    addChain(problem, random, family.layers, family.devices, speeds);
    addDevices(problem, random, family);
    addLinks(problem, random, family);
    return problem;
}

plan::Problem onDevices(const plan::Problem& model, int devices, std::uint64_t seed)
{
    Random random(seed);
    plan::Problem problem = model;
    problem.devices.clear();
    problem.pins.clear();
    problem.source.reset();
    problem.sink.reset();
    std::vector<double> speeds;
    for (int d = 0; d < devices; ++d)
        speeds.push_back(std::exp2(random.between(-3, 0)));
    double weights = 0;
    double largest = 0;
    for (plan::Layer& layer : problem.layers) {
        const double reference = layer.seconds.begin()->second.value;
        layer.seconds.clear();
        for (int d = 0; d < devices; ++d)
            layer.seconds["class" + std::to_string(d)] =
                Seconds{reference / speeds[static_cast<std::size_t>(d)]};
        weights += static_cast<double>(layer.weightBytes.value);
        largest = std::max(largest, static_cast<double>(layer.weightBytes.value) +
                                        3 * static_cast<double>(layer.activationBytes.value));
    }
    const auto fixed = static_cast<double>(problem.memoryModel.fixed.value);
    for (int d = 0; d < devices; ++d)
        problem.devices.push_back(
            {"device" + std::to_string(d), "class" + std::to_string(d),
             Bytes{bytes(fixed + largest + 2 * weights / devices * random.between(0.5, 1.5))},
             true});
    Family family{"", devices, static_cast<int>(problem.layers.size()), Bound::Compute, false};
    addLinks(problem, random, family);
    return problem;
}

plan::Problem changed(const plan::Problem& problem, std::uint64_t seed)
{
    Random random(seed);
    plan::Problem next = problem;
    const auto any = [&] {
        return static_cast<std::size_t>(
            random.between(0, static_cast<double>(next.devices.size())));
    };
    plan::Device& device = next.devices[any()];
    const double factor = std::exp2(random.between(-0.58, 0.58));
    switch (static_cast<int>(random.between(0, 4))) {
    case 0:
        device.memory.value = bytes(static_cast<double>(device.memory.value) * factor);
        break;
    case 1:
        for (plan::Layer& layer : next.layers)
            layer.seconds.at(device.className) = layer.seconds.at(device.className) * factor;
        break;
    case 2:
        next.bandwidth.at(DeviceId(any()), DeviceId(any())).value *= factor;
        break;
    default:
        device.enabled = false;
    }
    return next;
}

plan::Problem dragged(const plan::Problem& problem, std::uint64_t seed)
{
    Random random(seed);
    plan::Problem next = problem;
    const auto which =
        static_cast<std::size_t>(random.between(0, static_cast<double>(next.devices.size())));
    plan::Device& device = next.devices[which];
    device.memory.value -= device.memory.value / 50;
    for (plan::Layer& layer : next.layers)
        layer.seconds.at(device.className) = layer.seconds.at(device.className) * 1.03;
    for (std::size_t d = 0; d < next.devices.size(); ++d)
        next.bandwidth.at(DeviceId(which), DeviceId(d)).value *= 0.97;
    return next;
}

} // namespace millrace::bench
