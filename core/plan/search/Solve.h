// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/Plan.h"
#include "plan/search/Trace.h"

#include <optional>
#include <stop_token>

namespace millrace::plan
{

/// What an exact search learnt, for the next one of a similar problem.
struct SolveMemory {
    /// How dear it found each device, all together 1; negative: not known. Empty: nothing is known.
    std::vector<double> devicePrices;
    bool operator==(const SolveMemory&) const = default;
};
struct Solved {
    Solution solution;
    SolveMemory memory;
};

struct SolveOptions {
    double gap = 0;                        ///< stop (Feasible) once the gap is at most this
    Seconds timeLimit{10};                 ///< wall clock; Timeout
    std::optional<std::int64_t> stepLimit; ///< deterministic; Feasible
    std::uint64_t seed = 0;
    std::optional<Solved> warmStart; ///< of a similar problem; tried first when it is still valid
};

/// Sees better plans and bounds as they come, on the solving thread; must be quick and must not
/// throw.
class PlanSink
{
public:
    virtual ~PlanSink() = default;
    /// `incumbent` is null until there is one; its lowerBound is current.
    virtual void improved(const Solution* incumbent, Seconds lowerBound) = 0;
    /// Each question of the search, for whoever wants to see how it goes about it.
    virtual void traced(const TraceEvent&) {}
};
class NoPlanSink final : public PlanSink
{
public:
    void improved(const Solution*, Seconds) override {}
};

/// The best plan it can find with a lower bound valid for every plan; infeasible, time limit and
/// cancelled are states of the plan. Cancels within 10 ms. Same problem, seed and step limit: same
/// plan. Errors: InvalidArgument for an invalid problem only.
[[nodiscard]] Result<Solved> solve(const Problem& problem, const SolveOptions& options,
                                   std::stop_token stop, PlanSink& sink);

} // namespace millrace::plan
