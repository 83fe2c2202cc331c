// SPDX-License-Identifier: GPL-3.0-or-later
// Deploying the open plan, and the wait for measured times before it.
#include "deploy/DeviceTest.h"
#include "deploy/UnixTime.h"
#include "ui/watch/WatchPage.h"
#include "ui/workflows/ReleaseActions.h"

#include <QAction>

namespace millrace::ui
{

using deploy::StepId;
using deploy::StepState;
using Phase = MeasuredPlan::Phase;

void ReleaseActions::connectWait()
{
    connect(&m_wait, &MeasuredPlan::phaseChanged, this, &ReleaseActions::phaseChanged);
    connect(&m_wait, &MeasuredPlan::measuring, this,
            [this](double fraction) { tellStep(StepId::Measure, StepState::Running, fraction); });
    connect(&m_wait, &MeasuredPlan::ready, this, [this] {
        tellStep(StepId::Plan, StepState::Done, 1);
        deployNow();
    });
    connect(&m_wait, &MeasuredPlan::abandoned, this, &ReleaseActions::waitEnded);
}

/// The grid of a deployment, as far as the plan says it already.
void ReleaseActions::expectSteps()
{
    const Snapshot& snapshot = m_document.snapshot();
    std::vector<std::string> devices{std::string()}; // the release as a whole
    for (const cluster::Device& device : deploy::devicesOf(*snapshot.cluster, *snapshot.plan))
        devices.push_back(device.name);
    const std::size_t each = devices.size() - 1;
    std::vector<StepId> steps;
    if (snapshot.times->source == plan::TimesSource::Estimated)
        steps.push_back(StepId::Measure);
    if (!m_wait.isThere()) {
        devices.resize(1); // the plan that is to come may use others
        steps.push_back(StepId::Plan);
    }
    std::size_t cells = steps.size();
    for (const deploy::StepOutline& step : deploy::recipeOutline(deploy::RecipeKind::Deploy)) {
        steps.push_back(step.id);
        cells += step.perDevice ? each : 1;
    }
    m_page->steps().expect(devices, steps, cells);
}

void ReleaseActions::tellStep(StepId step, StepState state, double fraction)
{
    m_page->steps().update({{}, step, state, fraction, {}}, deploy::unixSeconds());
}

void ReleaseActions::deployHere()
{
    if (!m_actions.deploy->isEnabled())
        return;
    emit watchRequested();
    expectSteps();
    m_page->beginDeployment();
    if (m_wait.isThere())
        deployNow();
    else
        m_wait.await();
}

void ReleaseActions::phaseChanged(Phase before)
{
    if (m_wait.phase() == Phase::Measuring)
        tellStep(StepId::Measure, StepState::Running, -1);
    if (m_wait.phase() == Phase::Planning) {
        if (before == Phase::Measuring)
            tellStep(StepId::Measure, StepState::Done, 1);
        tellStep(StepId::Plan, StepState::Running, -1);
    }
    enableActions();
}

void ReleaseActions::waitEnded(MeasuredPlan::Why why, Phase during)
{
    tellStep(during == Phase::Measuring ? StepId::Measure : StepId::Plan,
             why == MeasuredPlan::Why::Failed ? StepState::Failed : StepState::Cancelled, -1);
    m_page->deploymentEnded();
    if (why == MeasuredPlan::Why::Cancelled)
        emit done(tr("Deploying was cancelled before anything was started."));
    else if (why == MeasuredPlan::Why::Superseded)
        emit done(tr("Deploying was cancelled, because something else was asked for before the "
                     "plan was ready. Deploy again to run the plan that is open."));
}

void ReleaseActions::deployNow()
{
    const Snapshot& snapshot = m_document.snapshot();
    m_live.deploy({*m_document.model(), *snapshot.cluster, *snapshot.problem, *snapshot.plan,
                   *snapshot.times, deploy::ReleaseKind::Local});
}

} // namespace millrace::ui
