// SPDX-License-Identifier: GPL-3.0-or-later
// What the Watch mode draws: the runs of a line over time, the ladder with measured bars.
#include "SmallStatus.h"
#include "ui/charts/LadderView.h"
#include "ui/charts/TimeChart.h"
#include "ui/models/WatchFigures.h"

#include <QChartView>
#include <QLineSeries>
#include <QRegularExpression>
#include <QTest>

namespace millrace
{

using test::kStart;
using test::liveStatus;
using test::watchedRelease;
using ui::WatchHistory;

class TestWatchCharts : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

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

    void ladderTakesMeasuredBars()
    {
        ui::LadderView ladder;
        ladder.resize(500, 300);
        ladder.setSnapshot(ui::snapshotOf(watchedRelease()));
        const QImage predicted = ladder.grab().toImage();
        WatchHistory history(5);
        history.add(liveStatus(10, 16));
        ladder.setFigures(ui::watchFigures(watchedRelease(), liveStatus(10, 16), history));
        QVERIFY(ladder.rows()[1].measured.has_value());
        QVERIFY(ladder.grab().toImage() != predicted);
    }
};

} // namespace millrace

QTEST_MAIN(millrace::TestWatchCharts)
#include "tst_watch_charts.moc"
