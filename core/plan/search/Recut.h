// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/search/LabelSearch.h"

namespace millrace::plan
{

/// The best cuts for stages on these devices in this order, by a dynamic programme over the
/// bottleneck, with transfer and compute overlapping; empty when none keeps `within` seconds.
[[nodiscard]] std::vector<StagePlace>
bestCuts(const StageSpace& space, const std::vector<std::size_t>& order, double within);

} // namespace millrace::plan
