// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/search/Incumbent.h"

#include "plan/Checker.h"

#include <algorithm>
#include <limits>

namespace millrace::plan
{

Incumbent::Incumbent(const Problem& problem, const SolveOptions& options, std::stop_token stop,
                     PlanSink& sink)
    : m_problem(problem), m_options(options), m_stop(std::move(stop)), m_sink(sink),
      m_start(std::chrono::steady_clock::now())
{
}

Seconds Incumbent::elapsed() const
{
    return {std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count()};
}

bool Incumbent::stopped()
{
    if (m_stop.stop_requested())
        m_why = Status::Cancelled;
    else if (elapsed() > m_options.timeLimit)
        m_why = Status::Timeout;
    else if (m_options.stepLimit && m_steps > *m_options.stepLimit)
        m_why = Status::Feasible;
    else
        return false;
    return true;
}

double Incumbent::best() const
{
    return m_best ? m_best->bottleneckTime.value : std::numeric_limits<double>::infinity();
}

bool Incumbent::isClosed() const
{
    return m_best &&
           (best() <= 0 || best() - m_lower <= std::max(kTolerance, m_options.gap) * best());
}

void Incumbent::offer(const StageSpace& space, const std::vector<StagePlace>& places)
{
    if (places.empty())
        return;
    Solution plan;
    plan.status = Status::Feasible;
    Pipeline& pipeline = plan.pipelines.emplace_back();
    for (const StagePlace& place : places)
        pipeline.stages.push_back(
            {space.devices[place.device], space.cuts.layers(place.from, place.to), {}, {}});
    fillStageFigures(m_problem, plan);
    if (best() <= plan.bottleneckTime.value)
        return;
    m_best = std::move(plan);
    report();
}

void Incumbent::replace(const StageSpace& space, const std::vector<StagePlace>& places)
{
    const std::optional<Solution> before = std::exchange(m_best, std::nullopt);
    offer(space, places);
    if (!m_best ||
        (before && m_best->bottleneckTime.value > before->bottleneckTime.value * (1 + kTolerance)))
        m_best = before;
}

/// Whether a plan made elsewhere names layers and devices of this problem at all.
bool Incumbent::isStructured(const std::vector<Stage>& stages) const
{
    return !stages.empty() && std::all_of(stages.begin(), stages.end(), [this](const Stage& stage) {
        return stage.device.value >= 0 && stage.device.index() < m_problem.devices.size() &&
               std::all_of(stage.layers.begin(), stage.layers.end(), [this](LayerId layer) {
                   return layer.value >= 0 && layer.index() < m_problem.layers.size();
               });
    });
}

void Incumbent::offerUnchecked(const std::vector<Stage>& stages)
{
    if (!isStructured(stages))
        return;
    Solution plan;
    plan.pipelines.emplace_back().stages = stages;
    plan.status = Status::Feasible;
    fillFigures(m_problem, plan);
    if (!check(m_problem, plan).empty() || best() <= plan.bottleneckTime.value)
        return;
    m_best = std::move(plan);
    report();
}

void Incumbent::raise(double bound)
{
    if (bound <= m_lower)
        return;
    m_lower = bound;
    report();
}

void Incumbent::trace(Phase phase, Source source, Verdict verdict, double threshold)
{
    m_sink.traced(
        {phase, source, verdict, {threshold}, {std::min(m_lower, best())}, {best()}, m_steps});
}

void Incumbent::report()
{
    const double bound = std::min(m_lower, best());
    if (m_best)
        m_best->lowerBound = {bound};
    m_sink.improved(m_best ? &*m_best : nullptr, {bound});
}

Solution Incumbent::outcome() const
{
    if (!m_best) {
        Solution none;
        none.status = m_why.value_or(Status::Timeout);
        if (none.status == Status::Feasible)
            none.status = Status::Timeout;
        none.lowerBound = {m_lower};
        none.notes.emplace_back("stopped before a first plan was found");
        return none;
    }
    Solution plan = *m_best;
    plan.lowerBound = {std::min(m_lower, best())};
    if (plan.gap() <= kTolerance) {
        plan.lowerBound = plan.bottleneckTime;
        plan.status = Status::Optimal;
        return plan;
    }
    plan.status = m_why.value_or(Status::Feasible);
    return plan;
}

} // namespace millrace::plan
