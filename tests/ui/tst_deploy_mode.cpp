// SPDX-License-Identifier: GPL-3.0-or-later
// The Deploy mode of the real window against real OpenSSH servers in network namespaces.
#include "deploy/Process.h"
#include "support/OnnxBuilder.h"
#include "support/SshCluster.h"
#include "ui/Window.h"
#include "ui/deploy/DeployPage.h"
#include "ui/mainwindow/ModeBar.h"
#include "ui/models/DevicePalette.h"

#include <QAction>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QLabel>
#include <QPlainTextEdit>
#include <QTableView>

#include <signal.h>

#include <fstream>
#include <iterator>

namespace fs = std::filesystem;

namespace millrace
{

using deploy::StepState;
using test::Window;
using ui::LiveRelease;
using ui::StepTableModel;

namespace
{

constexpr int kSlow = 60000; // sanitizers on a busy machine

} // namespace

class TestDeployMode : public QObject
{
    Q_OBJECT

    QTemporaryDir m_cache, m_folder;
    std::unique_ptr<test::SshCluster> m_cluster;
    int m_number = 0;

    QString file(const char* name) { return m_folder.filePath(QLatin1String(name)); }
    QString settings()
    {
        return m_folder.filePath(QStringLiteral("settings%1.ini").arg(++m_number));
    }
    /// Devices a, b and c; d is switched off.
    void writeCluster()
    {
        std::ofstream out(file("cluster.yaml").toStdString());
        out << "millrace: cluster/1\ndevices:\n  - {name: gate, stages: false}\n";
        for (const char* name : {"a", "b", "c"})
            out << m_cluster->device(name, "memory: 51.5 MiB, speed: 0.5");
        out << m_cluster->device("d", "memory: 51.5 MiB, speed: 0.5, enabled: false")
            << "links:\n  default: {bandwidth: 1 Gbit/s}\ngateway: {device: gate}\n";
    }
    void open(Window& window)
    {
        window->liveRelease().setRunner(MILLRACE_BIN "/millrace-stage");
        window->start({file("small.onnx"), file("cluster.yaml"), {}});
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned(), kSlow);
    }
    void deployed(Window& window)
    {
        window.trigger("deployRemote");
        QTRY_VERIFY_WITH_TIMEOUT(isServing(window), kSlow);
    }
    static bool isServing(Window& window)
    {
        LiveRelease& live = window->liveRelease();
        return live.work() == LiveRelease::Work::None && live.status() &&
               live.link() == LiveRelease::Link::Connected &&
               live.status()->state == runtime::ServiceState::Serving;
    }
    static bool isQuiet(Window& window)
    {
        return window->liveRelease().work() == LiveRelease::Work::None;
    }
    static std::string currentId(Window& window) { return window->liveRelease().release()->id; }
    static StepTableModel& steps(Window& window)
    {
        return window.child<ui::DeployPage>("deployPage")->steps();
    }
    /// The cell of a device (empty: the whole release) and a step, by its title.
    static QModelIndex cell(Window& window, const std::string& device, const char* step)
    {
        StepTableModel& model = steps(window);
        for (int row = 0; row < model.rowCount(); ++row)
            for (int column = 1; column < model.columnCount(); ++column)
                if (model.deviceAt(row) == device &&
                    model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString() ==
                        QLatin1String(step))
                    return model.index(row, column);
        return {};
    }
    static bool isIn(const QModelIndex& cell, StepState state)
    {
        const QVariant value = cell.data(StepTableModel::StateRole);
        return value.isValid() && value.toInt() == static_cast<int>(state);
    }
    static QString label(Window& window, const char* name)
    {
        return window.child<QLabel>(name)->text();
    }
    static QStringList checks(Window& window)
    {
        QStringList texts;
        for (int i = 0; auto* line = window->findChild<QLabel*>(QStringLiteral("check%1").arg(i));
             ++i)
            texts << line->accessibleName();
        return texts;
    }
    /// How often a release of that state is in the history.
    static int count(Window& window, const char* state)
    {
        const auto* model = window.child<QTableView>("releaseHistory")->model();
        int found = 0;
        for (int row = 0; row < model->rowCount(); ++row)
            found += model->index(row, ui::ReleaseTableModel::State)
                         .data()
                         .toString()
                         .contains(QLatin1String(state));
        return found;
    }
    static QString stateOf(Window& window, const std::string& id)
    {
        const auto* model = window.child<QTableView>("releaseHistory")->model();
        for (int row = 0; row < model->rowCount(); ++row)
            if (model->index(row, ui::ReleaseTableModel::Id).data().toString().toStdString() == id)
                return model->index(row, ui::ReleaseTableModel::State).data().toString();
        return {};
    }
    /// What a failed test has left must not fail the next ones.
    static void clear(const test::TestHost& host)
    {
        for (const ::pid_t pid : host.processes()) {
            std::ifstream line("/proc/" + std::to_string(pid) + "/cmdline");
            const std::string name{std::istreambuf_iterator<char>(line), {}};
            if (name.find("/millrace-stage") != std::string::npos)
                ::kill(pid, SIGKILL);
        }
        fs::remove_all(host.home / ".millrace");
    }
    void forgetHostKeys() { std::ofstream(m_cluster->knownHosts()).flush(); }
    [[nodiscard]] bool isClean(const char* host) const
    {
        return !fs::exists(m_cluster->folder(host));
    }
    /// c's stage moves to d.
    static void useAnotherDevice(Window& window)
    {
        cluster::Cluster changed = *window.snapshot().cluster;
        changed.devices[3].enabled = !changed.devices[3].enabled;
        changed.devices[4].enabled = !changed.devices[4].enabled;
        window->document().editCluster(changed, QStringLiteral("swap"));
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned(), kSlow);
    }
    void undeployed(Window& window)
    {
        window.answers().mayUndeploy = true;
        window.trigger("stopRelease");
        QTRY_VERIFY_WITH_TIMEOUT(!window->liveRelease().release(), kSlow);
    }

private slots:
    void initTestCase()
    {
        if (const std::string missing = test::TestHosts::missing(); !missing.empty())
            QSKIP(("no SSH hosts: " + missing).c_str());
        m_cluster = std::make_unique<test::SshCluster>(std::vector<test::TestHostOptions>{
            {"a", {}, "", ""}, {"b", {}, "", ""}, {"c", {}, "", ""}, {"d", {}, "", ""}});
        test::useOwnCache(m_cache);
        test::writeThreeConvolutions(file("small.onnx").toStdString());
        writeCluster();
    }
    void init()
    {
        if (!m_cluster)
            QSKIP("no SSH hosts");
        test::failOnWarnings();
        m_cluster->knowAll();
    }
    void cleanup()
    {
        if (!m_cluster)
            return;
        deploy::endProcesses(
            deploy::processesNaming(m_cache.filePath(QStringLiteral("state")).toStdString()),
            std::chrono::seconds(2));
        QDir(m_cache.filePath(QStringLiteral("state"))).removeRecursively();
        for (const char* host : {"a", "b", "c", "d"}) {
            fs::permissions(m_cluster->host(host).home, fs::perms(0700));
            clear(m_cluster->host(host));
        }
    }
    void cleanupTestCase() { m_cluster.reset(); }

    void unknownHostKeysAreAskedForAndRemembered()
    {
        forgetHostKeys();
        Window window(settings());
        open(window);
        window.trigger("mode_deploy");
        QVERIFY(checks(window).filter(QStringLiteral("Not tested: ")).size() == 4);
        window.answers().hostKey = ssh::HostKeyAnswer::AcceptAndRemember;
        deployed(window);
        for (const char* host : {"a", "b", "c"})
            QCOMPARE(window.answers().asked.count(
                         QStringLiteral("hostKey ada@%1")
                             .arg(QString::fromStdString(m_cluster->host(host).address))),
                     1);
        QCOMPARE(window->findChild<ui::ModeBar*>()->mode(), ui::Mode::Watch);
        for (const char* step : {"Reach", "Check", "Lock", "Upload", "Start", "Warm up"})
            QVERIFY2(isIn(cell(window, "a", step), StepState::Done), step);
        for (const char* step : {"Split", "Health", "Switch"})
            QVERIFY2(isIn(cell(window, "", step), StepState::Done), step);
        QVERIFY(checks(window).filter(QStringLiteral("In order: ")).size() >= 5);
        undeployed(window);
        for (const char* host : {"a", "b", "c"})
            QVERIFY2(isClean(host), host);
        QTRY_COMPARE_WITH_TIMEOUT(count(window, "current"), 0, kSlow);
    }

    void refusedHostKeySendsNothing()
    {
        forgetHostKeys();
        Window window(settings());
        open(window);
        window.answers().hostKey = ssh::HostKeyAnswer::Refuse;
        window.trigger("deployRemote");
        QTRY_VERIFY_WITH_TIMEOUT(isQuiet(window), kSlow);
        QVERIFY(label(window, "deployOutcome").startsWith(QStringLiteral("Cannot deploy.")));
        QVERIFY(window.message().isEmpty()); // once is enough
        QVERIFY(isIn(cell(window, "a", "Reach"), StepState::Failed));
        QVERIFY(cell(window, "a", "Reach")
                    .data(StepTableModel::DetailRole)
                    .toString()
                    .contains(QStringLiteral("was not accepted")));
        QVERIFY(isIn(cell(window, "a", "Upload"), StepState::Waiting));
        for (const char* host : {"a", "b", "c"})
            QVERIFY2(isClean(host), host);
        QCOMPARE(checks(window).filter(QStringLiteral("To be mended: ")).size(), 3);
        QVERIFY(!window.child<QAction>("deployRemote")->isEnabled());
        QVERIFY(window.child<QAction>("testDevices")->isEnabled());
    }

    void cancelTakesAnOpenQuestionBack()
    {
        forgetHostKeys();
        Window window(settings());
        open(window);
        window.trigger("deployRemote");
        QTRY_VERIFY_WITH_TIMEOUT(!window.answers().asked.isEmpty(), kSlow);
        QElapsedTimer timer;
        timer.start();
        window.trigger("cancelDeploy");
        QTRY_VERIFY_WITH_TIMEOUT(isQuiet(window), kSlow);
        QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
        QTRY_VERIFY(window.answers().asked.contains(QStringLiteral("withdrawn")));
        QVERIFY(label(window, "deployOutcome").contains(QStringLiteral("cancelled")));
    }

    void windowGoesWhileAQuestionIsOpen()
    {
        forgetHostKeys();
        QElapsedTimer timer;
        {
            Window window(settings());
            open(window);
            window.trigger("testDevices");
            QTRY_VERIFY_WITH_TIMEOUT(!window.answers().asked.isEmpty(), kSlow);
            timer.start();
        }
        QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
    }

    void testOfDevicesSaysWhatToMend()
    {
        Window window(settings());
        open(window);
        fs::permissions(m_cluster->host("b").home, fs::perms(0500));
        window.trigger("testDevices");
        QCOMPARE(window->findChild<ui::ModeBar*>()->mode(), ui::Mode::Deploy);
        const auto bad = [&] { return checks(window).filter(QStringLiteral("To be mended: ")); };
        QTRY_VERIFY_WITH_TIMEOUT(bad().size() == 1, kSlow);
        QVERIFY2(bad().first().contains(QStringLiteral("b is not ready. Folder: ")) &&
                     bad().first().contains(QStringLiteral("cannot be written to")),
                 qPrintable(bad().first()));
        QTRY_VERIFY_WITH_TIMEOUT(
            checks(window).filter(QStringLiteral("is ready: host key and log-in")).size() == 2,
            kSlow);
        QVERIFY(!window.child<QAction>("deployRemote")->isEnabled());
        fs::permissions(m_cluster->host("b").home, fs::perms(0700));
        QTRY_VERIFY_WITH_TIMEOUT(
            window.child<QAction>("testDevices")->text().contains(QStringLiteral("Devices")),
            kSlow);
        window.trigger("testDevices");
        QTRY_VERIFY_WITH_TIMEOUT(window.child<QAction>("deployRemote")->isEnabled(), kSlow);
        QVERIFY(label(window, "deployOutcome").startsWith(QStringLiteral("Ready")));
        for (const char* host : {"a", "b", "c"})
            QVERIFY2(isClean(host), host);
    }

    void failureIsNamedInItsCellAndTheRestUndone()
    {
        Window window(settings());
        open(window);
        std::ofstream(m_cluster->folder("c")) << "not a folder";
        window.trigger("deployRemote");
        QTRY_VERIFY_WITH_TIMEOUT(isQuiet(window), kSlow);
        fs::remove(m_cluster->folder("c"));
        const QModelIndex failed = cell(window, "c", "Lock");
        QVERIFY(isIn(failed, StepState::Failed));
        QVERIFY(isIn(cell(window, "a", "Lock"), StepState::Undone));
        for (const char* look : {"Reach", "Check"})
            for (const char* device : {"a", "b", "c"})
                QVERIFY2(isIn(cell(window, device, look), StepState::Done), look);
        QCOMPARE(window.child<QTableView>("deployGrid")->currentIndex(), failed);
        const QString detail = window.child<QPlainTextEdit>("stepDetail")->toPlainText();
        QVERIFY2(detail.startsWith(QStringLiteral("c, Lock: failed")) &&
                     detail.contains(QStringLiteral("cannot make the folder")),
                 qPrintable(detail));
        QVERIFY(label(window, "deployOutcome").contains(QStringLiteral("c: lock: ")));
        QVERIFY(!window->liveRelease().release());
        for (const char* host : {"a", "b", "c"})
            QVERIFY2(isClean(host), host);
        QVERIFY(window.child<QAction>("deployRemote")->isEnabled());
    }

    void goesBackAndWatches()
    {
        Window window(settings());
        open(window);
        QVERIFY(!window.child<QAction>("rollBack")->isEnabled());
        deployed(window);
        const std::string first = currentId(window);
        window.trigger("sendRequests");
        QTRY_VERIFY_WITH_TIMEOUT(window->liveRelease().status()->answered > 20, kSlow);
        QTRY_VERIFY_WITH_TIMEOUT(label(window, "tileThroughput").endsWith(QStringLiteral(" /s")),
                                 kSlow);
        useAnotherDevice(window);
        deployed(window);
        const std::string second = currentId(window);
        QVERIFY(first != second);
        QTRY_COMPARE_WITH_TIMEOUT(count(window, "current"), 1, kSlow);
        QTRY_COMPARE_WITH_TIMEOUT(count(window, "replaced"), 1, kSlow);
        QVERIFY(m_cluster->runners("c").empty() && !m_cluster->runners("d").empty());

        QTRY_VERIFY_WITH_TIMEOUT(window.child<QAction>("rollBack")->isEnabled(), kSlow);
        window.trigger("rollBack");
        QTRY_VERIFY_WITH_TIMEOUT(isServing(window) && currentId(window) == first, kSlow);
        QCOMPARE(window->findChild<ui::ModeBar*>()->mode(), ui::Mode::Deploy);
        QVERIFY(isIn(cell(window, "", "Switch"), StepState::Done));
        QVERIFY(label(window, "deployOutcome").contains(QStringLiteral("serves again")));
        QVERIFY(!m_cluster->runners("c").empty() && m_cluster->runners("d").empty());
        QTRY_VERIFY_WITH_TIMEOUT(stateOf(window, first).contains(QStringLiteral("current")), kSlow);
        QVERIFY(stateOf(window, second).contains(QStringLiteral("replaced")));
        undeployed(window);
        QCOMPARE(window.answers().asked.last(), QStringLiteral("undeploy 1"));
        for (const char* host : {"a", "b", "c", "d"})
            QVERIFY2(isClean(host), host);
    }

    void cancelInTheMiddleLeavesWhatServed()
    {
        Window window(settings());
        open(window);
        deployed(window);
        const std::string serving = currentId(window);
        useAnotherDevice(window);
        bool wasCancelled = false;
        QObject watcher;
        connect(&window->liveRelease(), &LiveRelease::stepArrived, &watcher,
                [&](const deploy::StepUpdate& update) {
                    // What was uploaded is there, and has to go again.
                    if (update.step == deploy::StepId::Start &&
                        update.state == StepState::Running && !std::exchange(wasCancelled, true))
                        window.trigger("cancelDeploy");
                });
        window.trigger("deployRemote");
        QTRY_VERIFY_WITH_TIMEOUT(wasCancelled && isQuiet(window), kSlow);
        QVERIFY(label(window, "deployOutcome").contains(QStringLiteral("cancelled")));
        QVERIFY2(
            label(window, "deployOutcome").contains(QStringLiteral("Undone: Lock, Split, Upload")),
            qPrintable(label(window, "deployOutcome")));
        QCOMPARE(currentId(window), serving);
        QVERIFY(isServing(window));
        QVERIFY(isClean("d") && m_cluster->runners("d").empty());
        QCOMPARE(std::distance(fs::directory_iterator(m_cluster->folder("a") / "releases"), {}), 1);
        undeployed(window);
    }

    /// There is nothing to undo yet; still it is no success, and nothing new to watch.
    void cancelBeforeAnythingChangedIsNoSuccess()
    {
        Window window(settings());
        open(window);
        deployed(window);
        const std::string serving = currentId(window);
        useAnotherDevice(window);
        forgetHostKeys();
        window.trigger("deployRemote");
        QTRY_VERIFY_WITH_TIMEOUT(!window.answers().asked.isEmpty(), kSlow);
        window.trigger("cancelDeploy");
        QTRY_VERIFY_WITH_TIMEOUT(isQuiet(window), kSlow);
        QCOMPARE(label(window, "deployOutcome"),
                 QStringLiteral("Deploying was cancelled. What it began was undone."));
        const QPalette inked = window.child<QLabel>("deployOutcome")->palette();
        QVERIFY(inked.color(QPalette::WindowText) != ui::DevicePalette(inked).good());
        QCOMPARE(window->findChild<ui::ModeBar*>()->mode(), ui::Mode::Deploy);
        QCOMPARE(currentId(window), serving);
        m_cluster->knowAll();
        undeployed(window);
    }

    void closedWindowFindsItAgain()
    {
        const QString kept = settings();
        std::string id;
        {
            Window window(kept);
            open(window);
            deployed(window);
            id = currentId(window);
            // The window is destroyed without being asked, as if it was killed.
        }
        QVERIFY(!m_cluster->runners("a").empty());
        Window again(kept);
        open(again);
        QTRY_VERIFY_WITH_TIMEOUT(isServing(again), kSlow);
        QCOMPARE(currentId(again), id);
        QCOMPARE(again->liveRelease().deadNodes(), 0);
        again.answers().running = ui::RunningAnswer::Stop;
        again.answers().unsaved = ui::UnsavedAnswer::Discard;
        again->close();
        QTRY_VERIFY_WITH_TIMEOUT(!again->isVisible(), kSlow);
        for (const char* host : {"a", "b", "c"})
            QVERIFY2(isClean(host), host);
    }

    void closingWhileDeployingAsksAndUndoes()
    {
        Window window(settings());
        open(window);
        window.answers().unsaved = ui::UnsavedAnswer::Discard;
        window.answers().mayCancelDeploying = true;
        const test::TestHost& slow = m_cluster->host("c");
        bool isBegun = false;
        QObject watcher;
        connect(&window->liveRelease(), &LiveRelease::stepArrived, &watcher,
                [&](const deploy::StepUpdate& update) {
                    // Every device is locked now; it cannot be through before it is cancelled.
                    if (update.step == deploy::StepId::Split &&
                        update.state == StepState::Running && !std::exchange(isBegun, true))
                        slow.signalAll(SIGSTOP);
                });
        window.trigger("deployRemote");
        QTRY_VERIFY_WITH_TIMEOUT(isBegun, kSlow);
        window->close();
        slow.signalAll(SIGCONT);
        QVERIFY(window.answers().asked.contains(QStringLiteral("deploying")));
        QTRY_VERIFY_WITH_TIMEOUT(!window->isVisible(), kSlow);
        // It was cancelled, not waited for and then stopped.
        QVERIFY(!window.answers().asked.contains(QStringLiteral("releaseRuns")));
        QVERIFY(label(window, "deployOutcome").contains(QStringLiteral("cancelled")));
        for (const char* host : {"a", "b", "c"})
            QVERIFY2(isClean(host), host);
    }
};

} // namespace millrace

QTEST_MAIN(millrace::TestDeployMode)
#include "tst_deploy_mode.moc"
