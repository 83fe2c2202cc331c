// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/search/LabelSearch.h"
#include "plan/search/Solve.h"

#include <chrono>

namespace millrace::plan
{

/// Sums of the same times in another order differ by rounding only; below this nothing is told
/// apart.
inline constexpr double kTolerance = 1e-9;

/// The best plan so far, the bound that holds for all plans, and when to stop; tells the sink.
class Incumbent
{
public:
    /// All must outlive it.
    Incumbent(const Problem& problem, const SolveOptions& options, std::stop_token stop,
              PlanSink& sink);

    [[nodiscard]] bool stopped();
    void countSteps(std::int64_t steps) { m_steps += steps; }
    [[nodiscard]] Seconds elapsed() const;

    [[nodiscard]] bool hasPlan() const { return m_best.has_value(); }
    /// Infinite without a plan.
    [[nodiscard]] double best() const;
    [[nodiscard]] const std::optional<Solution>& plan() const { return m_best; }
    [[nodiscard]] double lower() const { return m_lower; }
    /// Whether the gap asked for is reached.
    [[nodiscard]] bool isClosed() const;

    /// Takes stages that are known to be valid when they are better.
    void offer(const StageSpace& space, const std::vector<StagePlace>& places);
    /// The same for stages from elsewhere, which are checked first.
    void offerUnchecked(const std::vector<Stage>& stages);
    /// Takes stages as good as the best ones in their place.
    void replace(const StageSpace& space, const std::vector<StagePlace>& places);
    /// No plan at all is below.
    void raise(double bound);
    /// Tells the sink of a question that was answered.
    void trace(Phase phase, Source source, Verdict verdict, double threshold);

    /// The best plan with its state, or none and why.
    [[nodiscard]] Solution outcome() const;

private:
    [[nodiscard]] bool isStructured(const std::vector<Stage>& stages) const;
    void report();

    const Problem& m_problem;
    const SolveOptions& m_options;
    std::stop_token m_stop;
    PlanSink& m_sink;
    std::chrono::steady_clock::time_point m_start;
    std::optional<Solution> m_best;
    double m_lower = 0;
    std::int64_t m_steps = 0;
    std::optional<Status> m_why; ///< it was stopped early
};

} // namespace millrace::plan
