// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/Cluster.h"
#include "graph/Graph.h"
#include "plan/Plan.h"

namespace millrace::plan
{

/// Seconds per layer (graph order) on this machine at speed 1, and on device classes that were
/// measured.
struct LayerTimes {
    TimesSource source = TimesSource::Estimated;
    std::vector<Seconds> reference;
    std::map<std::string, std::vector<Seconds>> byClass;
    Seconds coldStart; ///< on this machine: what a run after a pause takes beyond its layers
    bool operator==(const LayerTimes&) const = default;
};

/// From FLOPs and bytes with a roofline of a typical small computer; at least a few microseconds
/// per layer.
[[nodiscard]] LayerTimes estimateTimes(const graph::Graph& graph);

/// What the operator asked for beside the cluster.
struct PlanRequest {
    Overlap overlap = Overlap::Yes;
    StageCount stages;
    std::vector<Pin> pins; ///< device indices of the cluster
    MemoryModel memoryModel;
};
/// Peak memory of a stage beyond weights and activations as the runner was measured to use it.
[[nodiscard]] MemoryModel defaultMemoryModel();

/// Devices keep their order and index. A device that is off or hosts no stage is disabled. A class
/// that was not measured takes reference / speed; devices of such a class with unlike speeds become
/// classes of their own ("rpi4@0.5"). Gateway with count_hops: source and sink. InvalidArgument
/// when times do not fit the graph.
[[nodiscard]] Result<Problem> makeProblem(const graph::Graph& graph,
                                          const cluster::Cluster& cluster, const LayerTimes& times,
                                          const PlanRequest& request);

} // namespace millrace::plan
