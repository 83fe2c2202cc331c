// SPDX-License-Identifier: GPL-3.0-or-later
// What the Watch mode remembers: figures as differences of counters, in bounded memory.
#include "SmallStatus.h"
#include "ui/models/WatchHistory.h"

#include <QRegularExpression>
#include <QTest>

namespace millrace
{

using test::isNear;
using test::kStart;
using test::liveStatus;
using test::summary;
using ui::WatchHistory;

class TestWatchHistory : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void ratesAreDifferencesWithTheDilationDividedOut()
    {
        WatchHistory history(5);
        history.add(liveStatus(10, 100));
        QVERIFY(!history.latest().throughput);
        for (int second = 11; second <= 30; ++second)
            history.add(liveStatus(second, static_cast<std::uint64_t>(100 + 2 * (second - 10))));
        const ui::WatchRates rates = history.latest();
        QVERIFY(isNear(*rates.throughput, 2 * 1.5));
        QVERIFY(isNear(rates.stages[0].compute->value, 0.41));
        QVERIFY(isNear(rates.stages[0].cpu.value(), 0.1));
        QVERIFY(isNear(rates.transfers[1]->value, 0.3));
    }

    void onlyTheWindowCounts()
    {
        WatchHistory history(5);
        history.add(liveStatus(0, 0));
        history.add(liveStatus(10, 10));
        runtime::LiveStatus slower = liveStatus(20, 20);
        slower.pipelines[0].stages[0].metrics.compute.sum +=
            10 * 0.2; // the last ten took 0.61 s each
        history.add(slower);
        QVERIFY(isNear(history.latest().stages[0].compute->value, 0.61));
    }

    void statusesThatAreOldAreIgnored()
    {
        WatchHistory history;
        history.add(liveStatus(10, 10));
        history.add(liveStatus(9, 9));
        QCOMPARE(history.points().size(), std::size_t{1});
    }

    /// Time servers do so by themselves, all day long.
    void wallClockThatGoesBackALittleLosesNothing()
    {
        WatchHistory history(5);
        history.add(liveStatus(0, 0));
        history.add(liveStatus(10, 10));
        runtime::LiveStatus behind = liveStatus(11, 11);
        behind.at = kStart + 10 - 0.001;
        history.add(behind);
        QCOMPARE(history.points().size(), std::size_t{3});
        QCOMPARE(history.points().back().at, kStart + 10);
        history.add(liveStatus(12, 12));
        QCOMPARE(history.points().size(), std::size_t{4});
        QVERIFY(isNear(*history.latest().throughput, 1.5));
    }

    /// The gateway's own clock says which status is newer; the wall clock may be put back.
    void wallClockThatGoesBackBeginsAnew()
    {
        WatchHistory history(5);
        history.add(liveStatus(0, 0));
        history.add(liveStatus(10, 10));
        for (const double second : {20.0, 30.0}) {
            runtime::LiveStatus behind = liveStatus(second, static_cast<std::uint64_t>(second));
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
            runtime::LiveStatus at = liveStatus(second, static_cast<std::uint64_t>(second));
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
        history.add(liveStatus(0, 90));
        history.add(liveStatus(10, 100));
        runtime::LiveStatus after = liveStatus(20, 110);
        after.pipelines[0].stages[0].metrics.incarnation = incarnation;
        after.pipelines[0].stages[0].metrics.compute = summary(count, 0.7);
        after.pipelines[0].stages[0].metrics.cpuSeconds = incarnation == 11 ? 2 : 0.5;
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
        history.add(liveStatus(0, 0));
        history.add(liveStatus(10, 10));
        history.addGap();
        history.add(liveStatus(40, 400));
        QVERIFY(history.points().back().isAfterGap);
        QVERIFY(!history.latest().throughput);
        history.add(liveStatus(50, 410));
        QVERIFY(isNear(*history.latest().throughput, 1.5));
        runtime::LiveStatus restarted = liveStatus(60, 3);
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
            history.add(liveStatus(i * 0.5, static_cast<std::uint64_t>(i)));
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
            history.add(liveStatus(i * 0.35, static_cast<std::uint64_t>(i)));
        const auto before = history.last(300, 100);
        history.add(liveStatus(2000 * 0.35, 2000));
        const auto after = history.last(300, 100);
        std::size_t kept = 0;
        for (const ui::WatchRates& rates : after)
            kept += std::any_of(before.begin(), before.end(),
                                [&](const ui::WatchRates& old) { return old.at == rates.at; });
        QVERIFY(kept + 2 >= after.size());
    }
};

} // namespace millrace

QTEST_GUILESS_MAIN(millrace::TestWatchHistory)
#include "tst_watch_history.moc"
