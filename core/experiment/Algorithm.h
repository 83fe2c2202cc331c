// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/search/Solve.h"

namespace millrace::experiment
{

/// Exact is the product's planner; the others are the published one and its baselines, to compare
/// with (Baselines.h).
enum class Algorithm { Exact, KPath, Greedy, Random };
[[nodiscard]] std::string_view name(Algorithm algorithm); ///< "exact", "kpath", "greedy", "random"

struct SearchOptions : plan::SolveOptions {
    Algorithm algorithm = Algorithm::Exact;
};

/// plan::solve() with a choice of algorithms; all but Exact ignore gap, step limit and warm start,
/// learn nothing and are not traced. Errors as there.
[[nodiscard]] Result<plan::Solved> solve(const plan::Problem& problem, const SearchOptions& options,
                                         std::stop_token stop, plan::PlanSink& sink);

} // namespace millrace::experiment
