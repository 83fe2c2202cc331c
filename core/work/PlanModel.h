// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `work`: the use cases that the window, the command line and other programs share: a model
/// on a cluster becomes a plan, how a release is, requests that measure it or keep it busy, images
/// as inputs. Values in, values out; no Qt, nothing is printed. It may use every other core room;
/// none of them uses it.
#pragma once

#include "experiment/Algorithm.h"
#include "onnx/Model.h"
#include "plan/MakeProblem.h"

namespace millrace::work
{

/// What a plan is made of. Copies share the model.
struct PlanInputs {
    onnx::Model model;
    cluster::Cluster cluster;
    plan::LayerTimes times; ///< of this model's layers
    /// What the operator asks for; the memory model is always that of Millrace's own runner.
    plan::PlanRequest request = {};
};

/// A model on a cluster with its plan: what a release is made of. A value; the plan has no stages
/// when there is none (infeasible, or stopped before one was found).
struct Planned {
    PlanInputs inputs;
    plan::Problem problem;
    plan::Plan plan;
};

/// A plan, and what its search learnt for the next one.
struct FoundPlan {
    plan::Plan plan;
    plan::SolveMemory memory;
};

/// The inputs as the planner sees them. InvalidArgument when they do not fit each other.
[[nodiscard]] Result<plan::Problem> poseProblem(const PlanInputs& inputs);

/// What a plan of these inputs says of them.
[[nodiscard]] plan::PlanRecord recordOf(const PlanInputs& inputs);

/// Searches a plan for a problem that was posed from these inputs, and writes recordOf() on
/// it. Blocking; errors and
/// cancelling as plan::solve().
[[nodiscard]] Result<FoundPlan> solvePosed(const PlanInputs& inputs, const plan::Problem& problem,
                                           const experiment::SearchOptions& options,
                                           std::stop_token stop, plan::PlanSink& sink);

/// Both.
[[nodiscard]] Result<Planned> planModel(PlanInputs inputs, const experiment::SearchOptions& options,
                                        std::stop_token stop, plan::PlanSink& sink);

/// A plan that was made earlier, perhaps with other times: its stages where it says, its figures by
/// these inputs. It stays proven only where the figures are the same. InvalidArgument when it is
/// of another model, has no stages, or does not fit the cluster; `source` names it in messages.
[[nodiscard]] Result<Planned> adoptPlan(PlanInputs inputs, plan::Plan plan,
                                        const std::string& source);

} // namespace millrace::work
