// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/Problem.h"

#include <cstdint>

namespace millrace::test
{

enum class Shape { Chain, Dag };

/// Which rules of the problem file the random problem uses; each is off, on, or drawn by chance.
struct Rules {
    Shape shape = Shape::Chain;
    bool memory = false;  ///< tight memory, fixed part, copies, activations
    bool shared = false;  ///< shared weights
    bool classes = false; ///< several classes, some layers missing from one
    bool links = false;   ///< missing and one-way links, occupancy, delay
    bool gateway = false; ///< source and sink
    bool counts = false;  ///< stage counts
    bool pins = false;
    bool disabled = false;
    bool equal = false; ///< some devices and links alike
    bool noOverlap = false;
};
constexpr unsigned kRuleCount = 10;
/// Bit i of `bits` switches rule i on.
Rules rulesFrom(unsigned bits, Shape shape);

plan::Problem randomProblem(std::uint64_t seed, const Rules& rules, int layers, int devices);

} // namespace millrace::test
