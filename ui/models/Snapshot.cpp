// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/Snapshot.h"

namespace millrace::ui
{

std::vector<int> stageOfLayer(const Snapshot& snapshot)
{
    std::vector<int> stages(snapshot.graph ? snapshot.graph->layers.size() : 0, -1);
    if (!snapshot.plan)
        return stages;
    for (std::size_t k = 0; k < snapshot.plan->stages.size(); ++k)
        for (const LayerId layer : snapshot.plan->stages[k].layers)
            if (layer.index() < stages.size())
                stages[layer.index()] = static_cast<int>(k);
    return stages;
}

std::vector<std::optional<DeviceId>> deviceOfLayer(const Snapshot& snapshot)
{
    const std::vector<int> stages = stageOfLayer(snapshot);
    std::vector<std::optional<DeviceId>> devices(stages.size());
    for (std::size_t layer = 0; layer < stages.size(); ++layer)
        if (stages[layer] >= 0)
            devices[layer] = snapshot.plan->stages[static_cast<std::size_t>(stages[layer])].device;
    return devices;
}

} // namespace millrace::ui
