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

/// The model of a problem (its layers, tensors and memory model, the times of its first class) on
/// random devices as above that together hold its weights about twice; source and sink as they are
/// where there is such a device.
[[nodiscard]] plan::Problem onDevices(const plan::Problem& model, int devices, std::uint64_t seed);

/// One small change, as a slider makes it: a device's memory or speed, or a link, by up to a factor
/// of 1.5 either way, or a device switched off.
[[nodiscard]] plan::Problem changed(const plan::Problem& problem, std::uint64_t seed);

/// The next step of a slider that is dragged: one device gets a little less memory and speed, its
/// links a little less bandwidth.
[[nodiscard]] plan::Problem dragged(const plan::Problem& problem, std::uint64_t seed);

} // namespace millrace::bench
