// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ctl/Report.h"
#include "plan/whatif/Sensitivity.h"

#include <vector>

namespace millrace::ctl
{

/// One object for each change, in the order of plan::allChanges(); null gain: from no plan to one.
[[nodiscard]] Json sensitivityJson(const plan::Problem& problem, const plan::Solution& plan,
                                   const std::vector<plan::Finding>& findings);

/// What brings most first, then what is missed most, then what brings nothing and why.
[[nodiscard]] std::string sensitivityText(const plan::Problem& problem, const plan::Solution& plan,
                                          const std::vector<plan::Finding>& findings);

} // namespace millrace::ctl
