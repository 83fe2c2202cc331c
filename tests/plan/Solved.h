// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/search/Solve.h"

namespace millrace::test
{

/// 40 layers on 9 devices: big enough that a search takes many steps.
[[nodiscard]] plan::Problem hardProblem();

/// With what the solver learnt, for a warm start.
[[nodiscard]] plan::Solved solvedToGoOn(const plan::Problem& problem);

[[nodiscard]] plan::Solution solved(const plan::Problem& problem,
                                    const plan::SolveOptions& options = {},
                                    std::stop_token stop = {});

/// Fails the running test when the checker finds another figure than the plan's.
void verifyChecked(const plan::Problem& problem, const plan::Solution& plan);

} // namespace millrace::test
