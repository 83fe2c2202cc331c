// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Command.h"
#include "Options.h"

namespace millrace::ctl
{

/// Solves and writes the plan file: what `plan` and `solve` end with, after prepare().
/// `identity` gives the plan its model, dims and times.
struct PlanIdentity {
    std::string modelSha256;
    Dims dims;
    std::optional<plan::TimesSource> times;
    Seconds parse;
};
[[nodiscard]] Result<Report> solveAndReport(const plan::Problem& problem,
                                            const SolveArguments& arguments,
                                            const PlanIdentity& identity, const Context& context);

/// The plan for people: figures first, then the pipeline row by row with the bottleneck marked.
[[nodiscard]] std::string planText(const plan::Problem& problem, const plan::Plan& plan);

} // namespace millrace::ctl
