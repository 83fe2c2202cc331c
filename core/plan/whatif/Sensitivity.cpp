// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/whatif/Sensitivity.h"

#include "plan/Checker.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <map>

namespace millrace::plan
{
namespace
{

/// A plan with a larger gap is no measure of what a re-plan has to prove.
constexpr double kLargestGap = 0.05;
/// Time limits of the re-plans of one change: the first, and how they grow.
constexpr double kFirstSlice = 0.05, kSliceGrowth = 4;

bool isGone(const Change& change)
{
    return std::holds_alternative<DeviceGone>(change);
}

/// Ends a solve as soon as there is a plan below the limit.
class Watch final : public PlanSink
{
public:
    Watch(Seconds limit, std::stop_source& enough) : m_limit(limit), m_enough(enough) {}
    void improved(const Solution* incumbent, Seconds) override
    {
        if (incumbent != nullptr && isBelow(incumbent->bottleneckTime, m_limit))
            m_enough.request_stop();
    }

private:
    Seconds m_limit;
    std::stop_source& m_enough;
};

class Analysis
{
public:
    Analysis(const Problem& problem, const Solution& plan, const std::vector<Change>& changes,
             const SensitivityOptions& options, std::stop_token stop, SensitivitySink& sink)
        : m_problem(problem), m_plan(plan), m_options(options), m_stop(std::move(stop)),
          m_sink(sink), m_start(std::chrono::steady_clock::now()),
          m_base(plan.hasStages() ? plan.bottleneckTime : kNever),
          m_gap(std::max(options.gap, plan.hasStages() ? std::min(plan.gap(), kLargestGap) : 0)),
          m_isOpen(changes.size(), true)
    {
        for (const Change& change : changes)
            m_findings.push_back(isGone(change)
                                     ? Finding{change, Status::Timeout, kNever, plan.lowerBound}
                                     : Finding{change, Status::Timeout, m_base, {}});
    }

    std::vector<Finding> run()
    {
        makeTasks();
        while (!m_tasks.empty() && !isOver()) {
            const auto next = m_tasks.extract(m_tasks.begin());
            if (next.mapped().ladders.size() > 1)
                askGroup(next.key(), next.mapped().ladders);
            else
                askTopStep(next.key(), next.mapped());
        }
        for (std::size_t i = 0; i < m_findings.size(); ++i) {
            if (!m_isOpen[i])
                continue;
            m_findings[i].status = m_stop.stop_requested() ? Status::Cancelled : Status::Timeout;
            if (!m_stop.stop_requested())
                m_sink.found(m_findings[i]);
        }
        return std::move(m_findings);
    }

private:
    using Ladder = std::vector<std::size_t>; ///< findings of one resource, the smallest step first
    struct Task {
        std::vector<const Ladder*> ladders; ///< one: its largest open step
        std::vector<Pipeline> start;        ///< of a plan to begin with beside the one as it is
    };
    enum class Until { Settled, Better };

    void makeTasks()
    {
        std::vector<std::size_t> order(m_findings.size());
        for (std::size_t i = 0; i < order.size(); ++i)
            order[i] = i;
        std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
            return stepOf(m_findings[a].change).size < stepOf(m_findings[b].change).size;
        });
        for (const std::size_t i : order)
            m_ladders[stepOf(m_findings[i].change).resource].push_back(i);
        // What proving the plan took, so will refuting a better one.
        const double slice = std::min(std::max(kFirstSlice, m_plan.solver.elapsed.value),
                                      m_options.timeLimit.value / 8);
        std::map<std::size_t, Task> groups;
        std::vector<Task> losses;
        for (const auto& [resource, ladder] : m_ladders) {
            const Change& change = m_findings[ladder.front()].change;
            if (!isGone(change))
                groups[change.index()].ladders.push_back(&ladder);
            else if (const DeviceId device = std::get<DeviceGone>(change).device;
                     !m_plan.uses(device))
                settleAll(ladder, m_plan);
            else
                losses.push_back({{&ladder}, {}});
        }
        for (auto& [kind, group] : groups)
            m_tasks.emplace(slice, std::move(group));
        for (Task& loss : losses)
            m_tasks.emplace(slice, std::move(loss));
    }

    [[nodiscard]] double remaining() const
    {
        const std::chrono::duration<double> gone = std::chrono::steady_clock::now() - m_start;
        return m_options.timeLimit.value - gone.count();
    }
    [[nodiscard]] bool isOver() const { return m_stop.stop_requested() || remaining() <= 0; }

    /// The plan as it is, or the stages given when they make a better one here.
    [[nodiscard]] Solved bestStart(const Problem& variant,
                                   const std::vector<Pipeline>& pipelines) const
    {
        Solved asItIs{m_plan, m_options.memory};
        if (pipelines.empty())
            return asItIs;
        Solution start;
        start.status = Status::Feasible;
        start.pipelines = pipelines;
        fillFigures(variant, start);
        const bool isBetter =
            check(variant, start).empty() && isBelow(start.bottleneckTime, m_base);
        return isBetter ? Solved{std::move(start), {}} : asItIs;
    }
    [[nodiscard]] Solution ask(const Problem& variant, const std::vector<Pipeline>& pipelines,
                               double slice, Until until) const
    {
        std::stop_source enough;
        const std::stop_callback forward(m_stop, [&enough] { enough.request_stop(); });
        SolveOptions options;
        options.gap = m_gap;
        options.seed = m_options.seed;
        options.stepLimit = m_options.stepLimit;
        options.timeLimit =
            Seconds{m_options.stepLimit ? remaining() : std::min(slice, remaining())};
        if (m_plan.hasStages() || !pipelines.empty())
            options.warmStart = bestStart(variant, pipelines);
        Watch watch(until == Until::Better ? m_base : Seconds{-1}, enough);
        auto plan = solve(variant, options, enough.get_token(), watch);
        assert(plan.has_value()); // an improvement of a valid problem is valid
        return std::move(plan->solution);
    }

    [[nodiscard]] bool isSettled(const Solution& plan) const
    {
        return plan.status == Status::Optimal || plan.status == Status::Infeasible ||
               (plan.hasStages() && plan.gap() <= m_gap);
    }
    [[nodiscard]] bool isNothing(const Solution& plan) const
    {
        return isSettled(plan) &&
               (plan.hasStages() ? !isBelow(plan.bottleneckTime, m_base) : !m_plan.hasStages());
    }

    /// All largest steps at once: when they bring nothing together, none does alone.
    void askGroup(double slice, const std::vector<const Ladder*>& ladders)
    {
        Problem variant = m_problem;
        for (const Ladder* ladder : ladders)
            variant = changed(std::move(variant), m_findings[ladder->back()].change);
        const Solution plan = ask(variant, {}, slice, Until::Better);
        if (isNothing(plan)) {
            for (const Ladder* ladder : ladders)
                settleAll(*ladder, plan);
            return;
        }
        if (!plan.hasStages() || !isBelow(plan.bottleneckTime, m_base))
            slice *= kSliceGrowth; // undecided
        const auto middle = ladders.begin() + static_cast<std::ptrdiff_t>(ladders.size() / 2);
        m_tasks.emplace(slice, Task{{ladders.begin(), middle}, {}});
        m_tasks.emplace(slice, Task{{middle, ladders.end()}, {}});
    }

    void askTopStep(double slice, const Task& task)
    {
        const Ladder& ladder = *task.ladders.front();
        const auto isOpen = [this](std::size_t i) { return m_isOpen[i]; };
        const std::size_t step = *std::find_if(ladder.rbegin(), ladder.rend(), isOpen);
        const Solution plan =
            ask(changed(m_problem, m_findings[step].change), task.start, slice, Until::Settled);
        note(m_findings[step], plan);
        const bool final = isSettled(plan) || m_options.stepLimit.has_value();
        if (m_stop.stop_requested() && !final)
            return;
        if (!final) {
            m_tasks.emplace(slice * kSliceGrowth, Task{task.ladders, plan.pipelines});
            return;
        }
        if (isNothing(plan) && !isGone(m_findings[step].change))
            return settleAll(ladder, plan);
        settle(step, plan.status);
        if (std::any_of(ladder.begin(), ladder.end(), isOpen))
            m_tasks.emplace(slice, Task{task.ladders, plan.pipelines});
    }

    void note(Finding& finding, const Solution& plan) const
    {
        if (plan.status == Status::Infeasible)
            finding.bottleneck = finding.lowerBound = kNever;
        if (plan.hasStages())
            finding.bottleneck = std::min(finding.bottleneck, plan.bottleneckTime);
        finding.lowerBound = std::max(finding.lowerBound, plan.lowerBound);
    }
    void settle(std::size_t step, Status status)
    {
        m_findings[step].status = status;
        m_isOpen[step] = false;
        m_sink.found(m_findings[step]);
    }
    /// Every open step of the ladder leaves the plan as it is, by a bound that holds for them all.
    void settleAll(const Ladder& ladder, const Solution& bound)
    {
        for (const std::size_t step : ladder) {
            if (!m_isOpen[step])
                continue;
            m_findings[step].bottleneck = m_base;
            m_findings[step].lowerBound =
                m_plan.hasStages() ? std::min(m_base, bound.lowerBound) : kNever;
            settle(step, bound.status);
        }
    }

    const Problem& m_problem;
    const Solution& m_plan;
    const SensitivityOptions& m_options;
    std::stop_token m_stop;
    SensitivitySink& m_sink;
    std::chrono::steady_clock::time_point m_start;
    Seconds m_base;
    double m_gap;
    std::vector<bool> m_isOpen;
    std::vector<Finding> m_findings;
    std::map<Resource, Ladder> m_ladders;
    std::multimap<double, Task> m_tasks; ///< by time limit: the cheapest come first
};

} // namespace

Result<std::vector<Finding>> sensitivity(const Problem& problem, const Solution& plan,
                                         const std::vector<Change>& changes,
                                         const SensitivityOptions& options, std::stop_token stop,
                                         SensitivitySink& sink)
{
    if (const auto ok = validate(problem); !ok)
        return tl::unexpected(ok.error());
    if (!plan.hasStages() && plan.status != Status::Infeasible)
        return fail(ErrorCode::InvalidArgument,
                    "there is no plan to compare with; give the search more time");
    if (const auto differences = check(problem, plan); !differences.empty())
        return fail(ErrorCode::InvalidArgument, "the plan is not one of this problem: {}",
                    differences.front());
    for (const Change& change : changes)
        if (!isPossible(problem, change))
            return fail(ErrorCode::InvalidArgument,
                        "a change must name devices of the problem and make one resource larger");
    return Analysis(problem, plan, changes, options, std::move(stop), sink).run();
}

} // namespace millrace::plan
