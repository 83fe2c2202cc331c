// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/MakeProblem.h"
#include "plan/Plan.h"

#include <string>
#include <vector>

namespace millrace::deploy
{

/// How this machine emulates the plan's devices, so that a measurement says something of the plan:
/// a stage's run lasts as many times its own CPU time as its device is slower than this machine. So
/// that stages do not wait for each other's cores, all times are longer by one factor where they
/// would use too much of them.
struct Emulation {
    std::map<StageRef, double> computeFactor; ///< dilation not included; 0: as fast as it goes
    double dilation = 1;
    std::string reason; ///< why it is above 1; empty else
    /// What is late by less moves the measured bottleneck by 3 % at most. Dilation included.
    Seconds tolerance;
};
/// `cores` of this machine. InvalidArgument when the host times do not fit the problem.
[[nodiscard]] Result<Emulation> emulation(const plan::Plan& plan, const plan::LayerTimes& hostTimes,
                                          int cores);

} // namespace millrace::deploy
