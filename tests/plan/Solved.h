// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/Solve.h"

namespace millrace::test
{

/// 40 layers on 9 devices: big enough that a search takes many steps.
[[nodiscard]] plan::Problem hardProblem();

[[nodiscard]] plan::Plan solved(const plan::Problem& problem,
                                const plan::SolveOptions& options = {}, std::stop_token stop = {});

/// Fails the running test when the checker finds another figure than the plan's.
void verifyChecked(const plan::Problem& problem, const plan::Plan& plan);

} // namespace millrace::test
