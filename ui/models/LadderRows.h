// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/Snapshot.h"

#include <QString>

#include <vector>

namespace millrace::ui
{

enum class LadderKind { Compute, Transfer };

/// One rung of the bottleneck ladder: a stage's compute or a hop's transfer.
struct LadderRow {
    LadderKind kind = LadderKind::Compute;
    std::size_t index = 0;        ///< of the stage or hop in the plan
    QString name;                 ///< "pi-3" or "pi-3 > nuc"
    QString detail;               ///< "42 layers" or "1.20 MiB at 54 Mbit/s"
    std::optional<DeviceId> from; ///< of a transfer; the stage's device of a compute row
    std::optional<DeviceId> to;   ///< of a transfer
    Seconds predicted;
    std::optional<Seconds> measured; ///< while a release of the plan is watched
    bool bottleneck = false;
    bool isDown = false; ///< its stage does not answer
    QString advice;      ///< what would shorten it, one sentence
    bool operator==(const LadderRow&) const = default;
};

/// Stages and hops in pipeline order; hops that take no time because there is no source or sink
/// are left out. Empty without a plan.
[[nodiscard]] std::vector<LadderRow> ladderRows(const Snapshot& snapshot);

} // namespace millrace::ui
