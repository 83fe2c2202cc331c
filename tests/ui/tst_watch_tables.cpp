// SPDX-License-Identifier: GPL-3.0-or-later
// The tables of the Watch and Deploy modes, and the selection that both share with the plan.
#include "SmallStatus.h"
#include "ui/models/EventTableModel.h"
#include "ui/models/HealthTableModel.h"
#include "ui/models/SelectionBridge.h"
#include "ui/models/StepTableModel.h"
#include "ui/models/WatchFigures.h"

#include <QAbstractItemModelTester>
#include <QRegularExpression>
#include <QTest>
#include <QTextDocumentFragment>

namespace millrace
{

using test::kStart;
using test::liveStatus;
using test::watchedRelease;
using ui::WatchFigures;
using ui::WatchHistory;

namespace
{

/// What a tooltip says to people.
QString shown(const QVariant& tip)
{
    return QTextDocumentFragment::fromHtml(tip.toString()).toPlainText();
}

} // namespace

class TestWatchTables : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void tablesOfFigures()
    {
        ui::HealthTableModel health;
        const QAbstractItemModelTester tester(
            &health, QAbstractItemModelTester::FailureReportingMode::QtTest);
        health.setRelease(watchedRelease());
        QCOMPARE(health.rowCount(), 2);
        WatchHistory history(5);
        runtime::LiveStatus down = liveStatus(10, 16);
        down.pipelines[0].stages[1].up = false;
        history.add(down);
        health.setFigures(ui::watchFigures(watchedRelease(), down, history));
        using Column = ui::HealthTableModel::Column;
        QCOMPARE(health.index(0, Column::Peak).data().toString(), QStringLiteral("30.0 MiB"));
        QCOMPARE(health.index(0, Column::Limit).data().toString(), QStringLiteral("64.0 MiB"));
        QVERIFY(health.index(1, Column::State).data().toString().contains(QStringLiteral("down")));
        QVERIFY(health.index(1, Column::State).data(Qt::ForegroundRole).isValid());
        health.clear();
        QCOMPARE(health.rowCount(), 0);
    }

    void withoutTheGatewayNothingIsKnown()
    {
        const WatchFigures unknown = ui::unknownFigures(watchedRelease());
        QVERIFY(!unknown.throughput && !unknown.bottleneck && !unknown.ratio());
        ui::HealthTableModel health;
        health.setRelease(watchedRelease());
        WatchHistory history(5);
        history.add(liveStatus(10, 16));
        health.setFigures(ui::watchFigures(watchedRelease(), liveStatus(10, 16), history));
        using Column = ui::HealthTableModel::Column;
        QVERIFY(health.index(0, Column::State).data().toString().contains(QStringLiteral("up")));
        health.setFigures(unknown);
        QCOMPARE(health.index(0, Column::State).data().toString(), QStringLiteral("? not known"));
        QCOMPARE(health.index(0, Column::Cpu).data().toString(), QStringLiteral("-"));
        QCOMPARE(health.index(0, Column::Peak).data().toString(), QStringLiteral("-"));
        QCOMPARE(health.index(0, Column::Limit).data().toString(), QStringLiteral("64.0 MiB"));
        for (const ui::LadderRow& row : ui::measuredRows(ui::snapshotOf(watchedRelease()), unknown))
            QVERIFY(!row.isDown && !row.measured);
    }

    void namesAreNotMarkup()
    {
        const QString name = QStringLiteral("<b>a</b><img src=x>");
        deploy::Release odd = watchedRelease();
        odd.nodes[0].device = name.toStdString();
        odd.problem.devices[odd.plan.pipelines.front().stages[0].device.index()].name =
            name.toStdString();
        ui::HealthTableModel health;
        health.setRelease(odd);
        using Column = ui::HealthTableModel::Column;
        QCOMPARE(shown(health.index(0, Column::Device).data(Qt::ToolTipRole)), name);
        QVERIFY(shown(health.index(0, Column::Memory).data(Qt::ToolTipRole)).startsWith(name));
        ui::EventTableModel events;
        events.add(ui::watchEvent(odd, {1, kStart, runtime::EventKind::StageDown, StageRef(),
                                        "<h1>stage</h1>\nis down"}));
        QCOMPARE(shown(events.index(0, 0).data(Qt::ToolTipRole)),
                 QStringLiteral("<h1>stage</h1>\nis down"));
        ui::StepTableModel steps;
        steps.update({"a", deploy::StepId::Start, deploy::StepState::Failed, -1, "no <i>space</i>"},
                     1);
        QCOMPARE(shown(steps.index(0, 1).data(Qt::ToolTipRole)), QStringLiteral("no <i>space</i>"));
    }

    void eventsAreBounded()
    {
        ui::EventTableModel events;
        const QAbstractItemModelTester tester(
            &events, QAbstractItemModelTester::FailureReportingMode::QtTest);
        runtime::Event down{1, kStart, runtime::EventKind::StageDown, StageRef{PipelineId(), 1},
                            "stage 2 on b is down"};
        for (int i = 0; i < 1100; ++i)
            events.add(ui::watchEvent(watchedRelease(), down));
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
        steps.update({"a", deploy::StepId::Start, StepState::Running, -1, {}}, 10);
        steps.update({"", deploy::StepId::Split, StepState::Running, 0.25, {}}, 10);
        steps.update({"a", deploy::StepId::Start, StepState::Done, 1, "process 5"}, 12);
        QCOMPARE(steps.rowCount(), 2);
        QCOMPARE(steps.columnCount(), 3);
        QVERIFY(steps.index(0, 2).data().toString().contains(QStringLiteral("25 %")));
        QVERIFY(steps.index(1, 1).data().toString().contains(QStringLiteral("2.00 s")));
        QCOMPARE(shown(steps.index(1, 1).data(Qt::ToolTipRole)), QStringLiteral("process 5"));
        QCOMPARE(steps.fraction(), (1 + 0.25) / 2);
        steps.expect({"", "a"}, {deploy::StepId::Split, deploy::StepId::Start}, 4);
        QCOMPARE(steps.columnCount(), 3);
        steps.update({"a", deploy::StepId::Start, StepState::Done, 1, {}}, 12);
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
};

} // namespace millrace

QTEST_MAIN(millrace::TestWatchTables)
#include "tst_watch_tables.moc"
