// SPDX-License-Identifier: GPL-3.0-or-later
// What a plan from before may change, and what chance may not: the answer stays the same.
#include "ExampleProblem.h"
#include "Solved.h"

#include <QTest>

#include <cmath>

using namespace millrace;
using namespace millrace::plan;

class TestSolveWarmStart : public QObject
{
    Q_OBJECT
private slots:
    void warmStartIsTriedFirst()
    {
        const Problem problem = test::hardProblem();
        SolveOptions options;
        options.warmStart = test::solvedToGoOn(problem);
        const Solution best = options.warmStart->solution;
        options.timeLimit = {0};
        const Solution plan = test::solved(problem, options);
        QVERIFY(plan.hasStages());
        QCOMPARE(plan.bottleneckTime.value, best.bottleneckTime.value);
        options.timeLimit = {10};
        const Solution proven = test::solved(problem, options);
        QVERIFY(proven.status == Status::Optimal);
        QVERIFY(proven.pipelines.front().stages == best.pipelines.front().stages);
    }

    void warmStartThatNoLongerFits_data()
    {
        QTest::addColumn<int>("which");
        QTest::newRow("a device was switched off") << 0;
        QTest::newRow("a link went away") << 1;
        QTest::newRow("memory shrank") << 2;
        QTest::newRow("layers that do not exist") << 3;
        QTest::newRow("devices that do not exist") << 4;
        QTest::newRow("layers twice") << 5;
        QTest::newRow("no stages") << 6;
        QTest::newRow("layers in the wrong order") << 7;
    }
    void warmStartThatNoLongerFits()
    {
        QFETCH(int, which);
        Problem problem = test::hardProblem();
        SolveOptions options;
        options.warmStart = test::solvedToGoOn(problem);
        std::vector<Stage>& warm = options.warmStart->solution.pipelines.front().stages;
        QVERIFY(warm.size() > 1);
        const DeviceId first = warm[0].device;
        if (which == 0)
            problem.devices[first.index()].enabled = false;
        if (which == 1)
            problem.bandwidth.at(first, warm[1].device).value = 0;
        if (which == 2)
            problem.devices[first.index()].memory = warm[0].memory - Bytes{1};
        if (which == 3)
            warm[0].layers.push_back(LayerId(1000));
        if (which == 4)
            warm[0].device = DeviceId(1000);
        if (which == 5)
            warm[1].layers = warm[0].layers;
        if (which == 6)
            warm.clear();
        if (which == 7)
            std::swap(warm[0].layers, warm[1].layers);
        const Solution plan = test::solved(problem, options);
        const Solution cold = test::solved(problem);
        QCOMPARE(plan.status, cold.status);
        QVERIFY(std::abs(plan.bottleneckTime.value - cold.bottleneckTime.value) <=
                1e-9 * cold.bottleneckTime.value);
        test::verifyChecked(problem, plan);
    }

    void pricesOfTheWarmStartAreOnlyAHint_data()
    {
        QTest::addColumn<double>("price");
        QTest::newRow("unknown") << -1.0;
        QTest::newRow("nothing") << 0.0;
        QTest::newRow("huge") << 1e300;
        QTest::newRow("not a number") << std::nan("");
    }
    void pricesOfTheWarmStartAreOnlyAHint()
    {
        QFETCH(const double, price);
        const Problem problem = test::chainProblem(12, 6);
        SolveOptions options;
        options.warmStart = test::solvedToGoOn(problem);
        QCOMPARE(options.warmStart->memory.devicePrices.size(), std::size_t{6});
        options.warmStart->memory.devicePrices[2] = price;
        options.warmStart->solution.lowerBound = {1.99};
        const Solution plan = test::solved(problem, options);
        QCOMPARE(plan.status, Status::Optimal);
        QCOMPARE(plan.bottleneckTime.value, 2.0);
        options.warmStart->memory.devicePrices.clear();
        QCOMPARE(test::solved(problem, options).bottleneckTime.value, 2.0);
    }

    void sameAnswerForEverySeedOfEqualDevices()
    {
        const Problem problem = test::chainProblem(12, 6);
        const Solution plan = test::solved(problem);
        QCOMPARE(plan.bottleneckTime.value, 2.0);
        SolveOptions options;
        for (options.seed = 1; options.seed < 5; ++options.seed) {
            Solution again = test::solved(problem, options);
            again.solver.elapsed = plan.solver.elapsed;
            QVERIFY(again == plan);
        }
    }
};

QTEST_APPLESS_MAIN(TestSolveWarmStart)
#include "tst_solve_warm_start.moc"
