// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/Plan.h"

namespace millrace::plan
{

/// Independent re-computation of every figure and rule; shares no code with solvers or
/// fillFigures(). Every difference is one sentence
/// ("stage 2 (pi-1): memory_bytes is 100, 96 by the problem"); empty: the plan is right. Relative
/// tolerance 1e-9.
[[nodiscard]] std::vector<std::string> check(const Problem& problem, const Solution& solution);

} // namespace millrace::plan
