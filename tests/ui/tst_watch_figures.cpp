// SPDX-License-Identifier: GPL-3.0-or-later
// What the Watch mode says: figures beside the predicted ones, the bottleneck in words, CSV.
#include "SmallStatus.h"
#include "ui/models/Figures.h"
#include "ui/models/WatchFigures.h"

#include <QRegularExpression>
#include <QTest>

namespace millrace
{

using test::isNear;
using test::liveStatus;
using test::summary;
using test::watchedRelease;
using ui::WatchFigures;
using ui::WatchHistory;

class TestWatchFigures : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void figuresAndTheBottleneckInWords()
    {
        WatchHistory history(5);
        history.add(liveStatus(0, 0));
        history.add(liveStatus(10, 16));
        const WatchFigures figures =
            ui::watchFigures(watchedRelease(), liveStatus(10, 16), history);
        QVERIFY(isNear(*figures.throughput, 2.4));
        QVERIFY(isNear(figures.predictedThroughput, 2.5));
        QVERIFY(isNear(*figures.ratio(), 0.96));
        QVERIFY(figures.isComparable());
        QCOMPARE(figures.bottleneck->kind, plan::BottleneckKind::Compute);
        QCOMPARE(figures.bottleneck->index, 0);
        QCOMPARE(ui::bottleneckSentence(watchedRelease(), figures),
                 QStringLiteral("Bottleneck now: compute on a, 410 ms (predicted 400 ms)."));
        QVERIFY(ui::disturbanceSentence(watchedRelease(), figures)
                    .startsWith(QStringLiteral("Everything runs 1.50 times slower")));
        const auto rows = ui::measuredRows(ui::snapshotOf(watchedRelease()), figures);
        QCOMPARE(rows.size(), std::size_t{5});
        QVERIFY(rows[1].bottleneck && !rows[2].bottleneck);
        QVERIFY(isNear(rows[2].measured->value, 0.3));
        QCOMPARE(rows[2].predicted.value, 0.3);
    }

    void anotherBottleneckThanPlanned()
    {
        WatchHistory history(5);
        runtime::LiveStatus slow = liveStatus(10, 16);
        slow.pipelines[0].hops[1].transfer = summary(16, 0.6);
        history.add(slow);
        const WatchFigures figures = ui::watchFigures(watchedRelease(), slow, history);
        QCOMPARE(figures.bottleneck->kind, plan::BottleneckKind::Transfer);
        QCOMPARE(ui::bottleneckSentence(watchedRelease(), figures),
                 QStringLiteral("Bottleneck now: link a > b, 600 ms (predicted 300 ms). The plan "
                                "expected compute on a."));
    }

    void withoutOverlapAStageIsItsSum()
    {
        deploy::Release serial = watchedRelease();
        serial.problem.overlap = plan::Overlap::No;
        plan::fillFigures(serial.problem, serial.plan);
        WatchHistory history(5);
        history.add(liveStatus(10, 16));
        const WatchFigures figures = ui::watchFigures(serial, liveStatus(10, 16), history);
        QCOMPARE(figures.bottleneck->kind, plan::BottleneckKind::Stage);
        QVERIFY(isNear(figures.bottleneckTime.value, 0.1 + 0.41 + 0.3));
    }

    void nothingMeasuredIsSaid()
    {
        WatchHistory history(5);
        history.add(liveStatus(1, 0));
        const WatchFigures figures = ui::watchFigures(watchedRelease(), liveStatus(1, 0), history);
        QVERIFY(!figures.bottleneck && !figures.ratio());
        QVERIFY(ui::bottleneckSentence(watchedRelease(), figures)
                    .startsWith(QStringLiteral("Nothing is measured yet.")));
    }

    void aPlanWithoutStagesHasNoBottleneck()
    {
        deploy::Release release = watchedRelease();
        release.plan = {};
        QVERIFY(ui::bottleneckSentence(release, ui::unknownFigures(release)).isEmpty());
    }

    void lateDeadlinesCannotBeCompared()
    {
        WatchHistory history(5);
        history.add(liveStatus(0, 0));
        runtime::LiveStatus late = liveStatus(10, 16);
        late.deadlines = 100;
        late.lateDeadlines = 3;
        history.add(late);
        const WatchFigures figures = ui::watchFigures(watchedRelease(), late, history);
        QVERIFY(!figures.isComparable());
        QVERIFY(
            ui::disturbanceSentence(watchedRelease(), figures).contains(QStringLiteral("3.00 %")));
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

    void csvHasAHeaderAndARowForEachPoint()
    {
        WatchHistory history(5);
        history.add(liveStatus(0, 0));
        history.add(liveStatus(10, 16));
        deploy::Release odd = watchedRelease();
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
};

} // namespace millrace

QTEST_GUILESS_MAIN(millrace::TestWatchFigures)
#include "tst_watch_figures.moc"
