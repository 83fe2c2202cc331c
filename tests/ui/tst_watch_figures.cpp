// SPDX-License-Identifier: GPL-3.0-or-later
// What the Watch mode shows, as values: figures from counters, history in bounded memory, tables.
#include "deploy/SmallRelease.h"
#include "ui/charts/LadderView.h"
#include "ui/charts/TimeChart.h"
#include "ui/models/EventTableModel.h"
#include "ui/models/Figures.h"
#include "ui/models/HealthTableModel.h"
#include "ui/models/SelectionBridge.h"
#include "ui/models/StepTableModel.h"

#include <QAbstractItemModelTester>
#include <QChartView>
#include <QLineSeries>
#include <QRegularExpression>
#include <QTest>
#include <QTextDocumentFragment>

#include <cmath>

namespace millrace
{

using ui::WatchFigures;
using ui::WatchHistory;

namespace
{

constexpr double kStart = 1764023730;

runtime::Summary summary(std::uint64_t count, double each)
{
    runtime::Summary summary;
    summary.count = count;
    summary.sum = static_cast<double>(count) * each;
    return summary;
}

/// Of the small release after `seconds`, with 1.5 answers per host second, as its gateway says it:
/// times are divided by the dilation already.
runtime::LiveStatus status(double seconds, std::uint64_t answered)
{
    runtime::LiveStatus status;
    status.incarnation = 7;
    status.at = kStart + seconds;
    status.upSeconds = seconds;
    status.state = runtime::ServiceState::Serving;
    status.dilation = 1.5;
    status.answered = answered;
    status.inFlight = 3;
    status.latency = summary(answered, 0.9);
    status.latency.p50 = 0.9;
    for (const auto& [device, compute] : {std::pair("a", 0.41), std::pair("b", 0.2)}) {
        runtime::StageStatus stage;
        stage.device = device;
        stage.up = true;
        stage.metrics.incarnation = 11;
        stage.metrics.compute = summary(answered, compute);
        stage.metrics.cpuSeconds = 0.1 * seconds;
        stage.metrics.memory = Bytes{20 << 20};
        stage.metrics.peakMemory = Bytes{30 << 20};
        status.stages.push_back(stage);
    }
    for (const double transfer : {0.1, 0.3, 0.05}) {
        status.hops.push_back({"", "", 100000, answered, summary(answered, transfer)});
    }
    return status;
}

/// What a tooltip says to people.
QString shown(const QVariant& tip)
{
    return QTextDocumentFragment::fromHtml(tip.toString()).toPlainText();
}

bool isNear(double a, double b)
{
    return std::abs(a - b) < 1e-9 * std::max(std::abs(a), std::abs(b));
}

} // namespace

class TestWatchFigures : public QObject
{
    Q_OBJECT

    static deploy::Release release() { return test::smallRelease("/tmp/releases/small"); }

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void ratesAreDifferencesWithTheDilationDividedOut()
    {
        WatchHistory history(5);
        history.add(status(10, 100));
        QVERIFY(!history.latest().throughput);
        for (int second = 11; second <= 30; ++second)
            history.add(status(second, static_cast<std::uint64_t>(100 + 2 * (second - 10))));
        const ui::WatchRates rates = history.latest();
        QVERIFY(isNear(*rates.throughput, 2 * 1.5));
        QVERIFY(isNear(rates.stages[0].compute->value, 0.41));
        QVERIFY(isNear(rates.stages[0].cpu.value(), 0.1));
        QVERIFY(isNear(rates.transfers[1]->value, 0.3));
    }

    void onlyTheWindowCounts()
    {
        WatchHistory history(5);
        history.add(status(0, 0));
        history.add(status(10, 10));
        runtime::LiveStatus slower = status(20, 20);
        slower.stages[0].metrics.compute.sum += 10 * 0.2; // the last ten took 0.61 s each
        history.add(slower);
        QVERIFY(isNear(history.latest().stages[0].compute->value, 0.61));
    }

    void statusesThatAreOldAreIgnored()
    {
        WatchHistory history;
        history.add(status(10, 10));
        history.add(status(9, 9));
        QCOMPARE(history.points().size(), std::size_t{1});
    }

    /// The gateway's own clock says which status is newer; the wall clock may be put back.
    void wallClockThatGoesBackBeginsAnew()
    {
        WatchHistory history(5);
        history.add(status(0, 0));
        history.add(status(10, 10));
        for (const double second : {20.0, 30.0}) {
            runtime::LiveStatus behind = status(second, static_cast<std::uint64_t>(second));
            behind.at -= 3600;
            history.add(behind);
        }
        QCOMPARE(history.points().size(), std::size_t{2});
        QCOMPARE(history.points().back().at, kStart + 30 - 3600);
        QVERIFY(isNear(*history.latest().throughput, 1.5));
    }

    /// The gateway adds up what the stages count; one that starts anew takes its part away.
    void deadlinesOfARestartedStageCountNothing()
    {
        WatchHistory history(5);
        const auto add = [&history](double second, std::uint64_t all, std::uint64_t late) {
            runtime::LiveStatus at = status(second, static_cast<std::uint64_t>(second));
            at.deadlines = all;
            at.lateDeadlines = late;
            history.add(at);
        };
        add(0, 0, 0);
        add(10, 1000, 500);
        add(20, 400, 200);
        QCOMPARE(history.points().back().deadlines, std::uint64_t{1000});
        QCOMPARE(history.points().back().lateDeadlines, std::uint64_t{500});
        add(30, 500, 200);
        QCOMPARE(history.points().back().deadlines, std::uint64_t{1100});
        QCOMPARE(history.points().back().lateDeadlines, std::uint64_t{500});
    }

    /// Counters begin anew with a runner that restarts, and where they are told to.
    void countersThatBeginAnew_data()
    {
        QTest::addColumn<quint64>("incarnation");
        QTest::addColumn<quint64>("count");
        QTest::newRow("runner restarted, fewer") << quint64{12} << quint64{4};
        QTest::newRow("runner restarted, as many") << quint64{12} << quint64{100};
        QTest::newRow("told to begin anew") << quint64{11} << quint64{4};
    }
    void countersThatBeginAnew()
    {
        QFETCH(quint64, incarnation);
        QFETCH(quint64, count);
        WatchHistory history(5);
        history.add(status(0, 90));
        history.add(status(10, 100));
        runtime::LiveStatus after = status(20, 110);
        after.stages[0].metrics.incarnation = incarnation;
        after.stages[0].metrics.compute = summary(count, 0.7);
        after.stages[0].metrics.cpuSeconds = incarnation == 11 ? 2 : 0.5;
        history.add(after);
        const ui::WatchRates rates = history.latest();
        QVERIFY(isNear(rates.stages[0].compute->value, 0.7));
        QVERIFY(isNear(rates.stages[1].compute->value, 0.2));
        QVERIFY(*rates.stages[0].cpu > 0);
        QVERIFY(isNear(*rates.throughput, 1.5));
        QVERIFY(history.points().back().stages[0].compute.count == 100 + count);
    }

    void nothingIsToldAcrossAGap()
    {
        WatchHistory history(60);
        history.add(status(0, 0));
        history.add(status(10, 10));
        history.addGap();
        history.add(status(40, 400));
        QVERIFY(history.points().back().isAfterGap);
        QVERIFY(!history.latest().throughput);
        history.add(status(50, 410));
        QVERIFY(isNear(*history.latest().throughput, 1.5));
        runtime::LiveStatus restarted = status(60, 3);
        restarted.incarnation = 8;
        restarted.upSeconds = 2;
        history.add(restarted);
        QVERIFY(history.points().back().isAfterGap);
        const auto series = history.last(1000, 100);
        QCOMPARE(std::count_if(series.begin(), series.end(),
                               [](const ui::WatchRates& rates) { return rates.isAfterGap; }),
                 2);
    }

    void twoDaysFitInBoundedMemory()
    {
        WatchHistory history(5);
        std::size_t most = 0;
        for (int i = 0; i < 2 * 24 * 3600 * 2; ++i) {
            history.add(status(i * 0.5, static_cast<std::uint64_t>(i)));
            most = std::max(most, history.points().size());
        }
        QVERIFY2(most < 4000, qPrintable(QString::number(most)));
        QVERIFY(history.points().back().at - history.points().front().at > 23 * 3600);
        for (const double range : {60.0, 3600.0, 86400.0}) {
            const auto series = history.last(range, 300);
            QVERIFY(series.size() <= 300);
            QVERIFY(series.size() > 100);
            QCOMPARE(series.back().at, history.points().back().at);
            // Thinning loses points, never answers.
            for (const ui::WatchRates& rates : series)
                QVERIFY(isNear(rates.throughput.value_or(3), 3));
        }
    }

    void linesKeepTheirCornersAsTimeGoesOn()
    {
        WatchHistory history(5);
        for (int i = 0; i < 2000; ++i)
            history.add(status(i * 0.35, static_cast<std::uint64_t>(i)));
        const auto before = history.last(300, 100);
        history.add(status(2000 * 0.35, 2000));
        const auto after = history.last(300, 100);
        std::size_t kept = 0;
        for (const ui::WatchRates& rates : after)
            kept += std::any_of(before.begin(), before.end(),
                                [&](const ui::WatchRates& old) { return old.at == rates.at; });
        QVERIFY(kept + 2 >= after.size());
    }

    void figuresAndTheBottleneckInWords()
    {
        WatchHistory history(5);
        history.add(status(0, 0));
        history.add(status(10, 16));
        const WatchFigures figures = ui::watchFigures(release(), status(10, 16), history);
        QVERIFY(isNear(*figures.throughput, 2.4));
        QVERIFY(isNear(figures.predictedThroughput, 2.5));
        QVERIFY(isNear(*figures.ratio(), 0.96));
        QVERIFY(figures.isComparable());
        QCOMPARE(figures.bottleneck->kind, plan::BottleneckKind::Compute);
        QCOMPARE(figures.bottleneck->index, 0);
        QCOMPARE(ui::bottleneckSentence(release(), figures),
                 QStringLiteral("Bottleneck now: compute on a, 410 ms (predicted 400 ms)."));
        QVERIFY(ui::disturbanceSentence(release(), figures)
                    .startsWith(QStringLiteral("Everything runs 1.50 times slower")));
        const auto rows = ui::measuredRows(ui::snapshotOf(release()), figures);
        QCOMPARE(rows.size(), std::size_t{5});
        QVERIFY(rows[1].bottleneck && !rows[2].bottleneck);
        QVERIFY(isNear(rows[2].measured->value, 0.3));
        QCOMPARE(rows[2].predicted.value, 0.3);
    }

    void anotherBottleneckThanPlanned()
    {
        WatchHistory history(5);
        runtime::LiveStatus slow = status(10, 16);
        slow.hops[1].transfer = summary(16, 0.6);
        history.add(slow);
        const WatchFigures figures = ui::watchFigures(release(), slow, history);
        QCOMPARE(figures.bottleneck->kind, plan::BottleneckKind::Transfer);
        QCOMPARE(ui::bottleneckSentence(release(), figures),
                 QStringLiteral("Bottleneck now: link a > b, 600 ms (predicted 300 ms). The plan "
                                "expected compute on a."));
    }

    void withoutOverlapAStageIsItsSum()
    {
        deploy::Release serial = release();
        serial.problem.overlap = plan::Overlap::No;
        plan::fillFigures(serial.problem, serial.plan);
        WatchHistory history(5);
        history.add(status(10, 16));
        const WatchFigures figures = ui::watchFigures(serial, status(10, 16), history);
        QCOMPARE(figures.bottleneck->kind, plan::BottleneckKind::Stage);
        QVERIFY(isNear(figures.bottleneckTime.value, 0.1 + 0.41 + 0.3));
    }

    void nothingMeasuredIsSaid()
    {
        WatchHistory history(5);
        history.add(status(1, 0));
        const WatchFigures figures = ui::watchFigures(release(), status(1, 0), history);
        QVERIFY(!figures.bottleneck && !figures.ratio());
        QVERIFY(ui::bottleneckSentence(release(), figures)
                    .startsWith(QStringLiteral("Nothing is measured yet.")));
    }

    void lateDeadlinesCannotBeCompared()
    {
        WatchHistory history(5);
        history.add(status(0, 0));
        runtime::LiveStatus late = status(10, 16);
        late.deadlines = 100;
        late.lateDeadlines = 3;
        history.add(late);
        const WatchFigures figures = ui::watchFigures(release(), late, history);
        QVERIFY(!figures.isComparable());
        QVERIFY(ui::disturbanceSentence(release(), figures).contains(QStringLiteral("3.00 %")));
    }

    void csvHasAHeaderAndARowForEachPoint()
    {
        WatchHistory history(5);
        history.add(status(0, 0));
        history.add(status(10, 16));
        deploy::Release odd = release();
        odd.nodes[0].device = "a,\"b\"";
        const QString csv = QString::fromStdString(ui::watchCsv(odd, history.last(60, 100)));
        const QStringList lines = csv.split(QStringLiteral("\r\n"));
        QCOMPARE(lines.size(), 4);
        QVERIFY(lines[0].startsWith(QStringLiteral("time,throughput_per_s,predicted_per_s")));
        QVERIFY(lines[0].contains(QStringLiteral("\"stage 1 a,\"\"b\"\" compute_s\"")));
        QVERIFY(
            lines[2].startsWith(QStringLiteral("2025-11-24T22:35:40.000Z,2.4,2.5,0.9,,,3,1,0.41")));
        QCOMPARE(lines[2].count(QLatin1Char(',')), 6 + 2 * 5 + 3);
    }

    void tablesOfFigures()
    {
        ui::HealthTableModel health;
        const QAbstractItemModelTester tester(
            &health, QAbstractItemModelTester::FailureReportingMode::QtTest);
        health.setRelease(release());
        QCOMPARE(health.rowCount(), 2);
        WatchHistory history(5);
        runtime::LiveStatus down = status(10, 16);
        down.stages[1].up = false;
        history.add(down);
        health.setFigures(ui::watchFigures(release(), down, history));
        using Column = ui::HealthTableModel::Column;
        QCOMPARE(health.index(0, Column::Peak).data().toString(), QStringLiteral("30.0 MiB"));
        QCOMPARE(health.index(0, Column::Limit).data().toString(), QStringLiteral("64.0 MiB"));
        QVERIFY(health.index(1, Column::State).data().toString().contains(QStringLiteral("down")));
        QVERIFY(health.index(1, Column::State).data(Qt::ForegroundRole).isValid());
        health.clear();
        QCOMPARE(health.rowCount(), 0);
    }

    void namesAreNotMarkup()
    {
        const QString name = QStringLiteral("<b>a</b><img src=x>");
        deploy::Release odd = release();
        odd.nodes[0].device = name.toStdString();
        odd.problem.devices[odd.plan.stages[0].device.index()].name = name.toStdString();
        ui::HealthTableModel health;
        health.setRelease(odd);
        using Column = ui::HealthTableModel::Column;
        QCOMPARE(shown(health.index(0, Column::Device).data(Qt::ToolTipRole)), name);
        QVERIFY(shown(health.index(0, Column::Memory).data(Qt::ToolTipRole)).startsWith(name));
        ui::EventTableModel events;
        events.add(ui::watchEvent(
            odd, {1, kStart, runtime::EventKind::StageDown, 0, "<h1>stage</h1>\nis down"}));
        QCOMPARE(shown(events.index(0, 0).data(Qt::ToolTipRole)),
                 QStringLiteral("<h1>stage</h1>\nis down"));
        ui::StepTableModel steps;
        steps.update({"a", "start", deploy::StepState::Failed, -1, "no <i>space</i>"}, 1);
        QCOMPARE(shown(steps.index(0, 1).data(Qt::ToolTipRole)), QStringLiteral("no <i>space</i>"));
    }

    void reasonsBeginASentenceButNamesStayAsTheyAre_data()
    {
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("reason");
        QTest::newRow("word") << "the connection ended"
                              << "The connection ended";
        QTest::newRow("file") << "small.onnx: no such file"
                              << "small.onnx: no such file";
        QTest::newRow("device") << "nano: no route"
                                << "nano: no route";
        QTest::newRow("program") << "millrace-stage ended"
                                 << "millrace-stage ended";
        QTest::newRow("nothing") << ""
                                 << "";
    }
    void reasonsBeginASentenceButNamesStayAsTheyAre()
    {
        QFETCH(QString, message);
        QFETCH(QString, reason);
        QCOMPARE(ui::reasonOf({ErrorCode::Network, message.toStdString()}), reason);
    }

    void withoutTheGatewayNothingIsKnown()
    {
        const WatchFigures unknown = ui::unknownFigures(release());
        QVERIFY(!unknown.throughput && !unknown.bottleneck && !unknown.ratio());
        ui::HealthTableModel health;
        health.setRelease(release());
        WatchHistory history(5);
        history.add(status(10, 16));
        health.setFigures(ui::watchFigures(release(), status(10, 16), history));
        using Column = ui::HealthTableModel::Column;
        QVERIFY(health.index(0, Column::State).data().toString().contains(QStringLiteral("up")));
        health.setFigures(unknown);
        QCOMPARE(health.index(0, Column::State).data().toString(), QStringLiteral("? not known"));
        QCOMPARE(health.index(0, Column::Cpu).data().toString(), QStringLiteral("-"));
        QCOMPARE(health.index(0, Column::Peak).data().toString(), QStringLiteral("-"));
        QCOMPARE(health.index(0, Column::Limit).data().toString(), QStringLiteral("64.0 MiB"));
        for (const ui::LadderRow& row : ui::measuredRows(ui::snapshotOf(release()), unknown))
            QVERIFY(!row.isDown && !row.measured);
    }

    /// A run is one series; a single point is a short stroke; series of runs that are gone go, too.
    void chartDrawsEveryRun()
    {
        ui::TimeChart chart(QStringLiteral("chart"), QStringLiteral("Chart"),
                            ui::ChartUnit::Seconds);
        const auto* view = chart.findChild<QChartView*>();
        chart.setSpan(300, QStringLiteral("now"), kStart);
        ui::ChartLine line{QStringLiteral("a"), Qt::blue, Qt::SolidLine, 2, {}};
        line.runs = {{{-200, 0.4}, {-190, 0.5}, {-180, 0.4}}, {{-100, 0.3}}};
        chart.setLines({line});
        QCOMPARE(view->chart()->series().size(), 2);
        const auto points = [&](int series) {
            return static_cast<QLineSeries*>(view->chart()->series()[series])->points();
        };
        QCOMPARE(points(0).size(), 3);
        QCOMPARE(points(0)[1], QPointF(-190, 500));
        QCOMPARE(points(1), (QList<QPointF>{{-101, 300}, {-100, 300}}));
        QCOMPARE(chart.top(), 800.0);
        line.runs.pop_back();
        chart.setLines({line});
        QCOMPARE(view->chart()->series().size(), 1);
    }

    void eventsAreBounded()
    {
        ui::EventTableModel events;
        const QAbstractItemModelTester tester(
            &events, QAbstractItemModelTester::FailureReportingMode::QtTest);
        runtime::Event down{1, kStart, runtime::EventKind::StageDown, 1, "stage 2 on b is down"};
        for (int i = 0; i < 1100; ++i)
            events.add(ui::watchEvent(release(), down));
        QCOMPARE(events.rowCount(), 1000);
        QCOMPARE(events.index(0, ui::EventTableModel::Text).data().toString(),
                 QStringLiteral("Stage 2 on b is down. Requests wait for it."));
        QVERIFY(events.eventAt(0).device == DeviceId(2));
        QVERIFY(events.eventAt(0).tone == ui::EventTone::Trouble);
        QCOMPARE(events.rowOf(events.eventAt(7).number), 7);
        QCOMPARE(events.rowOf(1), -1); // gone
        QCOMPARE(events.rowOf(5000), -1);
        events.clear();
        QCOMPARE(events.rowOf(1100), -1);
    }

    void stepsFillTheGrid()
    {
        ui::StepTableModel steps;
        const QAbstractItemModelTester tester(
            &steps, QAbstractItemModelTester::FailureReportingMode::QtTest);
        using deploy::StepState;
        steps.update({"a", "start", StepState::Running, -1, {}}, 10);
        steps.update({"", "split", StepState::Running, 0.25, {}}, 10);
        steps.update({"a", "start", StepState::Done, 1, "process 5"}, 12);
        QCOMPARE(steps.rowCount(), 2);
        QCOMPARE(steps.columnCount(), 3);
        QVERIFY(steps.index(0, 2).data().toString().contains(QStringLiteral("25 %")));
        QVERIFY(steps.index(1, 1).data().toString().contains(QStringLiteral("2.00 s")));
        QCOMPARE(shown(steps.index(1, 1).data(Qt::ToolTipRole)), QStringLiteral("process 5"));
        QCOMPARE(steps.fraction(), (1 + 0.25) / 2);
        steps.expect({"", "a"}, {"split", "start"}, 4);
        QCOMPARE(steps.columnCount(), 3);
        steps.update({"a", "start", StepState::Done, 1, {}}, 12);
        QCOMPARE(steps.rowCount(), 2);
        QCOMPARE(steps.fraction(), 0.25);
    }

    void selectionGoesByName()
    {
        ui::Selection plan, running;
        ui::SelectionBridge bridge(plan, running);
        bridge.setPlanDevices({"gate", "a", "b"});
        bridge.setReleaseDevices({"b", "gate"});
        plan.select(DeviceId(2));
        QVERIFY(running.current() == ui::Selected(DeviceId(0)));
        running.select(ui::LinkEnds{DeviceId(1), DeviceId(0)});
        QVERIFY(plan.current() == ui::Selected(ui::LinkEnds{DeviceId(0), DeviceId(2)}));
        plan.select(DeviceId(1)); // the release has no such device
        QVERIFY(running.current() == ui::Selected());
        QVERIFY(plan.current() == ui::Selected(DeviceId(1)));
    }

    void ladderTakesMeasuredBars()
    {
        ui::LadderView ladder;
        ladder.resize(500, 300);
        ladder.setSnapshot(ui::snapshotOf(release()));
        const QImage predicted = ladder.grab().toImage();
        WatchHistory history(5);
        history.add(status(10, 16));
        ladder.setFigures(ui::watchFigures(release(), status(10, 16), history));
        QVERIFY(ladder.rows()[1].measured.has_value());
        QVERIFY(ladder.grab().toImage() != predicted);
    }
};

} // namespace millrace

QTEST_MAIN(millrace::TestWatchFigures)
#include "tst_watch_figures.moc"
