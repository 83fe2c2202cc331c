// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/space/StageSpace.h"

namespace millrace::plan
{

/// A lower bound whatever the cuts: every layer runs somewhere, all devices share the work, and the
/// gateway's hops are crossed.
[[nodiscard]] double boundOverAllCuts(const Problem& problem, const ClassTimes& times);

/// Any plan within the space stays below this.
[[nodiscard]] double ceiling(const StageSpace& space);

/// The largest payload that any link carries between two stages within the seconds.
[[nodiscard]] double largestPayload(const Problem& problem, double within);

} // namespace millrace::plan
