// SPDX-License-Identifier: GPL-3.0-or-later
// How every edit is planned anew, off the GUI thread.
#include "plan/Checker.h"
#include "ui/models/Document.h"
#include "ui/models/Figures.h"

#include <algorithm>
#include <limits>

namespace millrace::ui
{
namespace
{

/// Of several plans that are equally good, undo brings back the one that was there.
constexpr std::size_t kMostKnown = 32;

bool sameDevices(const cluster::Cluster& cluster, const plan::Problem& problem)
{
    return std::equal(cluster.devices.begin(), cluster.devices.end(), problem.devices.begin(),
                      problem.devices.end(), [](const cluster::Device& a, const plan::Device& b) {
                          return a.name == b.name;
                      });
}

/// Reports what the solver finds to the GUI thread.
class Watcher final : public plan::PlanSink
{
public:
    explicit Watcher(std::function<void(double, double)> tell) : m_tell(std::move(tell)) {}
    void improved(const plan::Solution* incumbent, Seconds lowerBound) override
    {
        m_tell(incumbent != nullptr ? incumbent->bottleneckTime.value
                                    : std::numeric_limits<double>::infinity(),
               lowerBound.value);
    }

private:
    std::function<void(double, double)> m_tell;
};

constexpr std::size_t kMostKept = 256;

/// What a scenario asks, without what it is called and what was answered.
Scenario questionOf(Scenario scenario)
{
    scenario.name.clear();
    scenario.plan.reset();
    return scenario;
}

} // namespace

void Document::keep(const Scenario& scenario, const plan::Plan& plan)
{
    Scenario question = questionOf(scenario);
    std::erase_if(m_kept, [&](const Kept& kept) { return kept.question == question; });
    if (m_kept.size() == kMostKept)
        m_kept.erase(m_kept.begin());
    m_kept.push_back({std::move(question), m_snapshot.times, plan});
}

/// Those of another model or of other times are made anew. The source of the times alone does not
/// tell: measured times may have been measured again since, so every figure is computed again.
void Document::keepPlansOf(const Project& project)
{
    if (m_model->sha256() != project.modelSha256)
        return;
    for (const Scenario& scenario : project.scenarios) {
        if (!scenario.plan || scenario.plan->record.times != m_snapshot.times->source)
            continue;
        const auto problem = work::poseProblem(inputsOf(scenario));
        if (problem && plan::check(*problem, scenario.plan->solution()).empty())
            keep(scenario, *scenario.plan);
    }
}

/// Gives every scenario the plan of its very question, or none.
void Document::showKeptPlans()
{
    for (Scenario& scenario : m_state.scenarios) {
        const auto kept =
            std::find_if(m_kept.begin(), m_kept.end(),
                         [question = questionOf(scenario), &times = m_snapshot.times](
                             const Kept& k) { return k.times == times && k.question == question; });
        scenario.plan = kept == m_kept.end() ? std::nullopt : std::optional(kept->plan);
    }
}

work::PlanInputs Document::inputsOf(const Scenario& scenario) const
{
    plan::PlanRequest request{scenario.overlap, scenario.stages, {}, {}};
    const auto& layers = m_snapshot.graph->layers;
    for (const auto& [layerName, deviceName] : scenario.pins) {
        const auto layer =
            std::find_if(layers.begin(), layers.end(),
                         [&name = layerName](const graph::Layer& l) { return l.name == name; });
        const auto device = scenario.cluster.find(deviceName);
        if (layer != layers.end() && device)
            request.pins.push_back(
                {LayerId(static_cast<std::size_t>(layer - layers.begin())), *device});
    }
    return {*m_model, scenario.cluster, *m_snapshot.times, std::move(request)};
}

/// Shows the edit at once with the plan before, and searches the new plan in the background.
void Document::replan()
{
    m_othersJob.cancel();
    const bool keep = m_snapshot.problem && sameDevices(*m_snapshot.cluster, *m_snapshot.problem);
    std::optional<plan::Solved> before; // to begin with
    if (keep && m_snapshot.plan && m_snapshot.plan->hasStages())
        before = {m_snapshot.plan->solution(),
                  m_snapshot.memory ? *m_snapshot.memory : plan::SolveMemory{}};
    if (!keep) {
        m_snapshot.problem.reset();
        m_snapshot.plan.reset();
    }
    m_snapshot.planning = m_snapshot.graph != nullptr;
    emit snapshotChanged(m_snapshot);
    if (!m_snapshot.graph)
        return;
    using Outcome = Result<Planned>;
    m_planJob.start<Outcome>(
        [this, inputs = std::make_shared<const work::PlanInputs>(inputsOf(m_state.scenario())),
         before, known = m_known](const std::stop_token& stop, ProgressSink&) -> Outcome {
            auto problem = work::poseProblem(*inputs);
            if (!problem)
                return tl::unexpected(problem.error());
            for (const Planned& planned : known)
                if (*planned.problem == *problem)
                    return Planned{planned.problem,
                                   std::make_shared<plan::Plan>(plan::Plan{
                                       planned.plan->solution(), work::recordOf(*inputs)}),
                                   planned.memory};
            experiment::SearchOptions options;
            options.warmStart = before;
            Watcher watcher([this](double incumbent, double bound) {
                m_planJob.post([this, incumbent, bound] { emit searching(incumbent, bound); });
            });
            auto found = work::solvePosed(*inputs, *problem, options, stop, watcher);
            if (!found)
                return tl::unexpected(found.error());
            return Planned{std::make_shared<plan::Problem>(std::move(*problem)),
                           std::make_shared<plan::Plan>(std::move(found->plan)),
                           std::make_shared<plan::SolveMemory>(std::move(found->memory))};
        },
        [this](const Outcome& outcome) { planned(outcome); });
}

void Document::planned(const Result<Planned>& outcome)
{
    m_snapshot.planning = false;
    if (!outcome) {
        emit failed(tr("Cannot plan. %1.").arg(reasonOf(outcome.error())));
        m_snapshot.problem.reset(); // the plan before is of another cluster
        m_snapshot.plan.reset();
        return emit snapshotChanged(m_snapshot);
    }
    m_snapshot.problem = outcome->problem;
    m_snapshot.plan = outcome->plan;
    m_snapshot.memory = outcome->memory;
    if (outcome->plan->status == plan::Status::Optimal &&
        std::none_of(m_known.begin(), m_known.end(),
                     [&](const Planned& known) { return known.problem == outcome->problem; })) {
        if (m_known.size() == kMostKnown)
            m_known.erase(m_known.begin());
        m_known.push_back(*outcome);
    }
    // Kept with its scenario for the comparison and the project file; no edit, so nothing to undo.
    keep(m_state.scenario(), *outcome->plan);
    showKeptPlans();
    emit snapshotChanged(m_snapshot);
    planOthers(0);
}

/// One after the other, so that the comparison has no gaps where the times, the model or undo left
/// scenarios without a plan. The next edit ends it: the current scenario goes first.
void Document::planOthers(std::size_t from)
{
    const auto& scenarios = m_state.scenarios;
    while (from < scenarios.size() && (scenarios[from].plan || from == m_state.current))
        ++from;
    if (from == scenarios.size())
        return;
    using Outcome = Result<plan::Plan>;
    const Scenario& scenario = scenarios[from];
    m_othersJob.start<Outcome>(
        [inputs = inputsOf(scenario)](const std::stop_token& stop, ProgressSink&) -> Outcome {
            plan::NoPlanSink nobody;
            auto planned = work::planModel(inputs, {}, stop, nobody);
            if (!planned)
                return tl::unexpected(planned.error());
            if (stop.stop_requested()) // what was found by then is not what it would have become
                return fail(ErrorCode::Cancelled, "cancelled");
            return std::move(planned->plan);
        },
        [this, from, scenario, times = m_snapshot.times](const Outcome& plan) {
            if (m_snapshot.planning || times != m_snapshot.times)
                return;
            if (plan) {
                keep(scenario, *plan);
                showKeptPlans();
                emit comparisonChanged();
            }
            planOthers(from + 1); // why it cannot be planned is said when it is chosen
        });
}

} // namespace millrace::ui
