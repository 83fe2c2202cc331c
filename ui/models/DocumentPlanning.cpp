// SPDX-License-Identifier: GPL-3.0-or-later
// How every edit is planned anew, off the GUI thread.
#include "plan/Solve.h"
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
    void improved(const plan::Plan* incumbent, Seconds lowerBound) override
    {
        m_tell(incumbent != nullptr ? incumbent->bottleneckTime.value
                                    : std::numeric_limits<double>::infinity(),
               lowerBound.value);
    }

private:
    std::function<void(double, double)> m_tell;
};

} // namespace

plan::PlanRequest Document::request() const
{
    const plan::Scenario& scenario = m_state.scenario();
    plan::PlanRequest request{scenario.overlap, scenario.stages, {}, plan::defaultMemoryModel()};
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
    return request;
}

/// Shows the edit at once with the plan before, and searches the new plan in the background.
void Document::replan()
{
    const bool keep = m_snapshot.problem && sameDevices(*m_snapshot.cluster, *m_snapshot.problem);
    const auto before = keep ? m_snapshot.plan : nullptr;
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
        [this, graph = m_snapshot.graph, cluster = m_snapshot.cluster, times = m_snapshot.times,
         request = request(), before,
         known = m_known](const std::stop_token& stop, ProgressSink&) -> Outcome {
            auto problem = plan::makeProblem(*graph, *cluster, *times, request);
            if (!problem)
                return tl::unexpected(problem.error());
            for (const Planned& planned : known)
                if (*planned.problem == *problem)
                    return planned;
            plan::SolveOptions options;
            if (before && before->hasStages())
                options.warmStart = *before;
            Watcher watcher([this](double incumbent, double bound) {
                m_planJob.post([this, incumbent, bound] { emit searching(incumbent, bound); });
            });
            auto plan = plan::solve(*problem, options, stop, watcher);
            if (!plan)
                return tl::unexpected(plan.error());
            plan->times = times->source;
            return Planned{std::make_shared<plan::Problem>(std::move(*problem)),
                           std::make_shared<plan::Plan>(std::move(*plan))};
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
    auto plan = std::make_shared<plan::Plan>(*outcome->plan);
    plan->modelSha256 = m_model->sha256();
    plan->dims = m_model->dims();
    m_snapshot.plan = plan;
    if (plan->status == plan::Status::Optimal &&
        std::none_of(m_known.begin(), m_known.end(),
                     [&](const Planned& known) { return known.problem == outcome->problem; })) {
        if (m_known.size() == kMostKnown)
            m_known.erase(m_known.begin());
        m_known.push_back(*outcome);
    }
    // Kept with its scenario for the comparison and the project file; no edit, so nothing to undo.
    m_state.scenarios[m_state.current].plan = *plan;
    emit snapshotChanged(m_snapshot);
}

} // namespace millrace::ui
