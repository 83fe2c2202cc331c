// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

namespace millrace::experiment
{

/// Where the published planner may cut a model, and what lies between.
struct CandidatePoints {
    std::vector<std::size_t> points;    ///< layers, in order of their level
    std::vector<std::size_t> segmentOf; ///< per layer: the position in `points` of the first point
                                        ///< at its level or above; points.size() behind the last
    [[nodiscard]] std::size_t segmentCount() const; ///< points, and one more when layers follow
};

/// The level of a layer is its longest path from a layer without predecessors. A layer is a
/// candidate point when it is alone at its level and no edge passes over that level
/// (Parthasarathy and Krishnamachari, arXiv 2210.12219). `predecessors` of each layer are earlier
/// layers. O(layers + edges).
[[nodiscard]] CandidatePoints
candidatePoints(const std::vector<std::vector<std::size_t>>& predecessors);

} // namespace millrace::experiment
