// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Progress.h"
#include "experiment/PaperModel.h"

#include <stop_token>

namespace millrace::experiment
{

/// Mean bottlenecks in seconds as published; there was no exact algorithm.
struct PublishedMeans {
    double kpath, greedy, random;
};
/// None for a cell that was infeasible, fitted one node (published as 0 s), or was not tried.
[[nodiscard]] std::optional<PublishedMeans> publishedMeans(std::string_view model, int capMib,
                                                           int nodes);

struct PaperOptions {
    int trials = 50;        ///< random clusters per cell
    std::uint64_t seed = 1; ///< trial t on n nodes is the same cluster in every cell
    std::size_t threads = 2;
    Seconds exactTimeLimit{10}; ///< of one solve
};

/// One row of the experiment: a network, a memory cap and a number of nodes.
struct Cell {
    std::string model;
    int capMib = 0, nodes = 0;
    Arithmetic arithmetic = Arithmetic::Paper;
    int trials = 0;
    int infeasible = 0; ///< no partition fits the nodes; these trials are in no mean
    int oneNode = 0;    ///< the model fits a node and nothing is sent; in no mean either
    int unproven = 0;   ///< the exact planner was stopped by its time limit; its best plan counts
    struct Means {
        double exact, kpath, greedy, random;
    };
    std::optional<Means> mean; ///< seconds; over the remaining trials, none when there is none
};

/// Nodes uniform in a square of 149 m, every pair linked with log2(1 + 283230 / d^2) Mibit/s.
[[nodiscard]] Bandwidths paperCluster(std::size_t nodes, std::uint64_t seed);

/// Every network under 64, 128, 256 and 512 MiB, on 5, 10, 15, 20 and 50 nodes, in both
/// arithmetics, with all four algorithms; partition and placement by kpath, greedy and random as
/// published (Published.h), exact by plan::solve over all cuts at candidate points and all
/// placements. Same seed and trials: same result, unless a solve ran into its time limit. Errors:
/// Cancelled.
[[nodiscard]] Result<std::vector<Cell>>
runPaperExperiment(const std::vector<graph::Architecture>& networks, const PaperOptions& options,
                   const std::stop_token& stop, ProgressSink& progress);

} // namespace millrace::experiment
