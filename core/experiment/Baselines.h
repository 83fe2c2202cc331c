// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "experiment/Algorithm.h"

namespace millrace::experiment
{

/// Bins of the transfer histogram with which the published comparisons are made.
inline constexpr std::size_t kPublishedClasses = 20;

/// The published planner and its baselines (Parthasarathy and Krishnamachari, arXiv 2210.12219 and
/// 2304.11941) on a valid problem: cuts at candidate points only, all devices with the smallest
/// memory of them, compute, gateway, occupancy and delay left out of the choice (`notes` says so).
/// The figures are the problem's; the lower bound is the trivial 0. `options.algorithm` must not be
/// Exact. Infeasible also when only this algorithm finds no plan, and then says so.
[[nodiscard]] plan::Solution solveBaseline(const plan::Problem& problem,
                                           const SearchOptions& options,
                                           const std::stop_token& stop, plan::PlanSink& sink);

} // namespace millrace::experiment
