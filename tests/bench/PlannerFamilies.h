// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/Problem.h"

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::bench
{

/// What binds in a random instance.
enum class Bound { Compute, Transfer, Memory };

/// A kind of random chain problem on unlike devices. Layer work, sizes and weights are log-normal,
/// speeds spread over a factor of eight, devices stand in a square and their links follow the
/// distance as log2(1 + c / d^2); a sparse family keeps only the links of near neighbours.
struct Family {
    std::string name;
    int devices = 20, layers = 200;
    Bound bound = Bound::Compute;
    bool sparse = false;
};

/// The families that the planner's targets speak of.
[[nodiscard]] const std::vector<Family>& families();

/// The same problem for the same family and seed, on every machine.
[[nodiscard]] plan::Problem instance(const Family& family, std::uint64_t seed);

} // namespace millrace::bench
