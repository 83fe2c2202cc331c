// SPDX-License-Identifier: GPL-3.0-or-later
/// Plans for people, and what the commands around them say.
#pragma once

#include "ctl/Report.h"
#include "plan/whatif/Sensitivity.h"

#include <vector>

namespace millrace::ctl
{

/// The plan for people: figures first, then the pipeline row by row with the bottleneck marked.
[[nodiscard]] std::string planText(const plan::Problem& problem, const plan::Plan& plan);
[[nodiscard]] std::vector<std::string> deviceNames(const plan::Problem& problem);

/// The plan file as JSON, the plan as text, and why there is none.
[[nodiscard]] Report planReport(const plan::Problem& problem, const plan::Plan& plan);
/// The same with what a change of the cluster would bring.
[[nodiscard]] Report withSensitivity(Report report, const plan::Problem& problem,
                                     const plan::Plan& plan,
                                     const std::vector<plan::Finding>& findings);

/// What plan::check() found; `planFile` names the plan.
[[nodiscard]] Report checkReport(const std::string& planFile, const plan::Problem& problem,
                                 const plan::Plan& plan,
                                 const std::vector<std::string>& differences);

} // namespace millrace::ctl
