// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/Plan.h"

namespace millrace::test
{

/// Four layers a, b, c, d with a skip from a to d; the gateway "gw" and the devices "p", "q", "r"
/// (class x, y, x); every rule of the problem file is used, and no link leads from r to p.
[[nodiscard]] plan::Problem exampleProblem();

/// p runs a and b, q runs c, r runs d; figures filled, Feasible with a lower bound of 0.5 s.
[[nodiscard]] plan::Plan examplePlan(const plan::Problem& problem);

/// `count` layers of 1 s, 10 bytes of weights and 10-byte tensors in a chain on `devices` alike,
/// all linked with 80 bit/s (1 s for a tensor), memory for everything; no gateway.
[[nodiscard]] plan::Problem chainProblem(int count, int devices);

} // namespace millrace::test
