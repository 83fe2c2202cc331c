// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/Problem.h"

#include <cstdint>

namespace millrace::plan
{

/// `Optimal`: proven over every valid plan. `Feasible`: stopped at the gap or step limit asked for,
/// not an exact algorithm, or the search space was narrower than all cuts and the bound leaves a
/// gap.
enum class Status { Optimal, Feasible, Infeasible, Timeout, Cancelled };
enum class TimesSource { Measured, Estimated };
enum class SearchSpace { Convex, Linear }; ///< all down-closed cuts, or those of one linear order
enum class BottleneckKind { Compute, Transfer, Stage };
[[nodiscard]] std::string_view name(Status status);

struct Stage {
    DeviceId device;
    std::vector<LayerId> layers; ///< ascending
    Bytes memory;                ///< peak, by the memory model
    Seconds compute;
    bool operator==(const Stage&) const = default;
};

/// Ends are empty where there is no source or sink; such a hop takes no time.
struct Hop {
    std::optional<DeviceId> from, to;
    Bytes bytes;
    Seconds seconds; ///< bandwidth and occupancy, without delay
    bool operator==(const Hop&) const = default;
};

struct Bottleneck {
    BottleneckKind kind = BottleneckKind::Compute;
    int index = 0; ///< of the stage (Compute, and Stage without overlap) or hop (Transfer), from 0
    bool operator==(const Bottleneck&) const = default;
};

struct SolverInfo {
    std::string algorithm = "exact";
    Seconds elapsed, parse;
    SearchSpace searchSpace = SearchSpace::Convex;
    bool operator==(const SolverInfo&) const = default;
};

/// One chain of stages that together run the whole model.
struct Pipeline {
    std::vector<Stage> stages; ///< in the order in which a request meets them
    std::vector<Hop> hops;     ///< stages + 1: hop k leads to stage k, the last one to the gateway
    Bottleneck bottleneck;     ///< its slowest stage or hop
    Seconds endToEnd;          ///< one request alone: all stages, hops and delays
    bool operator==(const Pipeline&) const = default;
};

/// The hop over which a stage receives, and the one over which it sends.
[[nodiscard]] constexpr HopRef hopInto(StageRef at)
{
    return {at.pipeline, at.stage};
}
[[nodiscard]] constexpr HopRef hopOutOf(StageRef at)
{
    return {at.pipeline, at.stage + 1};
}

/// A stage or hop and where it stands; it refers into the plan.
struct PlacedStage {
    StageRef at;
    const Stage& stage;
};
struct PlacedHop {
    HopRef at;
    const Hop& hop;
};

/// What a solver found for a problem. Without pipelines (infeasible, or stopped before any plan)
/// the figures are null in the file and 0 here.
struct Solution {
    Status status = Status::Infeasible;
    std::vector<Pipeline> pipelines;     ///< side by side; no device is in two
    Seconds bottleneckTime;              ///< between two results: that of the slowest stage or hop
    Seconds lowerBound;                  ///< valid for every plan
    std::optional<Seconds> singleDevice; ///< best bottleneck with the whole model on one device;
                                         ///< none when it fits nowhere
    std::vector<std::string> whyInfeasible;
    std::vector<std::string> notes;
    SolverInfo solver;
    bool operator==(const Solution&) const = default;

    [[nodiscard]] bool hasStages() const { return stageCount() > 0; }
    [[nodiscard]] std::size_t stageCount() const; ///< of all pipelines
    [[nodiscard]] std::size_t hopCount() const;
    /// Of all pipelines, one after the other; valid while the plan is and keeps its pipelines.
    [[nodiscard]] std::vector<PlacedStage> stages() const&;
    [[nodiscard]] std::vector<PlacedHop> hops() const&;
    std::vector<PlacedStage> stages() const&& = delete;
    std::vector<PlacedHop> hops() const&& = delete;
    /// Precondition: it is one of this plan's.
    [[nodiscard]] const Stage& stage(StageRef at) const;
    [[nodiscard]] const Hop& hop(HopRef at) const;
    [[nodiscard]] bool uses(DeviceId device) const; ///< for a stage
    /// Whether it is the slowest of its pipeline.
    [[nodiscard]] bool isBottleneck(StageRef at) const;
    [[nodiscard]] bool isBottleneck(HopRef at) const;

    [[nodiscard]] double
    gap() const; ///< (bottleneck - lowerBound) / bottleneck, 0 when the bottleneck is 0
    [[nodiscard]] double throughput() const; ///< 1 / bottleneck, infinity when it is 0
};

/// What a plan is of: whoever asks for one states it, the solver knows nothing of it.
struct PlanRecord {
    std::string modelSha256; ///< empty for a bare problem
    std::map<std::string, std::int64_t> dims;
    std::optional<TimesSource> times;
    bool operator==(const PlanRecord&) const = default;
};

/// A solution and what it is of: the contents of a plan file.
struct Plan : Solution {
    PlanRecord record;
    bool operator==(const Plan&) const = default;
    [[nodiscard]] const Solution& solution() const { return *this; }
};

/// "millrace-plan/1". Devices are written by name, so both need the device names of the problem.
[[nodiscard]] std::string writePlan(const Plan& plan, const std::vector<std::string>& deviceNames);
[[nodiscard]] Result<Plan> parsePlan(std::string_view text, const std::string& source,
                                     const std::vector<std::string>& deviceNames);

/// Only what a stage split needs, without knowing the devices: layers per stage in pipeline order,
/// and which model it is of.
struct PlanOutline {
    PlanRecord record;
    std::vector<std::vector<LayerId>> stages;
};
[[nodiscard]] Result<PlanOutline> parsePlanOutline(std::string_view text,
                                                   const std::string& source);

/// Fills every figure of a plan from its stages' devices and layers: memory, compute, hops,
/// bottleneck, end to end, single device. What solvers use to make a plan; the checker does not.
/// Precondition: the stages of each pipeline are a chain of cuts of a valid problem.
void fillFigures(const Problem& problem, Solution& solution);
/// The same without the single device, which does not depend on the plan.
void fillStageFigures(const Problem& problem, Solution& solution);

/// The smallest bottleneck with the whole model on one enabled device, hops to and from the gateway
/// included; stage counts and pins do not count here. None when it fits nowhere.
[[nodiscard]] std::optional<Seconds> bestSingleDevice(const Problem& problem);

} // namespace millrace::plan
