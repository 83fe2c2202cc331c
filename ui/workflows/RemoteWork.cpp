// SPDX-License-Identifier: GPL-3.0-or-later
// Deployments, rollbacks and removals over SSH as they go on, and the history of releases.
#include "deploy/DeviceTest.h"
#include "deploy/UnixTime.h"
#include "ui/deploy/DeployPage.h"
#include "ui/dialogs/Prompts.h"
#include "ui/models/Figures.h"
#include "ui/workflows/RemoteActions.h"

#include <QAction>

#include <algorithm>
#include <utility>

namespace millrace::ui
{
namespace
{

using Work = LiveRelease::Work;
using deploy::ReleaseKind;
using deploy::Standing;

bool isServing(const deploy::Release& release)
{
    return release.kind == ReleaseKind::Ssh && release.standing == Standing::Current &&
           !release.owner;
}

/// Each once.
std::vector<std::string> devicesOf(const deploy::Release& release)
{
    std::vector<std::string> devices;
    for (const QString& name : deviceNamesOf(release))
        devices.push_back(name.toStdString());
    return devices;
}

} // namespace

void RemoteActions::deploy()
{
    if (!m_actions.deploy->isEnabled())
        return;
    emit deployRequested();
    const Snapshot& snapshot = m_document.snapshot();
    begin(Recipe::Deploy, plannedDevices());
    m_live.deploy({*m_document.model(), *snapshot.cluster, *snapshot.problem, *snapshot.plan,
                   *snapshot.times, ReleaseKind::Ssh});
}

void RemoteActions::rollBack()
{
    if (!m_history.target || !isFree())
        return;
    emit deployRequested();
    const deploy::Release target = *m_history.target;
    begin(Recipe::RollBack, devicesOf(target), QString::fromStdString(target.id));
    m_live.bringBack(target);
}

void RemoteActions::bringBackChosen()
{
    const deploy::Release* chosen = m_page->chosenRelease();
    if (chosen == nullptr || !isFree())
        return;
    const deploy::Release target = *chosen;
    begin(Recipe::RollBack, devicesOf(target), QString::fromStdString(target.id));
    m_live.bringBack(target);
}

void RemoteActions::watchChosen()
{
    if (const deploy::Release* chosen = m_page->chosenRelease(); chosen != nullptr && isFree()) {
        m_live.watch(deploy::Release(*chosen));
        emit watchRequested();
    }
}

void RemoteActions::undeployChosen()
{
    if (const deploy::Release* chosen = m_page->chosenRelease(); chosen != nullptr)
        undeploy(deploy::Release(*chosen));
}

void RemoteActions::undeploy(const deploy::Release& release)
{
    const auto remove = [this, release] {
        if (!isFree()) // the answer may come late
            return;
        begin(Recipe::Remove, devicesOf(release), QString::fromStdString(release.id));
        m_live.remove(release);
    };
    if (!isServing(release))
        return remove();
    m_prompts.undeploy(m_window, QString::fromStdString(release.id), m_history.earlier[release.id],
                       [remove](const UndeployAnswer&) { remove(); });
}

/// Of the release that the open plan would become.
std::vector<std::string> RemoteActions::plannedDevices() const
{
    const Snapshot& snapshot = m_document.snapshot();
    std::vector<std::string> names;
    for (const cluster::Device& device : deploy::devicesOf(*snapshot.cluster, *snapshot.plan))
        names.push_back(device.name);
    return names;
}

/// Rows and columns in their order; steps announce themselves in the order of their threads.
void RemoteActions::expect(Recipe recipe, std::vector<std::string> devices)
{
    using deploy::RecipeKind;
    std::vector<deploy::StepId> steps;
    std::size_t cells = 0;
    for (const deploy::StepOutline& step :
         deploy::recipeOutline(recipe == Recipe::Deploy     ? RecipeKind::Deploy
                               : recipe == Recipe::RollBack ? RecipeKind::BringBack
                                                            : RecipeKind::Undeploy)) {
        steps.push_back(step.id);
        cells += step.perDevice ? devices.size() : 1;
    }
    devices.emplace_back(); // the release as a whole
    m_page->steps().expect(devices, steps, cells);
}

void RemoteActions::begin(Recipe recipe, std::vector<std::string> devices, const QString& id)
{
    m_recipe = recipe;
    m_isTold = m_isDone = false;
    expect(recipe, std::move(devices));
    m_page->setRunning(true);
    m_page->setOutcome(DeployPage::Tone::Neutral, recipe == Recipe::Deploy ? tr("Deploying\u2026")
                                                  : recipe == Recipe::RollBack
                                                      ? tr("Going back to %1\u2026").arg(id)
                                                      : tr("Removing %1\u2026").arg(id));
}

void RemoteActions::hear(const deploy::StepUpdate& update)
{
    if (m_page == nullptr || m_recipe == Recipe::None || m_live.workKind() != ReleaseKind::Ssh)
        return;
    m_page->steps().update(update, deploy::unixSeconds());
    if (m_recipe != Recipe::Deploy)
        return;
    m_tester.hear(update);
    const auto [sent, toSend] = m_page->steps().sent();
    if (toSend.value > 0 && update.state == deploy::StepState::Running)
        m_page->setOutcome(DeployPage::Tone::Neutral,
                           tr("Deploying\u2026 %1 of %2 sent.").arg(figure(sent), figure(toSend)));
}

void RemoteActions::heardDone(const QString& message)
{
    if (m_recipe == Recipe::None)
        return;
    m_isTold = m_isDone = true;
    m_page->setOutcome(DeployPage::Tone::Good, message);
}

void RemoteActions::heardCancelled(const QString& message)
{
    if (m_recipe == Recipe::None)
        return;
    m_isTold = true;
    const QStringList undone = m_page->steps().undone();
    m_page->setOutcome(DeployPage::Tone::Neutral,
                       undone.isEmpty()
                           ? message
                           : tr("%1 Undone: %2.").arg(message, undone.join(QStringLiteral(", "))));
}

void RemoteActions::heardFailed(const QString& message)
{
    if (m_recipe == Recipe::None)
        return;
    m_isTold = true;
    m_page->setOutcome(DeployPage::Tone::Bad, message);
    m_page->showCell(m_page->steps().failed());
}

void RemoteActions::workChanged()
{
    if (m_live.work() == Work::None && m_recipe != Recipe::None)
        workEnded();
    enableActions();
}

/// What was deployed is watched; what was gone back to is seen in the history as well.
void RemoteActions::workEnded()
{
    const Recipe ended = std::exchange(m_recipe, Recipe::None);
    m_page->setRunning(false);
    refreshHistory();
    refreshChecks();
    if (ended == Recipe::Deploy && m_isDone)
        emit watchRequested();
}

RemoteActions::History RemoteActions::readHistory(const std::string& watched)
{
    History history{deploy::localReleases(), {}, {}};
    const deploy::Release* current = nullptr;
    for (const deploy::Release& release : history.releases) {
        if (!isServing(release))
            continue;
        if (current == nullptr || release.id == watched)
            current = &release;
        int& earlier = history.earlier[release.id];
        for (const deploy::Release& other : deploy::releasesBeside(release))
            earlier += other.standing == Standing::Replaced ? 1 : 0;
    }
    if (current != nullptr)
        if (auto target = deploy::rollbackTarget(*current))
            history.target = std::move(*target);
    return history;
}

void RemoteActions::refreshHistory()
{
    const std::string watched = m_live.release() ? m_live.release()->id : std::string();
    m_historyJob.start<History>(
        [watched](const std::stop_token&, ProgressSink&) { return readHistory(watched); },
        [this](History history) {
            m_history = std::move(history);
            if (m_page != nullptr)
                m_page->setReleases(m_history.releases);
            enableActions();
        });
}

void RemoteActions::enableHistory()
{
    const deploy::Release* chosen = m_page != nullptr ? m_page->chosenRelease() : nullptr;
    const bool isThere = isFree() && chosen != nullptr && !chosen->owner;
    const bool isReplaced =
        isThere && chosen->kind == ReleaseKind::Ssh && chosen->standing == Standing::Replaced;
    m_actions.bringBack->setEnabled(isReplaced);
    m_actions.watch->setEnabled(isThere && !isReplaced);
    m_actions.undeploy->setEnabled(isThere);
    m_actions.undeploy->setText(isReplaced ? tr("Re&move") : tr("&Undeploy"));
}

} // namespace millrace::ui
