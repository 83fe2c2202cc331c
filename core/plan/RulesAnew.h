// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/Problem.h"

namespace millrace::plan
{

// For the checker: the problem's rules, written once more without what solvers use. Seconds and
// bytes as plain numbers; infinite where there is no link.

/// 0 where an end is open or both are the same device.
[[nodiscard]] double linkSeconds(const Problem& problem, std::optional<DeviceId> from,
                                 std::optional<DeviceId> to, std::int64_t bytes);
[[nodiscard]] double linkDelay(const Problem& problem, std::optional<DeviceId> from,
                               std::optional<DeviceId> to);
[[nodiscard]] std::int64_t roundedUp(double copies, std::int64_t bytes);
/// The smallest bottleneck with the whole model on one device; none when it fits nowhere.
[[nodiscard]] std::optional<double> bestAlone(const Problem& problem);

} // namespace millrace::plan
