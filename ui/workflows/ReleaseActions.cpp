// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workflows/ReleaseActions.h"

#include "base/File.h"
#include "deploy/ReleaseParts.h"
#include "deploy/UnixTime.h"
#include "ui/dialogs/Prompts.h"
#include "ui/models/Figures.h"
#include "ui/watch/WatchPage.h"

#include <QAction>
#include <QMenu>

#include <algorithm>
#include <utility>

namespace millrace::ui
{
namespace
{

using Work = LiveRelease::Work;

bool isModelOf(const deploy::Release& release, const Document& document)
{
    return document.model() && document.model()->sha256() == release.modelSha256 &&
           document.model()->dims() == release.dims;
}

} // namespace

ReleaseActions::ReleaseActions(Document& document, LiveRelease& live, Prompts& prompts,
                               WhenSaved whenSaved, QWidget* window)
    : QObject(window), m_document(document), m_live(live), m_prompts(prompts),
      m_whenSaved(std::move(whenSaved)), m_window(window), m_wait(document)
{
    m_actions.deploy = make("deployHere", tr("&On This Computer"), QStringLiteral("deploy"),
                            QKeySequence(QStringLiteral("Ctrl+R")));
    m_actions.deploy->setIconText(tr("Deploy on This Computer"));
    m_actions.deploy->setToolTip(tr("Starts a process for each stage, as slow and as far away as "
                                    "its device"));
    m_actions.cancel = make("cancelDeploy", tr("&Cancel Deploying"), QStringLiteral("stop"), {});
    m_actions.restart =
        make("restartDead", tr("Start What Is &Down"), QStringLiteral("deploy"), {});
    m_actions.send = make("sendRequests", tr("Send &Test Requests"), QStringLiteral("send"),
                          QKeySequence(QStringLiteral("Ctrl+T")));
    m_actions.send->setCheckable(true);
    m_actions.send->setToolTip(tr("Sends random inputs as fast as the pipeline takes them"));
    m_actions.pause = make("pauseWatch", tr("&Pause"), QStringLiteral("pause"),
                           QKeySequence(QStringLiteral("Ctrl+P")));
    m_actions.pause->setCheckable(true);
    m_actions.pause->setToolTip(tr("Holds the picture still; what happens meanwhile is kept"));
    m_actions.exportCsv =
        make("exportFigures", tr("Export &Figures\u2026"), QStringLiteral("export"), {});
    m_actions.exportCsv->setIconText(tr("Export"));
    m_actions.exportCsv->setToolTip(tr("Writes what the charts show as a CSV file"));
    m_actions.stop = make("stopRelease", tr("&Stop Release"), QStringLiteral("stop"), {});
    m_actions.stop->setToolTip(tr("Ends every process of the release and removes its files"));
    m_actions.openPlan =
        make("openReleasePlan", tr("Open &Its Model and Cluster"), QStringLiteral("model"), {});
    connectActions();
}

QAction* ReleaseActions::make(const char* name, const QString& text, const QString& icon,
                              const QKeySequence& keys)
{
    auto* action = new QAction(QIcon(QString(u":/icons/" + icon + u".svg")), text, this);
    action->setObjectName(QLatin1String(name));
    action->setShortcut(keys);
    return action;
}

void ReleaseActions::fill(QMenu& menu, const DeployActions& onDevices)
{
    menu.addActions({m_actions.deploy, onDevices.deploy, m_actions.cancel});
    menu.addSeparator();
    menu.addActions({onDevices.test, onDevices.rollBack});
    menu.addSeparator();
    menu.addActions({m_actions.send, m_actions.pause, m_actions.exportCsv});
    menu.addSeparator();
    menu.addActions({m_actions.openPlan, m_actions.restart, m_actions.stop});
}

void ReleaseActions::connectActions()
{
    connect(m_actions.deploy, &QAction::triggered, this, &ReleaseActions::deployHere);
    connect(m_actions.cancel, &QAction::triggered, this, [this] {
        m_wait.cancel();
        m_live.cancelWork();
    });
    connect(m_actions.restart, &QAction::triggered, &m_live, &LiveRelease::restartDead);
    connect(m_actions.send, &QAction::triggered, this,
            [this](bool on) { on ? m_live.startSending() : m_live.stopSending(); });
    connect(m_actions.pause, &QAction::triggered, this, [this](bool on) { m_page->setPaused(on); });
    connect(m_actions.exportCsv, &QAction::triggered, this, &ReleaseActions::exportCsv);
    connect(m_actions.stop, &QAction::triggered, this, &ReleaseActions::stop);
    connect(m_actions.openPlan, &QAction::triggered, this, &ReleaseActions::openItsPlan);
    connect(&m_live, &LiveRelease::changed, this, &ReleaseActions::enableActions);
    connect(&m_live, &LiveRelease::statusArrived, this, &ReleaseActions::enableActions);
    connect(&m_live, &LiveRelease::releaseChanged, this, &ReleaseActions::notePlan);
    connect(&m_document, &Document::snapshotChanged, this, [this] {
        notePlan();
        enableActions();
    });
    connect(&m_document, &Document::opened, this, &ReleaseActions::takeItsCluster);
    connect(&m_document.loadJob(), &JobRunner::started, this, [this] { m_opening.reset(); });
    connectWait();
}

void ReleaseActions::setPage(WatchPage* page)
{
    m_page = page;
    connect(&m_live, &LiveRelease::stepArrived, page, [this, page](const deploy::StepUpdate& step) {
        if (m_live.workKind() == deploy::ReleaseKind::Local)
            page->steps().update(step, deploy::unixSeconds());
    });
    connect(&m_live, &LiveRelease::changed, page, [this, page] {
        if (!m_wait.isWaiting() && m_live.work() != Work::Deploying)
            page->deploymentEnded();
    });
    notePlan();
    enableActions();
}

void ReleaseActions::enableActions()
{
    const bool isFree = m_live.work() == Work::None && !m_wait.isWaiting();
    const bool isThere = m_live.release().has_value();
    const Snapshot& snapshot = m_document.snapshot();
    const auto& status = m_live.status();
    const auto stages = status ? status->stages() : std::vector<const runtime::StageStatus*>();
    const bool isDown = m_live.link() == LiveRelease::Link::Lost ||
                        std::any_of(stages.begin(), stages.end(),
                                    [](const runtime::StageStatus* stage) { return !stage->up; });
    m_actions.deploy->setEnabled(isFree && snapshot.plan && snapshot.plan->hasStages());
    m_actions.cancel->setEnabled(m_wait.isWaiting() || m_live.isDeploying() ||
                                 m_live.work() == Work::Restarting);
    m_actions.cancel->setText(m_live.work() == Work::Restarting    ? tr("&Cancel Starting")
                              : m_live.work() == Work::RollingBack ? tr("&Cancel Going Back")
                                                                   : tr("&Cancel Deploying"));
    m_actions.restart->setEnabled(isFree && isThere && isDown);
    m_actions.restart->setVisible(isThere && isDown);
    m_actions.send->setEnabled(isThere && isFree);
    m_actions.send->setChecked(m_live.isSending());
    m_actions.send->setText(m_live.isSending() ? tr("Stop &Test Requests")
                                               : tr("Send &Test Requests"));
    m_actions.pause->setEnabled(isThere);
    m_actions.exportCsv->setEnabled(isThere && !m_live.history().isEmpty());
    m_actions.stop->setEnabled(isFree && isThere);
}

void ReleaseActions::notePlan()
{
    const auto& release = m_live.release();
    if (m_page == nullptr)
        return;
    if (!release)
        return m_page->setPlanNote({}, false);
    const Snapshot& snapshot = m_document.snapshot();
    const QString model = QString::fromStdString(release->modelPath.filename().string());
    if (!m_document.model())
        return m_page->setPlanNote(tr("This release runs %1.").arg(model), false);
    if (!isModelOf(*release, m_document))
        return m_page->setPlanNote(
            tr("This release runs %1, which is not the model that is open.").arg(model), true);
    if (snapshot.planning || !snapshot.plan)
        return;
    const bool isSame =
        *snapshot.cluster == release->cluster && deploy::isSamePlan(*snapshot.plan, release->plan);
    m_page->setPlanNote(isSame ? QString()
                               : tr("This release runs another plan than the one that is open. "
                                    "Deploy again to run the open one."),
                        !isSame);
}

void ReleaseActions::openItsPlan()
{
    if (!m_live.release())
        return;
    const deploy::Release release = *m_live.release();
    if (isModelOf(release, m_document))
        m_document.editCluster(release.cluster, tr("take the release's cluster"));
    else
        m_whenSaved([this, release] { openItsModel(release); });
}

void ReleaseActions::openItsModel(const deploy::Release& release)
{
    m_document.openModel(release.modelPath, release.dims);
    m_opening = release; // after openModel(): a job that starts forgets the one before
}

/// The cluster as it was deployed is an edit, so undo brings the one before back.
void ReleaseActions::takeItsCluster()
{
    const auto release = std::exchange(m_opening, std::nullopt);
    if (!release)
        return;
    if (isModelOf(*release, m_document))
        m_document.editCluster(release->cluster, tr("take the release's cluster"));
    else
        emit failed(tr("Cannot take the release's cluster. The model %1 has changed since it was "
                       "deployed. Deploy again to run the one that is open.")
                        .arg(QString::fromStdString(release->modelPath.filename().string())));
}

/// Devices do real work, so that is asked first.
void ReleaseActions::stop()
{
    if (m_live.release() && m_live.release()->kind == deploy::ReleaseKind::Ssh)
        emit undeployRequested(*m_live.release());
    else
        m_live.remove();
}

void ReleaseActions::exportCsv()
{
    const QString name =
        QString(QString::fromStdString(m_live.release()->id) + QStringLiteral(".csv"));
    m_prompts.saveFile(
        m_window, {tr("Export Figures"), tr("CSV files (*.csv)"), name, QStringLiteral("csv")},
        [this](const QString& path) {
            if (!m_live.release())
                return;
            if (const auto written = writeFileAtomically(path.toStdString(), m_page->csv()))
                emit done(tr("Wrote %1.").arg(path));
            else
                emit failed(tr("Cannot export the figures. %1. Choose another folder.")
                                .arg(reasonOf(written.error())));
        });
}

void ReleaseActions::whenSettled(const std::function<void()>& then)
{
    if (m_live.isDeploying()) {
        m_prompts.deploying(m_window, [this, then](const DeployingAnswer&) {
            m_live.cancelWork();
            m_live.whenQuiet([this, then] { whenSettled(then); });
        });
        return;
    }
    if (!m_live.release()) {
        m_wait.cancel();
        return m_live.whenQuiet(then);
    }
    m_prompts.releaseRuns(m_window, QString::fromStdString(m_live.release()->id),
                          [this, then](const RunningAnswer& answer) {
                              m_wait.cancel();
                              m_live.cancelWork(); // starting what is down may take minutes
                              m_live.whenQuiet([this, then, answer] {
                                  if (answer == RunningAnswer::Stop && m_live.release())
                                      m_live.remove(then);
                                  else
                                      then();
                              });
                          });
}

} // namespace millrace::ui
