// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Bits.h"
#include "base/Random.h"

#include <functional>
#include <optional>
#include <vector>

namespace millrace::experiment
{

/// What path is looked for: `nodes` different nodes out of `allowed`, each with an edge to the
/// next; `first` and `last` when they are fixed (both in `allowed`).
struct PathWanted {
    std::size_t nodes = 2;
    std::vector<std::size_t> allowed;
    std::optional<std::size_t> first, last;
};

/// A simple path by colour coding (Alon, Yuster, Zwick 1995): nodes get one of 1.3 * k random
/// colours, a dynamic programme over sets of colours finds a path whose nodes all differ in colour,
/// and after 10 * e^k colourings without one there is none, but for a chance below e^-10.
/// `edge(from, to)` tells the graph; `stopped` is asked once per colouring and ends the search
/// without a path. k is limited to kMostPathNodes: time grows with e^k * 2^(1.3 k) * edges.
inline constexpr std::size_t kMostPathNodes = 7;
[[nodiscard]] std::optional<std::vector<std::size_t>>
simplePath(const PathWanted& wanted, const std::function<bool(std::size_t, std::size_t)>& edge,
           Random& random, const std::function<bool()>& stopped);

} // namespace millrace::experiment
