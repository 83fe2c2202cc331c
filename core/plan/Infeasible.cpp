// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/Infeasible.h"

#include <algorithm>
#include <map>
#include <optional>

namespace millrace::plan
{
namespace
{

class Explainer
{
public:
    explicit Explainer(const Problem& problem) : m_problem(problem) {}

    std::vector<std::string> run()
    {
        counts();
        if (m_reasons.empty())
            pins();
        if (m_reasons.empty())
            layers();
        if (m_reasons.empty())
            totals();
        if (m_reasons.empty())
            gateway();
        return m_reasons;
    }

private:
    template <class... Args>
    void say(fmt::format_string<Args...> format, Args&&... args)
    {
        m_reasons.push_back(fmt::format(format, std::forward<Args>(args)...));
    }
    [[nodiscard]] const Device& device(DeviceId id) const { return m_problem.devices[id.index()]; }
    [[nodiscard]] bool runs(const Device& device, const Layer& layer) const
    {
        return layer.seconds.contains(device.className);
    }
    /// The least memory any stage with this layer needs, copies of payloads aside.
    [[nodiscard]] Bytes least(std::size_t index) const
    {
        const Layer& layer = m_problem.layers[index];
        Bytes bytes = m_problem.memoryModel.fixed + layer.weightBytes + layer.activationBytes;
        for (const SharedWeight& shared : m_problem.sharedWeights)
            if (std::find(shared.layers.begin(), shared.layers.end(), LayerId(index)) !=
                shared.layers.end())
                bytes += shared.bytes;
        return bytes;
    }

    void counts()
    {
        const auto enabled = std::count_if(m_problem.devices.begin(), m_problem.devices.end(),
                                           [](const Device& device) { return device.enabled; });
        const auto layerCount = static_cast<long>(m_problem.layers.size());
        const StageCount& stages = m_problem.stages;
        if (enabled == 0)
            say("no device is switched on for stages; switch one on");
        else if (stages.min > enabled)
            say("at least {} stages are asked for, but only {} devices are switched on; ask for "
                "fewer stages or switch on more devices",
                stages.min, enabled);
        if (stages.min > layerCount)
            say("at least {} stages are asked for, but the model has {} layers; ask for fewer",
                stages.min, layerCount);
        if (stages.max && *stages.max < stages.min)
            say("at most {} stages and at least {} stages are asked for; no number is both",
                *stages.max, stages.min);
    }

    void pins()
    {
        std::map<LayerId, DeviceId> pinned;
        for (const Pin& pin : m_problem.pins) {
            const std::string& layer = m_problem.layers[pin.layer.index()].name;
            const auto [at, isNew] = pinned.emplace(pin.layer, pin.device);
            if (!isNew && at->second != pin.device)
                say("layer {} is pinned to {} and to {}; remove one of the pins", layer,
                    device(at->second).name, device(pin.device).name);
            else if (!device(pin.device).enabled)
                say("layer {} is pinned to {}, which is switched off; switch it on or remove the "
                    "pin",
                    layer, device(pin.device).name);
            else if (!runs(device(pin.device), m_problem.layers[pin.layer.index()]))
                say("layer {} is pinned to {}, but class {} cannot run it; remove the pin", layer,
                    device(pin.device).name, device(pin.device).className);
            else if (least(pin.layer.index()) > device(pin.device).memory)
                say("layer {} is pinned to {} and needs {}; the device has {}", layer,
                    device(pin.device).name, formatBytes(least(pin.layer.index())),
                    formatBytes(device(pin.device).memory));
        }
    }

    void layers()
    {
        std::optional<std::size_t> worst;
        Bytes worstLargest;
        for (std::size_t i = 0; i < m_problem.layers.size(); ++i) {
            const Device* largest = nullptr;
            for (const Device& device : m_problem.devices)
                if (device.enabled && runs(device, m_problem.layers[i]) &&
                    (largest == nullptr || device.memory > largest->memory))
                    largest = &device;
            if (largest == nullptr) {
                say("no device that is switched on can run layer {}: none of their classes has a "
                    "time for it",
                    m_problem.layers[i].name);
                return;
            }
            if (least(i) > largest->memory && (!worst || least(i) > least(*worst))) {
                worst = i;
                worstLargest = largest->memory;
            }
        }
        if (worst)
            say("layer {} needs {}; the largest device has {}. Give one device at least {}",
                m_problem.layers[*worst].name, formatBytes(least(*worst)),
                formatBytes(worstLargest), formatBytes(least(*worst)));
    }

    /// Weights are spread over the devices, what every stage needs besides is needed on each.
    void totals()
    {
        Bytes weights;
        for (const Layer& layer : m_problem.layers)
            weights += layer.weightBytes;
        for (const SharedWeight& shared : m_problem.sharedWeights)
            if (!shared.layers.empty())
                weights += shared.bytes;
        std::vector<Bytes> room;
        for (const Device& device : m_problem.devices)
            if (device.enabled && device.memory > m_problem.memoryModel.fixed)
                room.push_back(device.memory - m_problem.memoryModel.fixed);
        std::sort(room.begin(), room.end(), std::greater<>());
        const auto most = static_cast<std::size_t>(
            m_problem.stages.max.value_or(static_cast<int>(m_problem.devices.size())));
        if (room.size() > most)
            room.resize(most);
        Bytes together;
        for (const Bytes bytes : room)
            together = {std::min(together.value + bytes.value, std::int64_t{1} << 61)};
        if (weights > together)
            say("the weights take {}, but {} {} room for {} together; {} more is needed",
                formatBytes(weights), room.size() == 1 ? "the device" : "the devices in use",
                room.size() == 1 ? "has" : "have", formatBytes(together),
                formatBytes(weights - together));
    }

    void gateway()
    {
        const auto reaches = [this](std::optional<DeviceId> end, auto linked) {
            for (std::size_t d = 0; d < m_problem.devices.size(); ++d)
                if (m_problem.devices[d].enabled && (*end == DeviceId(d) || linked(DeviceId(d))))
                    return true;
            return false;
        };
        if (m_problem.source && !reaches(m_problem.source, [this](DeviceId d) {
                return m_problem.bandwidth.at(*m_problem.source, d).value > 0;
            }))
            say("there is no link from the gateway {} to any device that is switched on; add one",
                device(*m_problem.source).name);
        if (m_problem.sink && !reaches(m_problem.sink, [this](DeviceId d) {
                return m_problem.bandwidth.at(d, *m_problem.sink).value > 0;
            }))
            say("there is no link from any device that is switched on back to the gateway {}; add "
                "one",
                device(*m_problem.sink).name);
    }

    const Problem& m_problem;
    std::vector<std::string> m_reasons;
};

} // namespace

std::vector<std::string> simpleReasons(const Problem& problem)
{
    return Explainer(problem).run();
}

} // namespace millrace::plan
