// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/Problem.h"

#include <string>

namespace millrace::bench
{

/// The planning problem as a mixed-integer programme in the LP format, times in milliseconds and
/// sizes in MiB, for solvers made for any such programme. The order of the layers is kept, so that
/// for a chain its optimum is the planner's.
///
/// Binary x_i_d: layer i runs on device d. A unit of flow leads through the layers: from layer i -
/// 1 to i it stays on its device (s_i_d) or moves (m_i_d_e, where there is a link); it enters a
/// device at most once, which keeps the devices distinct and their layers in one piece. T bounds
/// the compute time of every device and the transfer at every cut, and is minimised. Precondition:
/// with overlap, without pins, stage counts, shared weights and copies of payloads.
[[nodiscard]] std::string mipModel(const plan::Problem& problem);

} // namespace millrace::bench
