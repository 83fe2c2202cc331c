// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/clusterview/DeviceItem.h"
#include "ui/clusterview/LinkItem.h"
#include "ui/models/Snapshot.h"

#include <QPalette>

#include <vector>

namespace millrace::ui
{

/// What the cards say, by device. Precondition: the snapshot has a cluster.
[[nodiscard]] std::vector<DeviceLook> deviceLooks(const Snapshot& snapshot,
                                                  const QPalette& palette);
/// One faint line for each pair that is linked in a direction and no hop, then the plan's hops.
[[nodiscard]] std::vector<LinkLook> linkLooks(const Snapshot& snapshot, const QPalette& palette);

} // namespace millrace::ui
