// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/Problem.h"

namespace millrace::test
{

/// Whether a chain of at most 63 layers has a plan with that bottleneck on these devices, at most
/// 16, by a dynamic programme over all sets of them, with the rules of the problem file written
/// out once more: times, memory without shared weights, links. For problems with overlap and
/// without gateways, pins and limits on the number of stages.
bool hasPlanWithin(const plan::Problem& problem, const std::vector<DeviceId>& devices,
                   double bottleneck);

} // namespace millrace::test
