// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/DeviceTester.h"
#include "ui/models/Snapshot.h"

namespace millrace::ui
{

enum class CheckState {
    Good,
    News,     ///< worth knowing, keeps nobody from deploying
    Untested, ///< deploying will find out
    Running,  ///< to be waited for
    Bad       ///< to be mended first
};
/// What can be done about a line.
enum class CheckRemedy { None, OpenModel, MeasureTimes, SetAddress, TestDevices };

/// A line of the list that comes before a deployment over SSH.
struct DeployCheck {
    CheckState state = CheckState::Good;
    QString text; ///< whole sentences
    CheckRemedy remedy = CheckRemedy::None;
    std::string device = {}; ///< for SetAddress
    bool operator==(const DeployCheck&) const = default;
};

/// Model, plan, times, then every device of the plan. `model`: its name; empty: none is open.
[[nodiscard]] std::vector<DeployCheck> deployChecks(const Snapshot& snapshot, const QString& model,
                                                    const DeviceTester& devices);

/// Nothing is known to be wrong.
[[nodiscard]] bool mayDeploy(const std::vector<DeployCheck>& checks);

} // namespace millrace::ui
