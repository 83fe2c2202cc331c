// SPDX-License-Identifier: GPL-3.0-or-later
// The Watch mode of the real window against a real release on this computer.
#include "deploy/Process.h"
#include "deploy/UnixTime.h"
#include "support/OnnxBuilder.h"
#include "support/QuietSteps.h"
#include "ui/Window.h"
#include "ui/charts/LadderView.h"
#include "ui/charts/TimeChart.h"
#include "ui/mainwindow/ModeBar.h"
#include "ui/models/HealthTableModel.h"
#include "ui/watch/WatchPage.h"

#include <QAction>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QLabel>
#include <QTableView>

#include <signal.h>

#include <algorithm>
#include <utility>

namespace millrace
{

using test::Window;
using ui::LiveRelease;

namespace
{

constexpr int kSlow = 60000; // sanitizers on a busy machine

/// Each of three devices can hold one convolution only; an answer comes every 50 ms.
const char* const kCluster = R"(millrace: cluster/1
devices:
  - {name: gate, stages: false}
  - {name: a, memory: 51.5 MiB, speed: 0.2}
  - {name: b, memory: 51.5 MiB, speed: 0.3}
  - {name: c, memory: 51.5 MiB, speed: 0.4}
links:
  default: {bandwidth: 1 Mbit/s, delay: 1 ms}
gateway: {device: gate}
)";

} // namespace

class TestWatch : public QObject
{
    Q_OBJECT

    QTemporaryDir m_cache, m_folder;
    int m_number = 0;

    QString file(const char* name) { return m_folder.filePath(QLatin1String(name)); }
    QString settings()
    {
        return m_folder.filePath(QStringLiteral("settings%1.ini").arg(++m_number));
    }
    [[nodiscard]] std::vector<deploy::ProcessId> processes() const
    {
        return deploy::processesNaming(m_cache.filePath(QStringLiteral("state")).toStdString());
    }
    [[nodiscard]] QStringList releaseFolders() const
    {
        return QDir(m_cache.filePath(QStringLiteral("state/releases")))
            .entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    }

    void open(Window& window)
    {
        window->liveRelease().setRunner(MILLRACE_BIN "/millrace-stage");
        window->start({file("small.onnx"), file("cluster.yaml"), {}});
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned(), kSlow);
    }
    void deployed(Window& window)
    {
        open(window);
        window.trigger("deployHere");
        QTRY_VERIFY_WITH_TIMEOUT(isServing(window), kSlow);
    }
    static bool isServing(Window& window)
    {
        LiveRelease& live = window->liveRelease();
        return live.work() == LiveRelease::Work::None && live.status() &&
               live.status()->state == runtime::ServiceState::Serving;
    }
    void send(Window& window)
    {
        window.trigger("sendRequests");
        QTRY_VERIFY_WITH_TIMEOUT(window->liveRelease().status()->answered > 20, kSlow);
    }
    static QString label(Window& window, const char* name)
    {
        return window.child<QLabel>(name)->text();
    }
    static QStringList events(Window& window)
    {
        QStringList texts;
        const auto* model = window.child<QTableView>("eventTable")->model();
        for (int row = 0; row < model->rowCount(); ++row)
            texts << model->index(row, ui::EventTableModel::Text).data().toString();
        return texts;
    }

private slots:
    void initTestCase()
    {
        test::useOwnCache(m_cache);
        test::writeThreeConvolutions(file("small.onnx").toStdString());
        QFile cluster(file("cluster.yaml"));
        QVERIFY(cluster.open(QIODevice::WriteOnly));
        cluster.write(kCluster);
    }
    void init() { test::failOnWarnings(); }
    void cleanup()
    {
        deploy::endProcesses(processes(), std::chrono::seconds(2));
        QDir(m_cache.filePath(QStringLiteral("state"))).removeRecursively();
    }

    void modesHideAndBringBackTheDocks()
    {
        Window window(settings());
        auto* modes = window->findChild<ui::ModeBar*>();
        auto* ladder = window.child<QWidget>("ladderDock");
        QVERIFY(ladder->isVisible());
        window.trigger("mode_watch");
        QCOMPARE(modes->mode(), ui::Mode::Watch);
        QVERIFY(!ladder->isVisible());
        QVERIFY(window.child<QWidget>("watchEmpty")->isVisible());
        QVERIFY(window.child<QWidget>("emptyDeploy")->isVisible());
        window.trigger("mode_plan");
        QVERIFY(ladder->isVisible());
    }

    void deploysWatchesAndLeavesNothing()
    {
        Window window(settings());
        deployed(window);
        QCOMPARE(window->findChild<ui::ModeBar*>()->mode(), ui::Mode::Watch);
        QCOMPARE(window.snapshot().times->source, plan::TimesSource::Measured);
        QVERIFY(window.child<QWidget>("watchLive")->isVisible());
        QCOMPARE(processes().size(), std::size_t{4});
        send(window);
        QTRY_VERIFY_WITH_TIMEOUT(label(window, "tileThroughput").endsWith(QStringLiteral(" /s")) &&
                                     label(window, "tileRatio").endsWith(QStringLiteral(" %")),
                                 kSlow);
        QTRY_VERIFY_WITH_TIMEOUT(
            label(window, "bottleneckSentence").startsWith(QStringLiteral("Bottleneck now: ")),
            kSlow);
        const auto* ladder = window.child<ui::LadderView>("watchLadder");
        QCOMPARE(ladder->rows().size(), std::size_t{7});
        const auto isMeasured = [](const ui::LadderRow& row) { return row.measured.has_value(); };
        QTRY_VERIFY_WITH_TIMEOUT(
            std::all_of(ladder->rows().begin(), ladder->rows().end(), isMeasured), kSlow);
        const auto* chart = window.child<ui::TimeChart>("stageChart");
        QTRY_VERIFY_WITH_TIMEOUT(chart->lines().size() == 3 && !chart->lines()[0].runs.empty(),
                                 kSlow);
        QVERIFY(label(window, "planNote").isEmpty());

        window.answers().file = file("figures.csv");
        window.trigger("exportFigures");
        QFile csv(file("figures.csv"));
        QVERIFY(csv.open(QIODevice::ReadOnly));
        QVERIFY(csv.readAll().count("\r\n") > 3);

        window.trigger("sendRequests");
        QTRY_VERIFY_WITH_TIMEOUT(!window->liveRelease().isSending(), kSlow);
        QTRY_COMPARE_WITH_TIMEOUT(window->liveRelease().status()->inFlight, std::uint64_t{0},
                                  kSlow);
        QCOMPARE(window->liveRelease().status()->lost, std::uint64_t{0});
        window.trigger("stopRelease");
        QTRY_VERIFY_WITH_TIMEOUT(!window->liveRelease().release(), kSlow);
        QVERIFY(processes().empty());
        QVERIFY(releaseFolders().isEmpty());
        QVERIFY(window.child<QWidget>("watchEmpty")->isVisible());
    }

    void pausedPictureStandsStill()
    {
        Window window(settings());
        deployed(window);
        send(window);
        window.trigger("pauseWatch");
        const QString answered = label(window, "tileAnswered");
        const auto* chart = window.child<ui::TimeChart>("throughputChart");
        const auto* ladder = window.child<ui::LadderView>("watchLadder");
        const auto lines = chart->lines();
        const auto rows = ladder->rows();
        const std::uint64_t then = window->liveRelease().status()->answered;
        QTRY_VERIFY_WITH_TIMEOUT(window->liveRelease().status()->answered > then + 10, kSlow);
        QCOMPARE(label(window, "tileAnswered"), answered);
        QVERIFY(chart->lines() == lines && ladder->rows() == rows);
        window.trigger("pauseWatch");
        QVERIFY(label(window, "tileAnswered") != answered);
        QVERIFY(chart->lines() != lines);
    }

    void killedStageShowsWithinASecondAndIsStartedAgain()
    {
        Window window(settings());
        deployed(window);
        send(window);
        const deploy::ProcessId killed = window->liveRelease().release()->nodes[1].process;
        QElapsedTimer timer;
        timer.start();
        const double killedAt = deploy::unixSeconds();
        ::kill(static_cast<pid_t>(killed.pid), SIGKILL);
        const QString down =
            QStringLiteral("Stage 2 on %1 is down. Requests wait for it.")
                .arg(QString::fromStdString(window->liveRelease().release()->nodes[1].device));
        QTRY_VERIFY_WITH_TIMEOUT(events(window).contains(down), kSlow);
        qInfo("the lost stage was shown after %lld ms", timer.elapsed());
        const auto* table = window.child<QTableView>("eventTable");
        const auto* model = static_cast<const ui::EventTableModel*>(table->model());
        const int row = static_cast<int>(events(window).indexOf(down));
        QVERIFY(model->eventAt(row).at - killedAt < 1); // as the gateway says
        QVERIFY(timer.elapsed() < 3000);                // within a second where the machine is free
        QTRY_VERIFY(label(window, "watchState").contains(QStringLiteral("interrupted")));
        const auto* ladder = window.child<ui::LadderView>("watchLadder");
        QTRY_VERIFY(ladder->rows()[3].isDown);
        QTRY_VERIFY(window.child<QAction>("restartDead")->isEnabled());

        window.trigger("restartDead");
        QTRY_VERIFY_WITH_TIMEOUT(isServing(window), kSlow);
        const std::uint64_t before = window->liveRelease().status()->answered;
        QTRY_VERIFY_WITH_TIMEOUT(window->liveRelease().status()->answered > before + 20, kSlow);
        QCOMPARE(window->liveRelease().status()->lost, std::uint64_t{0});
        QVERIFY(window->liveRelease().isSending());
    }

    void gatewayThatIsGoneIsSaidAndDialledAgain()
    {
        Window window(settings());
        deployed(window);
        send(window);
        window.trigger("sendRequests");
        const deploy::ProcessId gateway = window->liveRelease().release()->nodes.back().process;
        ::kill(static_cast<pid_t>(gateway.pid), SIGKILL);
        QTRY_VERIFY_WITH_TIMEOUT(window->liveRelease().link() == LiveRelease::Link::Lost, kSlow);
        QTRY_VERIFY(label(window, "watchState").contains(QStringLiteral("no answer")));
        QVERIFY(events(window).front().contains(QStringLiteral("does not answer")));
        // Nothing of the past looks as if it was so now, and time goes on.
        QCOMPARE(label(window, "tileThroughput"), QStringLiteral("\u2013"));
        QCOMPARE(label(window, "tileAnswered"), QStringLiteral("\u2013"));
        QVERIFY(label(window, "bottleneckSentence").contains(QStringLiteral("nothing is known")));
        const auto* health = window.child<QTableView>("healthTable")->model();
        for (int row = 0; row < health->rowCount(); ++row)
            QCOMPARE(health->index(row, ui::HealthTableModel::State).data().toString(),
                     QStringLiteral("? not known"));
        for (const ui::LadderRow& row : window.child<ui::LadderView>("watchLadder")->rows())
            QVERIFY(!row.measured);
        const auto* chart = window.child<ui::TimeChart>("throughputChart");
        QTRY_VERIFY_WITH_TIMEOUT(
            chart->marks()[0].tip.contains(QStringLiteral("does not answer")) &&
                chart->marks()[0].at < -1,
            kSlow);
        QVERIFY(chart->lines()[1].runs.back().back().x() < chart->marks()[0].at);
        window.trigger("restartDead");
        QTRY_VERIFY_WITH_TIMEOUT(window->liveRelease().link() == LiveRelease::Link::Connected,
                                 kSlow);
        QVERIFY(events(window).contains(QStringLiteral("The gateway answers again.")));
    }

    void releaseThatWasUndeployedElsewhereIsForgotten()
    {
        Window window(settings());
        deployed(window);
        test::QuietSteps quiet;
        const deploy::Release release = *window->liveRelease().release();
        deploy::LocalAccess here;
        QVERIFY(deploy::undeploy(release, here, {}, {}, quiet));
        QTRY_VERIFY_WITH_TIMEOUT(!window->liveRelease().release(), kSlow);
        QVERIFY(window.child<QWidget>("watchEmpty")->isVisible());
        QVERIFY(window.message().contains(QString::fromStdString(release.id)));
    }

    void cancelledDeploymentLeavesNothing()
    {
        Window window(settings());
        open(window);
        window.trigger("deployHere");
        QTRY_VERIFY_WITH_TIMEOUT(window->liveRelease().work() == LiveRelease::Work::Deploying,
                                 kSlow);
        window.trigger("cancelDeploy");
        QTRY_VERIFY_WITH_TIMEOUT(window->liveRelease().work() == LiveRelease::Work::None, kSlow);
        QVERIFY(!window->liveRelease().release());
        QVERIFY(processes().empty());
        QVERIFY(releaseFolders().isEmpty());
        QVERIFY(window.message().contains(QStringLiteral("cancelled")));
        QVERIFY(window.child<QAction>("deployHere")->isEnabled());
    }

    void whatInterruptsTheWaitForMeasuredTimesEndsIt_data()
    {
        QTest::addColumn<bool>("isMeasuring");
        QTest::addColumn<QString>("what");
        for (const char* what :
             {"cancel", "edit", "open", "open with free dimensions", "measure"}) {
            QTest::addRow("%s while measuring", what) << true << QString::fromLatin1(what);
            QTest::addRow("%s while planning", what) << false << QString::fromLatin1(what);
        }
    }
    void whatInterruptsTheWaitForMeasuredTimesEndsIt()
    {
        QFETCH(bool, isMeasuring);
        QFETCH(QString, what);
        test::OnnxBuilder free;
        free.input("x", {"batch", 4})
            .node("Relu", {"x"}, {"y"})
            .output("y")
            .save(file("free.onnx").toStdString());
        test::OnnxBuilder other;
        other.input("x", {1, 4})
            .node("Relu", {"x"}, {"y"})
            .output("y")
            .save(file("other.onnx").toStdString());
        QDir(m_cache.filePath(QStringLiteral("profiles"))).removeRecursively();
        Window window(settings());
        open(window);
        ui::Document& document = window->document();
        bool wasInterrupted = false, hasDeployed = false;
        const auto interrupt = [&] {
            if (std::exchange(wasInterrupted, true))
                return;
            cluster::Cluster slower = *window.snapshot().cluster;
            slower.devices[1].speed = 0.1;
            if (what == QLatin1String("cancel"))
                window.trigger("cancelDeploy");
            else if (what == QLatin1String("edit"))
                document.editCluster(slower, QStringLiteral("slower"));
            else if (what == QLatin1String("measure"))
                document.measure();
            else
                document.openModel(
                    file(what == QLatin1String("open") ? "other.onnx" : "free.onnx").toStdString(),
                    {});
        };
        QObject watcher;
        connect(&window->liveRelease(), &LiveRelease::changed, &watcher, [&] {
            hasDeployed =
                hasDeployed || window->liveRelease().work() == LiveRelease::Work::Deploying;
        });
        if (!isMeasuring)
            connect(&document, &ui::Document::snapshotChanged, &watcher,
                    [&](const ui::Snapshot& snapshot) {
                        if (snapshot.planning &&
                            snapshot.times->source == plan::TimesSource::Measured)
                            QMetaObject::invokeMethod(&watcher, interrupt, Qt::QueuedConnection);
                    });
        QCOMPARE(window.snapshot().times->source, plan::TimesSource::Estimated);
        window.trigger("deployHere");
        if (isMeasuring)
            interrupt();
        QTRY_VERIFY_WITH_TIMEOUT(wasInterrupted && window.isIdle(), kSlow);
        QTRY_VERIFY(!window.child<QAction>("cancelDeploy")->isEnabled());
        QVERIFY(!hasDeployed);
        QVERIFY(processes().empty());
        const auto* steps = window.child<QTableView>("deploySteps")->model();
        QStringList cells;
        for (int column = 1; column < steps->columnCount(); ++column)
            cells << steps->index(0, column).data().toString();
        QCOMPARE(cells.filter(QStringLiteral("cancelled")).size(), 1);
        QVERIFY(cells.filter(QStringLiteral("running")).isEmpty());
    }

    void failedDeploymentSaysWhy()
    {
        Window window(settings());
        open(window);
        window->liveRelease().setRunner("/nowhere/millrace-stage");
        window.trigger("deployHere");
        QTRY_VERIFY_WITH_TIMEOUT(window.message().startsWith(QStringLiteral("Cannot deploy.")),
                                 kSlow);
        QVERIFY(window.message().contains(QStringLiteral("/nowhere/millrace-stage")));
        QVERIFY(releaseFolders().isEmpty());
    }

    void closingAsksAndKeepsRunningOnes()
    {
        const QString kept = settings();
        QString id;
        {
            Window window(kept);
            deployed(window);
            send(window);
            window.answers().unsaved = ui::UnsavedAnswer::Discard;
            window->close();
            QVERIFY(window->isVisible()); // dismissed
            QCOMPARE(window.answers().asked.last(), QStringLiteral("releaseRuns"));
            id = QString::fromStdString(window->liveRelease().release()->id);
            window.answers().running = ui::RunningAnswer::KeepRunning;
            window->close();
            QTRY_VERIFY_WITH_TIMEOUT(!window->isVisible(), kSlow);
        }
        QCOMPARE(processes().size(), std::size_t{4});

        Window again(kept);
        open(again);
        QTRY_VERIFY_WITH_TIMEOUT(isServing(again), kSlow);
        QCOMPARE(QString::fromStdString(again->liveRelease().release()->id), id);
        QCOMPARE(again->findChild<ui::ModeBar*>()->mode(), ui::Mode::Watch);
        QTRY_VERIFY_WITH_TIMEOUT(label(again, "planNote").isEmpty(), kSlow);
        QCOMPARE(again->liveRelease().status()->lost, std::uint64_t{0});
        again.answers().running = ui::RunningAnswer::Stop;
        again.answers().unsaved = ui::UnsavedAnswer::Discard;
        again->close();
        QTRY_VERIFY_WITH_TIMEOUT(!again->isVisible(), kSlow);
        QVERIFY(processes().empty());
        QVERIFY(releaseFolders().isEmpty());
    }

    void closingWhileDeployingAsks()
    {
        Window window(settings());
        open(window);
        window.answers().unsaved = ui::UnsavedAnswer::Discard;
        window.trigger("deployHere");
        QTRY_VERIFY_WITH_TIMEOUT(window->liveRelease().work() == LiveRelease::Work::Deploying,
                                 kSlow);
        window.answers().mayCancelDeploying = true;
        window.answers().running = ui::RunningAnswer::Stop; // it may have been through already
        window->close();
        QVERIFY(window.answers().asked.contains(QStringLiteral("deploying")));
        QTRY_VERIFY_WITH_TIMEOUT(!window->isVisible(), kSlow);
        QVERIFY(processes().empty());
        QVERIFY(releaseFolders().isEmpty());
    }

    void releaseOfAnotherModelIsFoundAndSaid()
    {
        {
            Window window(settings());
            deployed(window);
            // The window is destroyed without being asked, as if it was killed.
        }
        QCOMPARE(processes().size(), std::size_t{4});
        test::OnnxBuilder other;
        other.input("x", {1, 4})
            .node("Relu", {"x"}, {"y"})
            .output("y")
            .save(file("other.onnx").toStdString());
        Window window(settings());
        window->start({file("other.onnx"), file("cluster.yaml"), {}});
        QTRY_VERIFY_WITH_TIMEOUT(isServing(window) && window.isIdle(), kSlow);
        window.trigger("mode_watch");
        QVERIFY(label(window, "planNote").contains(QStringLiteral("small.onnx")));
        window.trigger("openReleasePlan");
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned() && label(window, "planNote").isEmpty(), kSlow);
    }
};

} // namespace millrace

QTEST_MAIN(millrace::TestWatch)
#include "tst_watch.moc"
