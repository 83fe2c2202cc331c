// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/Checking.h"

#include <algorithm>
#include <set>

namespace millrace::plan
{

bool checkLayers(Checking& checking)
{
    checking.stageOfLayer.assign(checking.problem.layers.size(), -1);
    for (std::size_t k = 0; k < checking.chain.stages.size(); ++k) {
        const Stage& stage = checking.chain.stages[k];
        if (stage.device.value < 0 ||
            static_cast<std::size_t>(stage.device.value) >= checking.problem.devices.size()) {
            checking.differ("stage {} runs on a device that does not exist", k + 1);
            return false;
        }
        if (stage.layers.empty())
            checking.differ("{} has no layers", checking.stageName(k));
        if (!std::is_sorted(stage.layers.begin(), stage.layers.end()))
            checking.differ("{}: its layers do not ascend", checking.stageName(k));
        for (const LayerId layer : stage.layers) {
            if (layer.value < 0 ||
                static_cast<std::size_t>(layer.value) >= checking.problem.layers.size()) {
                checking.differ("{} has layer {}, which does not exist", checking.stageName(k),
                                layer.value);
                return false;
            }
            int& where = checking.stageOfLayer[static_cast<std::size_t>(layer.value)];
            if (where >= 0)
                checking.differ("layer {} stands in stages {} and {}", layer.value, where + 1,
                                k + 1);
            where = static_cast<int>(k);
        }
    }
    for (std::size_t i = 0; i < checking.stageOfLayer.size(); ++i)
        if (checking.stageOfLayer[i] < 0)
            checking.differ("layer {} is in no stage", i);
    for (const auto& tensor : checking.problem.tensors)
        for (const LayerId consumer : tensor.consumers)
            if (tensor.producer && checking.stageOf(*tensor.producer) > checking.stageOf(consumer))
                checking.differ("layer {} runs before layer {}, whose result it needs",
                                consumer.value, tensor.producer->value);
    return checking.differences.empty();
}

void checkDevices(Checking& checking)
{
    std::set<std::int32_t> used;
    for (std::size_t k = 0; k < checking.chain.stages.size(); ++k) {
        const Stage& stage = checking.chain.stages[k];
        if (!used.insert(stage.device.value).second)
            checking.differ("{}: the device has another stage already", checking.stageName(k));
        if (!checking.problem.devices[static_cast<std::size_t>(stage.device.value)].enabled)
            checking.differ("{}: the device is disabled", checking.stageName(k));
    }
    const int count = static_cast<int>(checking.chain.stages.size());
    if (count < checking.problem.stages.min ||
        (checking.problem.stages.max && count > *checking.problem.stages.max))
        checking.differ("{} stages, the problem allows {} to {}", count,
                        checking.problem.stages.min,
                        checking.problem.stages.max ? std::to_string(*checking.problem.stages.max)
                                                    : "any number");
    for (const Pin& pin : checking.problem.pins)
        if (checking.chain.stages[static_cast<std::size_t>(checking.stageOf(pin.layer))].device !=
            pin.device)
            checking.differ(
                "layer {} runs on {}, it is pinned to {}", pin.layer.value,
                checking.deviceName(
                    checking.chain.stages[static_cast<std::size_t>(checking.stageOf(pin.layer))]
                        .device),
                checking.deviceName(pin.device));
}

} // namespace millrace::plan
