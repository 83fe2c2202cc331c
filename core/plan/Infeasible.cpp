// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/Infeasible.h"

#include "plan/Plan.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string_view>

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
            pinsTogether();
        if (m_reasons.empty())
            layers();
        if (m_reasons.empty())
            totals();
        if (m_reasons.empty())
            gateway();
        if (m_reasons.empty())
            links();
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

    /// A device has one stage, so its pinned layers are together, and no other stage lies between.
    void pinsTogether()
    {
        std::map<DeviceId, std::vector<LayerId>> pinned;
        for (const Pin& pin : m_problem.pins)
            pinned[pin.device].push_back(pin.layer);
        const auto most = m_problem.stages.max.value_or(std::numeric_limits<int>::max());
        if (pinned.size() > static_cast<std::size_t>(most))
            say("layers are pinned to {} devices, but at most {} stages are asked for; remove pins "
                "or ask for more stages",
                pinned.size(), most);
        for (auto& [id, layers] : pinned) {
            std::sort(layers.begin(), layers.end());
            layers.erase(std::unique(layers.begin(), layers.end()), layers.end());
            Bytes weights = m_problem.memoryModel.fixed;
            for (const LayerId layer : layers)
                weights += m_problem.layers[layer.index()].weightBytes;
            if (weights > device(id).memory)
                say("the layers pinned to {} need {} together; the device has {}", device(id).name,
                    formatBytes(weights), formatBytes(device(id).memory));
        }
        alternatingPins(pinned);
    }
    void alternatingPins(const std::map<DeviceId, std::vector<LayerId>>& pinned)
    {
        // Devices whose pinned layers each layer needs, directly or not.
        std::vector<std::set<DeviceId>> needs(m_problem.layers.size());
        std::vector<std::optional<DeviceId>> home(m_problem.layers.size());
        for (const auto& [id, layers] : pinned)
            for (const LayerId layer : layers)
                home[layer.index()] = id;
        std::vector<std::vector<LayerId>> before(m_problem.layers.size());
        for (const graph::DataflowTensor& tensor : m_problem.tensors)
            for (const LayerId consumer : tensor.consumers)
                if (tensor.producer)
                    before[consumer.index()].push_back(*tensor.producer);
        std::set<std::pair<DeviceId, DeviceId>> order;
        for (std::size_t i = 0; i < needs.size() && !pinned.empty(); ++i) {
            for (const LayerId needed : before[i]) {
                needs[i].insert(needs[needed.index()].begin(), needs[needed.index()].end());
                if (home[needed.index()])
                    needs[i].insert(*home[needed.index()]);
            }
            for (const DeviceId earlier : needs[i]) {
                if (!home[i] || earlier == *home[i])
                    continue;
                order.emplace(earlier, *home[i]);
                if (order.contains({*home[i], earlier}))
                    return say("layer {} is pinned to {}, but comes after layers pinned to {} that "
                               "come after others pinned to {}; a device runs one stage, so remove "
                               "a pin",
                               m_problem.layers[i].name, device(*home[i]).name,
                               device(earlier).name, device(*home[i]).name);
            }
        }
    }

    void layers()
    {
        std::optional<std::size_t> worst;
        Bytes worstLargest;
        // The roomiest device of each class: devices may be a thousand.
        std::map<std::string_view, const Device*> roomiest;
        for (const Device& device : m_problem.devices)
            if (device.enabled) {
                const Device*& best = roomiest[device.className];
                if (best == nullptr || device.memory > best->memory)
                    best = &device;
            }
        for (std::size_t i = 0; i < m_problem.layers.size(); ++i) {
            const Device* largest = nullptr;
            auto known = roomiest.begin();
            for (const auto& [className, seconds] : m_problem.layers[i].seconds) {
                while (known != roomiest.end() && known->first < className)
                    ++known;
                if (known == roomiest.end())
                    break;
                if (known->first == className &&
                    (largest == nullptr || known->second->memory > largest->memory))
                    largest = known->second;
            }
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
            say("the weights take {}, but {} room for {}; {} more is needed", formatBytes(weights),
                room.size() == 1 ? "the device has" : "the devices in use together have",
                formatBytes(together), formatBytes(weights - together));
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

    [[nodiscard]] bool linked(std::optional<DeviceId> from, std::optional<DeviceId> to) const
    {
        return !from || !to || *from == *to || m_problem.bandwidth.at(*from, *to).value > 0;
    }
    /// Whether any chain of devices leads from source to sink, and any two of them are linked.
    void links()
    {
        std::vector<DeviceId> reached;
        std::set<DeviceId> left;
        bool anyLink = false;
        for (std::size_t d = 0; d < m_problem.devices.size(); ++d) {
            if (!m_problem.devices[d].enabled)
                continue;
            for (const DeviceId other : left)
                anyLink = anyLink || linked(DeviceId(d), other) || linked(other, DeviceId(d));
            left.insert(DeviceId(d));
        }
        if (!anyLink && left.size() > 1 &&
            (m_problem.stages.min > 1 || !bestSingleDevice(m_problem)))
            return say("no two of the devices that are switched on are linked, and one alone is "
                       "not enough; add a link");
        for (auto at = left.begin(); at != left.end();)
            if (linked(m_problem.source, *at)) {
                reached.push_back(*at);
                at = left.erase(at);
            } else {
                ++at;
            }
        for (std::size_t i = 0; i < reached.size(); ++i) {
            if (linked(reached[i], m_problem.sink))
                return;
            for (auto at = left.begin(); at != left.end();)
                if (linked(reached[i], *at)) {
                    reached.push_back(*at);
                    at = left.erase(at);
                } else {
                    ++at;
                }
        }
        say("no chain of links leads from the gateway {} over devices that are switched on back "
            "to {}; add one",
            device(*m_problem.source).name, device(*m_problem.sink).name);
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
