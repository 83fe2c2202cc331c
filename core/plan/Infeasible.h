// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/Problem.h"

namespace millrace::plan
{

/// Why a problem has no plan, in sentences an operator can act on, most specific first; empty when
/// no simple reason shows. Small against a search: about (layers + edges) x devices + devices^2.
[[nodiscard]] std::vector<std::string> simpleReasons(const Problem& problem);

} // namespace millrace::plan
