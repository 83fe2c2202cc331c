// SPDX-License-Identifier: GPL-3.0-or-later
/// How the commands that plan search, with progress on the terminal.
#pragma once

#include "ctl/PlanOptions.h"
#include "work/PlanModel.h"

namespace millrace::ctl
{

/// "planning: best bottleneck 61 ms, proven not below 58 ms"
class SolveProgress : public plan::PlanSink
{
public:
    explicit SolveProgress(ProgressSink& progress) : m_progress(progress) {}
    void improved(const plan::Solution* incumbent, Seconds lowerBound) override;

private:
    ProgressSink& m_progress;
};

/// What `plan` and `solve` end with: the report of a plan that was searched with these arguments,
/// the sensitivity where it is asked for, and the plan file.
[[nodiscard]] Result<Report> concludePlan(const plan::Problem& problem,
                                          const work::FoundPlan& found,
                                          const SolveArguments& arguments, const Context& context);

} // namespace millrace::ctl
