// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `models` of the window: what the views show, as values and Qt item models, and the document
/// they come from. Views get snapshots and a selection; they never reach into the document.
#pragma once

#include "cluster/Cluster.h"
#include "graph/Graph.h"
#include "plan/MakeProblem.h"
#include "plan/search/Solve.h"

#include <memory>

namespace millrace::ui
{

/// Everything a view may show, immutable, shared freely between threads. Null members: not there
/// yet. `problem` and `plan` belong together; `cluster` and `graph` may be newer while a re-plan
/// runs (`planning`).
struct Snapshot {
    std::shared_ptr<const graph::Graph> graph;
    std::shared_ptr<const cluster::Cluster> cluster;
    std::shared_ptr<const plan::LayerTimes> times;
    std::shared_ptr<const plan::Problem> problem;
    std::shared_ptr<const plan::Plan>
        plan; ///< device ids index `problem->devices`, the cluster's order
    std::shared_ptr<const plan::SolveMemory> memory; ///< of the solver that made the plan
    bool planning = false;
    bool operator==(const Snapshot&) const = default;
};

/// Stage index of each layer by the snapshot's plan; -1 where there is none.
[[nodiscard]] std::vector<int> stageOfLayer(const Snapshot& snapshot);
/// Device of each layer by the snapshot's plan; none where there is none.
[[nodiscard]] std::vector<std::optional<DeviceId>> deviceOfLayer(const Snapshot& snapshot);

} // namespace millrace::ui
