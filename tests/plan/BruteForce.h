// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/Plan.h"

namespace millrace::test
{

/// The smallest bottleneck over every assignment of cuts to devices, by trying them all with the
/// rules of the problem file written out once more. None when there is no plan. For a handful of
/// layers and devices.
std::optional<double> bruteForce(const plan::Problem& problem);

} // namespace millrace::test
