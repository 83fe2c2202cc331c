// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Command.h"
#include "Options.h"
#include "plan/Sensitivity.h"

namespace millrace::ctl
{

/// What every resource of the cluster is worth to the plan; the options limit it as they limited
/// the plan. Interrupted: with what was found until then.
[[nodiscard]] Result<std::vector<plan::Finding>> findSensitivity(const plan::Problem& problem,
                                                                 const plan::Solved& solved,
                                                                 const plan::SolveOptions& options,
                                                                 const Context& context);

/// One object for each change, in the order of plan::allChanges(); null gain: from no plan to one.
[[nodiscard]] Json sensitivityJson(const plan::Problem& problem, const plan::Solution& plan,
                                   const std::vector<plan::Finding>& findings);

/// What brings most first, then what is missed most, then what brings nothing and why.
[[nodiscard]] std::string sensitivityText(const plan::Problem& problem, const plan::Solution& plan,
                                          const std::vector<plan::Finding>& findings);

} // namespace millrace::ctl
