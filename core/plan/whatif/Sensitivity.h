// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/search/Solve.h"
#include "plan/whatif/Finding.h"

namespace millrace::plan
{

struct SensitivityOptions {
    double gap = 0;        ///< each re-plan stops here; never closer than the plan's own gap
    Seconds timeLimit{10}; ///< wall clock, for all changes together
    std::optional<std::int64_t> stepLimit; ///< for each re-plan: the same findings on every machine
    std::uint64_t seed = 0;
    SolveMemory memory; ///< of the solve that made the plan: warm re-plans begin with it
};

/// Sees each finding as soon as it is made, on the calling thread; must be quick and must not
/// throw.
class SensitivitySink
{
public:
    virtual ~SensitivitySink() = default;
    virtual void found(const Finding& finding) = 0;
};
class NoSensitivitySink final : public SensitivitySink
{
public:
    void found(const Finding&) override {}
};

/// What each change would bring to a solved plan (one of solve() for this problem: with stages, or
/// Infeasible). The cheapest come first: what follows from the plan itself; then whole groups of
/// resources that bring nothing together, which one re-plan settles; then single changes, warm from
/// the plan, in rounds of longer and longer time limits. The findings stand in the order of
/// `changes`, all of them; those that the time limit or `stop` left open say so, and only the
/// former were told to the sink. Cancels as quickly as solve() does. Errors: InvalidArgument when
/// problem, plan and changes do not belong together.
/// Cost: at most one re-plan for each change and one for each pair of groups that were split.
[[nodiscard]] Result<std::vector<Finding>> sensitivity(const Problem& problem, const Solution& plan,
                                                       const std::vector<Change>& changes,
                                                       const SensitivityOptions& options,
                                                       std::stop_token stop, SensitivitySink& sink);

} // namespace millrace::plan
