// SPDX-License-Identifier: GPL-3.0-or-later
/// Requests that were sent, answered and timed.
#pragma once

#include "ctl/Report.h"
#include "work/Bench.h"

namespace millrace::ctl
{

/// Of `bench`; fails when answers are missing or wrong. `isCompared`: with the whole model's.
[[nodiscard]] Report benchReport(const std::string& release, const work::BenchResult& result,
                                 bool isCompared);
/// Of `demo`: its emulation may be slower than real time, for a reason.
[[nodiscard]] Report demoReport(const work::BenchResult& result, const std::string& dilationReason);

} // namespace millrace::ctl
