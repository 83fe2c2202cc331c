// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Random.h"
#include "plan/Problem.h"

#include <functional>

namespace millrace::experiment
{

/// A model as the published planner sees it: segments in a chain, cut after some of them, all nodes
/// alike. (Parthasarathy and Krishnamachari, arXiv 2210.12219 and 2304.11941.)
struct SegmentChain {
    /// What crosses a cut after each segment; the last one is no cut. Any unit.
    std::vector<double> transfer;
    /// Appends the last segments of every stage that begins with this segment and fits a node,
    /// ascending.
    std::function<void(std::size_t first, std::vector<std::size_t>& ends)> fitting;
    std::size_t minStages = 1, maxStages = 1;
    [[nodiscard]] std::size_t segments() const { return transfer.size(); }
};

/// Segments after which the chain is cut, ascending; one stage has none.
using Cuts = std::vector<std::size_t>;
/// One node per stage.
using Places = std::vector<std::size_t>;

/// The partition with the smallest sum of transfers in the bounds on the number of stages, of equal
/// ones the one with fewer stages; none when nothing fits. O(fitting stages), times the number of
/// stages when the bounds bite.
[[nodiscard]] std::optional<Cuts> cheapestCuts(const SegmentChain& chain);

/// The random baseline's partition: stages as long as fit give the memory splits, and each split is
/// cut at a random segment of its own. A stage that reaches from one random cut to the next may not
/// fit any more: AsPublished does not care, WithinMemory draws again (and after many draws takes
/// the splits themselves).
enum class RandomCuts { AsPublished, WithinMemory };
[[nodiscard]] std::optional<Cuts> randomCuts(const SegmentChain& chain, RandomCuts rule,
                                             Random& random);

/// The classes of a histogram with `classes` bins of equal width over all transfers of the chain
/// (the last segment's too), for each cut.
[[nodiscard]] std::vector<std::size_t> transferClasses(const SegmentChain& chain, const Cuts& cuts,
                                                       std::size_t classes);

/// Bandwidths between nodes, directed; 0: no link.
using Bandwidths = plan::Matrix<BitsPerSecond>;

/// Places stages by k-paths: classes from the highest down, in each the longest runs of
/// consecutive cuts first; each run is a simple path of free nodes over the fastest links, found by
/// colour coding within a bisection on the bandwidth, its ends fixed where a higher class fixed
/// them. Runs of more than kMostPathNodes nodes are placed piece by piece. None when a run finds no
/// path, or when stopped.
[[nodiscard]] std::optional<Places> placeByPaths(const SegmentChain& chain, const Cuts& cuts,
                                                 std::size_t classes, const Bandwidths& bandwidths,
                                                 Random& random,
                                                 const std::function<bool()>& stopped);

/// From every node follows the fastest link to an unused one; the best start counts.
[[nodiscard]] std::optional<Places> placeGreedily(const SegmentChain& chain, const Cuts& cuts,
                                                  const Bandwidths& bandwidths);

/// Random different nodes; none when there are too few.
[[nodiscard]] std::optional<Places> placeAtRandom(const Cuts& cuts, const Bandwidths& bandwidths,
                                                  Random& random);

/// The largest quotient of transfer and bandwidth; infinite over a missing link, 0 without a cut.
[[nodiscard]] double slowestTransfer(const SegmentChain& chain, const Cuts& cuts,
                                     const Places& places, const Bandwidths& bandwidths);

} // namespace millrace::experiment
