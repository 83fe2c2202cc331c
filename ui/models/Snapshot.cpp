// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/Snapshot.h"

namespace millrace::ui
{

std::vector<int> stageOfLayer(const Snapshot& snapshot)
{
    std::vector<int> stages(snapshot.graph ? snapshot.graph->layers.size() : 0, -1);
    if (!snapshot.plan)
        return stages;
    for (const auto& [at, stage] : snapshot.plan->stages())
        for (const LayerId layer : stage.layers)
            if (layer.index() < stages.size())
                stages[layer.index()] = at.stage;
    return stages;
}

std::vector<std::optional<DeviceId>> deviceOfLayer(const Snapshot& snapshot)
{
    std::vector<std::optional<DeviceId>> devices(snapshot.graph ? snapshot.graph->layers.size()
                                                                : 0);
    if (!snapshot.plan)
        return devices;
    for (const auto& [at, stage] : snapshot.plan->stages())
        for (const LayerId layer : stage.layers)
            if (layer.index() < devices.size())
                devices[layer.index()] = stage.device;
    return devices;
}

} // namespace millrace::ui
