// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workflows/RemoteActions.h"

#include "ui/deploy/DeployPage.h"
#include "ui/dialogs/Prompts.h"
#include "ui/models/Figures.h"

#include <QAction>

#include <algorithm>
#include <utility>

namespace millrace::ui
{
namespace
{

using Work = LiveRelease::Work;

QString text(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

} // namespace

RemoteActions::RemoteActions(Document& document, LiveRelease& live, Prompts& prompts,
                             QAction* cancel, QWidget* window)
    : m_document(document), m_live(live), m_prompts(prompts), m_window(window),
      m_tester(live.questions())
{
    makeActions(cancel);
    answerQuestions();
    connectActions();
}

RemoteActions::~RemoteActions()
{
    m_live.questions().setAsker({});
}

QAction* RemoteActions::make(const char* name, const QString& text, const QString& icon,
                             const QKeySequence& keys)
{
    // Of the window, where its shortcuts are looked for.
    auto* action = new QAction(QIcon(QString(u":/icons/" + icon + u".svg")), text, m_window);
    action->setObjectName(QLatin1String(name));
    action->setShortcut(keys);
    return action;
}

void RemoteActions::makeActions(QAction* cancel)
{
    m_actions.cancel = cancel;
    m_actions.deploy = make("deployRemote", tr("On the &Devices"), QStringLiteral("mode-deploy"),
                            QKeySequence(QStringLiteral("Ctrl+Shift+R")));
    m_actions.deploy->setIconText(tr("Deploy"));
    m_actions.deploy->setToolTip(tr("Puts each stage onto its device over SSH; what the devices "
                                    "serve now serves on until the new release does"));
    m_actions.test = make("testDevices", tr("&Test Devices"), QStringLiteral("test"), {});
    m_actions.test->setToolTip(tr("Reaches every device of the plan and checks key, log-in, "
                                  "system, memory, disk and ports; changes nothing"));
    m_actions.rollBack = make("rollBack", tr("&Roll Back"), QStringLiteral("rollback"), {});
    m_actions.bringBack =
        make("bringBack", tr("&Go Back to Selected"), QStringLiteral("rollback"), {});
    m_actions.watch = make("watchSelected", tr("&Watch"), QStringLiteral("mode-watch"), {});
    m_actions.undeploy = make("undeploySelected", tr("&Undeploy"), QStringLiteral("stop"), {});
}

void RemoteActions::connectActions()
{
    connect(m_actions.deploy, &QAction::triggered, this, &RemoteActions::deploy);
    connect(m_actions.test, &QAction::triggered, this, &RemoteActions::testDevices);
    connect(m_actions.rollBack, &QAction::triggered, this, &RemoteActions::rollBack);
    connect(m_actions.bringBack, &QAction::triggered, this, &RemoteActions::bringBackChosen);
    connect(m_actions.watch, &QAction::triggered, this, &RemoteActions::watchChosen);
    connect(m_actions.undeploy, &QAction::triggered, this, &RemoteActions::undeployChosen);
    connect(&m_tester, &DeviceTester::changed, this, &RemoteActions::refreshChecks);
    connect(&m_tester, &DeviceTester::finished, this, &RemoteActions::refreshChecks);
    connect(&m_document, &Document::snapshotChanged, this, &RemoteActions::snapshotChanged);
    for (JobRunner* job : {&m_document.loadJob(), &m_document.measureJob()})
        connect(job, &JobRunner::stopped, this, &RemoteActions::enableActions);
    connect(&m_live, &LiveRelease::changed, this, &RemoteActions::workChanged);
    connect(&m_live, &LiveRelease::stepArrived, this, &RemoteActions::hear);
    connect(&m_live, &LiveRelease::done, this, &RemoteActions::heardDone);
    connect(&m_live, &LiveRelease::cancelled, this, &RemoteActions::heardCancelled);
    connect(&m_live, &LiveRelease::failed, this, &RemoteActions::heardFailed);
    connect(&m_live, &LiveRelease::releaseChanged, this, &RemoteActions::refreshHistory);
}

void RemoteActions::answerQuestions()
{
    m_live.questions().setAsker(
        {[this](const ssh::UnknownHostKey& key, std::function<void(ssh::HostKeyAnswer)> then) {
             return m_prompts.hostKey(m_window, key, std::move(then));
         },
         [this](const SecretQuestion& question, std::function<void(SecretAnswer)> then) {
             return m_prompts.secret(m_window, question, std::move(then));
         }});
}

void RemoteActions::setPage(DeployPage* page)
{
    m_page = page;
    connect(page, &DeployPage::remedyRequested, this, &RemoteActions::heal);
    connect(page, &DeployPage::releaseChosen, this, &RemoteActions::enableHistory);
    snapshotChanged(m_document.snapshot());
    refreshHistory();
}

bool RemoteActions::isFree() const
{
    return m_live.work() == Work::None && !m_tester.isRunning();
}

void RemoteActions::snapshotChanged(const Snapshot& snapshot)
{
    if (m_page == nullptr)
        return;
    if (!snapshot.planning && snapshot.plan && snapshot.plan->hasStages())
        m_tester.setPlan(*snapshot.cluster, *snapshot.plan);
    if (!snapshot.planning && std::exchange(m_plan, snapshot.plan) != snapshot.plan)
        m_isTold = false;
    refreshChecks();
    describe();
}

/// The grid of a deployment that has not begun says which devices and steps it will have.
void RemoteActions::describe()
{
    const Snapshot& snapshot = m_document.snapshot();
    if (snapshot.planning || !snapshot.plan || !snapshot.plan->hasStages() || !m_document.model())
        return;
    QStringList devices;
    for (const auto& [at, stage] : snapshot.plan->stages())
        devices << text(snapshot.cluster->devices[stage.device.index()].name);
    m_page->setTitle(tr("Deploy %1 onto %2")
                         .arg(text(m_document.model()->path().filename().string()),
                              devices.join(QStringLiteral(", "))));
    if (m_recipe != Recipe::None || m_isTold)
        return;
    expect(Recipe::Deploy, plannedDevices());
}

void RemoteActions::refreshChecks()
{
    if (m_page == nullptr)
        return;
    const QString model =
        m_document.model() ? text(m_document.model()->path().filename().string()) : QString();
    m_checks = deployChecks(m_document.snapshot(), model, m_tester);
    m_page->setChecks(m_checks);
    enableActions();
}

void RemoteActions::enableActions()
{
    const Snapshot& snapshot = m_document.snapshot();
    const bool hasPlan = !snapshot.planning && snapshot.plan && snapshot.plan->hasStages();
    m_actions.deploy->setEnabled(isFree() && !m_document.loadJob().isRunning() &&
                                 !m_document.measureJob().isRunning() && mayDeploy(m_checks));
    m_actions.test->setEnabled(m_tester.isRunning() || (isFree() && hasPlan));
    m_actions.test->setText(m_tester.isRunning() ? tr("Stop &Testing") : tr("&Test Devices"));
    m_actions.rollBack->setEnabled(isFree() && m_history.target);
    m_actions.rollBack->setToolTip(m_history.target
                                       ? tr("Starts %1 again; what serves now serves until then")
                                             .arg(text(m_history.target->id))
                                       : tr("There is no earlier release to go back to"));
    enableHistory();
    if (m_page != nullptr && m_recipe == Recipe::None && !m_isTold)
        sayWhatIsNext();
}

void RemoteActions::sayWhatIsNext()
{
    const auto count = [this](CheckState state) {
        return static_cast<int>(
            std::count_if(m_checks.begin(), m_checks.end(),
                          [state](const DeployCheck& check) { return check.state == state; }));
    };
    if (const int bad = count(CheckState::Bad); bad > 0)
        m_page->setOutcome(
            DeployPage::Tone::Bad,
            tr("Not ready: %n check(s) of the list must be mended first.", nullptr, bad));
    else if (m_tester.isRunning())
        m_page->setOutcome(DeployPage::Tone::Neutral, tr("The devices are being tested."));
    else if (count(CheckState::Running) > 0)
        m_page->setOutcome(DeployPage::Tone::Neutral, tr("Ready as soon as the plan is."));
    else if (count(CheckState::Untested) > 0)
        m_page->setOutcome(DeployPage::Tone::Neutral,
                           tr("Nothing is known to be wrong. Deploying tests the devices before it "
                              "sends anything."));
    else
        m_page->setOutcome(DeployPage::Tone::Good, tr("Ready: everything was tested."));
}

void RemoteActions::heal(const DeployCheck& check)
{
    if (check.remedy == CheckRemedy::OpenModel)
        emit openModelRequested();
    else if (check.remedy == CheckRemedy::MeasureTimes && !m_document.measureJob().isRunning())
        m_document.measure();
    else if (check.remedy == CheckRemedy::SetAddress)
        askAddress(check.device);
    else if (check.remedy == CheckRemedy::TestDevices && m_actions.test->isEnabled() &&
             !m_tester.isRunning())
        testDevices();
}

void RemoteActions::askAddress(const std::string& device)
{
    m_prompts.text(
        m_window, tr("Set Address"),
        tr("Address of %1: a name or number, or a host of ~/.ssh/config").arg(text(device)), {},
        [this, device](const QString& address) { setAddress(device, address); });
}

void RemoteActions::setAddress(const std::string& device, const QString& address)
{
    const cluster::Cluster& cluster = *m_document.snapshot().cluster;
    const auto id = cluster.find(device);
    if (!id)
        return;
    cluster::Device changed = cluster.devices[id->index()];
    changed.address = address.trimmed().toStdString();
    const auto next = cluster::withDevice(cluster, *id, changed);
    if (next)
        m_document.editCluster(*next, tr("set the address of %1").arg(text(device)));
    else
        emit failed(reasonOf(next.error()));
}

void RemoteActions::testDevices()
{
    if (m_tester.isRunning())
        return m_tester.cancel();
    emit deployRequested();
    m_isTold = false;
    const Snapshot& snapshot = m_document.snapshot();
    m_tester.test({*snapshot.cluster, *snapshot.problem, *snapshot.plan, m_live.runner(), {}});
}

} // namespace millrace::ui
