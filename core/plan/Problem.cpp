// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/Problem.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace millrace::plan
{
namespace
{

constexpr double kMaxSeconds = 1e15;
// Slower links would take for ever, which is what a missing one takes.
constexpr double kMinBandwidth = 1e-3;

template <class... Args>
tl::unexpected<Error> refuse(fmt::format_string<Args...> format, Args&&... args)
{
    return fail(ErrorCode::InvalidArgument, format, std::forward<Args>(args)...);
}

bool isTime(Seconds seconds)
{
    return seconds.value >= 0 && seconds.value <= kMaxSeconds;
}

bool isLayer(const Problem& problem, LayerId layer)
{
    return layer.value >= 0 && layer.index() < problem.layers.size();
}

bool isDevice(const Problem& problem, DeviceId device)
{
    return device.value >= 0 && device.index() < problem.devices.size();
}

/// Adds a size to the running total of everything a memory sum may ever contain.
Result<void> count(Bytes& total, Bytes bytes, const std::string& what)
{
    const auto sum = checkedAdd(total, bytes);
    // An eighth of the range: copies of payloads and sums of sums stay exact.
    if (!sum || sum->value > (std::int64_t{1} << 60))
        return refuse("{}: sizes are negative or add up to more than 1 EiB", what);
    total = *sum;
    return {};
}

Result<void> validateLayers(const Problem& problem, Bytes& total)
{
    if (problem.layers.empty())
        return refuse("layers: at least one layer is needed");
    for (std::size_t i = 0; i < problem.layers.size(); ++i) {
        const Layer& layer = problem.layers[i];
        const std::string at = fmt::format("layers[{}]", i);
        if (auto ok = count(total, layer.weightBytes, at + ".weight_bytes"); !ok)
            return ok;
        if (layer.activationBytes.value < 0 ||
            layer.activationBytes.value > (std::int64_t{1} << 60))
            return refuse("{}.activation_bytes: negative or more than 1 EiB", at);
        for (const auto& [className, seconds] : layer.seconds)
            if (!isTime(seconds))
                return refuse("{}.seconds.{}: must lie between 0 and 1e15", at, className);
    }
    for (std::size_t i = 0; i < problem.sharedWeights.size(); ++i) {
        const SharedWeight& shared = problem.sharedWeights[i];
        const std::string at = fmt::format("shared_weights[{}]", i);
        if (auto ok = count(total, shared.bytes, at + ".bytes"); !ok)
            return ok;
        for (const LayerId layer : shared.layers)
            if (!isLayer(problem, layer))
                return refuse("{}.layers: there is no layer {}", at, layer.value);
    }
    return {};
}

Result<void> validateTensors(const Problem& problem, Bytes& total)
{
    for (std::size_t i = 0; i < problem.tensors.size(); ++i) {
        const graph::DataflowTensor& tensor = problem.tensors[i];
        const std::string at = fmt::format("tensors[{}]", i);
        if (auto ok = count(total, tensor.bytes, at + ".bytes"); !ok)
            return ok;
        if (tensor.producer && !isLayer(problem, *tensor.producer))
            return refuse("{}.producer: there is no layer {}", at, tensor.producer->value);
        for (std::size_t c = 0; c < tensor.consumers.size(); ++c) {
            const LayerId consumer = tensor.consumers[c];
            if (!isLayer(problem, consumer))
                return refuse("{}.consumers: there is no layer {}", at, consumer.value);
            if (c > 0 && !(tensor.consumers[c - 1] < consumer))
                return refuse("{}.consumers: must ascend, each layer once", at);
            if (tensor.producer && !(*tensor.producer < consumer))
                return refuse("{}: layer {} needs it before layer {} makes it; layers must be in "
                              "topological order without a cycle",
                              at, consumer.value, tensor.producer->value);
        }
    }
    return {};
}

Result<void> validateDevices(const Problem& problem)
{
    if (problem.devices.empty())
        return refuse("devices: at least one device is needed");
    std::set<std::string> names;
    for (const Device& device : problem.devices) {
        if (device.name.empty() || !names.insert(device.name).second)
            return refuse("devices: the name \"{}\" is empty or stands twice", device.name);
        if (device.memory.value < 0)
            return refuse("devices: {}: memory_bytes is negative", device.name);
    }
    const std::size_t count = problem.devices.size();
    if (problem.bandwidth.size() != count || problem.occupancy.size() != count ||
        problem.delay.size() != count)
        return refuse("bandwidth_bps, occupancy_s and delay_s must have {} rows and columns, one "
                      "for each device",
                      count);
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t j = 0; j < count; ++j) {
            const DeviceId from(i);
            const DeviceId to(j);
            if (!isTime(Seconds{problem.bandwidth.at(from, to).value}) ||
                !isTime(problem.occupancy.at(from, to)) || !isTime(problem.delay.at(from, to)))
                return refuse("link {} > {}: bandwidth, occupancy and delay must lie between 0 "
                              "and 1e15",
                              problem.devices[i].name, problem.devices[j].name);
            if (problem.bandwidth.at(from, to).value > 0 &&
                problem.bandwidth.at(from, to).value < kMinBandwidth)
                return refuse("link {} > {}: bandwidth must be 0 (no link) or at least {}",
                              problem.devices[i].name, problem.devices[j].name, kMinBandwidth);
        }
    return {};
}

/// Copies of payloads are added to a stage's memory; `total` is more than any payload.
Result<void> validateMemoryModel(const MemoryModel& memory, Bytes total)
{
    constexpr std::int64_t kMost = std::int64_t{1} << 60;
    if (memory.fixed.value < 0 || memory.fixed.value > kMost ||
        !(memory.inCopies >= 0 && memory.inCopies <= 1000) ||
        !(memory.outCopies >= 0 && memory.outCopies <= 1000))
        return refuse("memory_model: fixed_bytes must lie between 0 and 1 EiB, copies between 0 "
                      "and 1000");
    if (static_cast<double>(total.value) * std::max(memory.inCopies, memory.outCopies) >
        static_cast<double>(kMost))
        return refuse("memory_model: the copies of all tensors take more than 1 EiB");
    return {};
}

Result<void> validateRequests(const Problem& problem)
{
    for (const auto& end : {problem.source, problem.sink})
        if (end && !isDevice(problem, *end))
            return refuse("source and sink: there is no device {}", end->value);
    if (problem.stages.min < 1 || (problem.stages.max && *problem.stages.max < 1))
        return refuse("stages: min and max must be at least 1");
    for (const Pin& pin : problem.pins)
        if (!isLayer(problem, pin.layer) || !isDevice(problem, pin.device))
            return refuse("pins: there is no layer {} or no device {}", pin.layer.value,
                          pin.device.value);
    return {};
}

} // namespace

Result<void> validate(const Problem& problem)
{
    Bytes total;
    for (const auto& ok :
         {validateLayers(problem, total), validateTensors(problem, total), validateDevices(problem),
          validateMemoryModel(problem.memoryModel, total), validateRequests(problem)})
        if (!ok)
            return ok;
    return {};
}

Seconds hopTime(const Problem& problem, DeviceId from, DeviceId to, Bytes payload)
{
    if (from == to)
        return {};
    return transferTime(payload, problem.bandwidth.at(from, to)) + problem.occupancy.at(from, to);
}

} // namespace millrace::plan
