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

/// A solution. Without stages (infeasible, or stopped before any plan) the figures are null in the
/// file and 0 here.
struct Plan {
    Status status = Status::Infeasible;
    std::string modelSha256; ///< empty for a bare problem
    std::map<std::string, std::int64_t> dims;
    std::optional<TimesSource> times;
    Seconds bottleneckTime;              ///< max over stages and hops
    Seconds lowerBound;                  ///< valid for every plan
    Seconds endToEnd;                    ///< one request alone: all stages, hops and delays
    std::optional<Seconds> singleDevice; ///< best bottleneck with the whole model on one device;
                                         ///< none when it fits nowhere
    std::vector<Stage> stages;
    std::vector<Hop> hops; ///< stages + 1
    Bottleneck bottleneck;
    std::vector<std::string> whyInfeasible;
    std::vector<std::string> notes;
    SolverInfo solver;
    /// What the solver learnt, for a warm start: how dear it found each device, all together 1;
    /// negative: not known. Not in the file; may be empty.
    std::vector<double> devicePrices;
    bool operator==(const Plan&) const = default;

    [[nodiscard]] bool hasStages() const { return !stages.empty(); }
    [[nodiscard]] double
    gap() const; ///< (bottleneck - lowerBound) / bottleneck, 0 when the bottleneck is 0
    [[nodiscard]] double throughput() const; ///< 1 / bottleneck, infinity when it is 0
};

/// "millrace-plan/1". Devices are written by name, so both need the device names of the problem.
[[nodiscard]] std::string writePlan(const Plan& plan, const std::vector<std::string>& deviceNames);
[[nodiscard]] Result<Plan> parsePlan(std::string_view text, const std::string& source,
                                     const std::vector<std::string>& deviceNames);

/// Only what a stage split needs, without knowing the devices: layers per stage in pipeline order,
/// and the model's hash.
struct PlanOutline {
    std::string modelSha256;
    std::map<std::string, std::int64_t> dims;
    std::vector<std::vector<LayerId>> stages;
};
[[nodiscard]] Result<PlanOutline> parsePlanOutline(std::string_view text,
                                                   const std::string& source);

/// Fills every figure of a plan from its stages' devices and layers: memory, compute, hops,
/// bottleneck, end to end, single device. What solvers use to make a plan; the checker does not.
/// Precondition: stages are a chain of cuts of a valid problem.
void fillFigures(const Problem& problem, Plan& plan);
/// The same without the single device, which does not depend on the plan.
void fillStageFigures(const Problem& problem, Plan& plan);

/// The smallest bottleneck with the whole model on one enabled device, hops to and from the gateway
/// included; stage counts and pins do not count here. None when it fits nowhere.
[[nodiscard]] std::optional<Seconds> bestSingleDevice(const Problem& problem);

} // namespace millrace::plan
