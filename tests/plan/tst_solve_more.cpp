// SPDX-License-Identifier: GPL-3.0-or-later
#include "../bench/PlannerFamilies.h"
#include "SubsetSearch.h"
#include "plan/Checker.h"
#include "plan/search/Solve.h"

#include <QTest>

#include <fmt/format.h>

using namespace millrace;
using namespace millrace::plan;

/// Problems too large to try everything, of the kinds that the planner is measured on.
class TestSolveMore : public QObject
{
    Q_OBJECT
private slots:
    void isTheOptimum_data()
    {
        QTest::addColumn<int>("bound");
        QTest::addColumn<bool>("isSparse");
        QTest::addColumn<int>("strangers");
        QTest::newRow("compute") << static_cast<int>(bench::Bound::Compute) << false << 0;
        QTest::newRow("transfer") << static_cast<int>(bench::Bound::Transfer) << false << 0;
        QTest::newRow("memory") << static_cast<int>(bench::Bound::Memory) << false << 0;
        QTest::newRow("sparse") << static_cast<int>(bench::Bound::Compute) << true << 0;
        QTest::newRow("sparse transfer") << static_cast<int>(bench::Bound::Transfer) << true << 0;
        QTest::newRow("among many devices")
            << static_cast<int>(bench::Bound::Compute) << true << 28;
    }
    /// No plan is better than what it proves: all sets of devices are tried.
    void isTheOptimum()
    {
        QFETCH(int, bound);
        QFETCH(bool, isSparse);
        QFETCH(int, strangers);
        constexpr int devices = 15;
        const bench::Family family{"", devices, 62, static_cast<bench::Bound>(bound), isSparse};
        for (std::uint64_t seed = 1; seed <= 12; ++seed) {
            Problem problem = bench::instance(family, seed);
            std::vector<DeviceId> some;
            for (int d = 0; d < devices; ++d)
                some.emplace_back(d);
            for (int d = 0; d < strangers; ++d)
                addStranger(problem);
            NoPlanSink sink;
            const Solution plan = solve(problem, {}, {}, sink).value().solution;
            QCOMPARE(plan.status, Status::Optimal);
            QVERIFY(check(problem, plan).empty());
            const double best = plan.bottleneckTime.value;
            QVERIFY2(test::hasPlanWithin(problem, some, best * (1 + 1e-9)),
                     fmt::format("seed {}", seed).c_str());
            QVERIFY2(!test::hasPlanWithin(problem, some, best * (1 - 1e-6)),
                     fmt::format("seed {}", seed).c_str());
        }
    }

    /// Where there are too many devices to try their sets: a bound is never above a plan that is
    /// known from a long search, and a short one comes near it.
    void boundsHold_data()
    {
        QTest::addColumn<bool>("isSparse");
        QTest::addColumn<int>("seed");
        QTest::addColumn<double>("known");
        QTest::newRow("compute 1") << false << 1 << 0.0180026523;
        QTest::newRow("compute 3") << false << 3 << 0.0165849729;
        QTest::newRow("sparse 1") << true << 1 << 0.0189514056;
        QTest::newRow("sparse 3") << true << 3 << 0.0183053314;
    }
    void boundsHold()
    {
        QFETCH(bool, isSparse);
        QFETCH(int, seed);
        QFETCH(double, known);
        const Problem problem = bench::instance({"", 40, 200, bench::Bound::Compute, isSparse},
                                                static_cast<std::uint64_t>(seed));
        SolveOptions options;
        options.timeLimit = Seconds{600};
        Solution before;
        for (const std::int64_t steps : {100000, 300000, 800000}) {
            options.stepLimit = steps;
            NoPlanSink sink;
            const Solution plan = solve(problem, options, {}, sink).value().solution;
            QVERIFY(plan.hasStages());
            QVERIFY(check(problem, plan).empty());
            QVERIFY2(plan.lowerBound.value <= known * (1 + 1e-6),
                     fmt::format("{} above {}", plan.lowerBound.value, known).c_str());
            QVERIFY(!before.hasStages() || plan.bottleneckTime <= before.bottleneckTime);
            QVERIFY(plan.lowerBound >= before.lowerBound);
            before = plan;
        }
        QVERIFY2(before.bottleneckTime.value <= known * 1.05,
                 fmt::format("{} instead of {}", before.bottleneckTime.value, known).c_str());
        NoPlanSink sink;
        QVERIFY(solve(problem, options, {}, sink).value().solution.pipelines.front().stages ==
                before.pipelines.front().stages);
    }

    /// With 64 devices walks remember, with more they cannot: the same problem has the same answer.
    void strangersChangeNothing()
    {
        for (std::uint64_t seed = 1; seed <= 5; ++seed) {
            Problem problem = bench::instance({"", 64, 80, bench::Bound::Transfer, true}, seed);
            NoPlanSink sink;
            const Solution before = solve(problem, {}, {}, sink).value().solution;
            addStranger(problem);
            const Solution after = solve(problem, {}, {}, sink).value().solution;
            QCOMPARE(before.status, Status::Optimal);
            QCOMPARE(after.status, Status::Optimal);
            QVERIFY(std::abs(before.bottleneckTime.value - after.bottleneckTime.value) <=
                    1e-9 * after.bottleneckTime.value);
        }
    }

private:
    /// A device that cannot hold anything.
    static void addStranger(Problem& problem)
    {
        const std::size_t count = problem.devices.size();
        problem.devices.push_back({fmt::format("device{}", count), "class0", Bytes{1}, true});
        const auto widen = [count](auto& matrix, auto value) {
            auto wider = std::remove_reference_t<decltype(matrix)>(count + 1);
            for (std::size_t a = 0; a <= count; ++a)
                for (std::size_t b = 0; b <= count; ++b)
                    wider.at(DeviceId(a), DeviceId(b)) =
                        a < count && b < count ? matrix.at(DeviceId(a), DeviceId(b)) : value;
            matrix = std::move(wider);
        };
        widen(problem.bandwidth, BitsPerSecond{1e9});
        widen(problem.occupancy, Seconds{0});
        widen(problem.delay, Seconds{0});
    }
};

QTEST_APPLESS_MAIN(TestSolveMore)
#include "tst_solve_more.moc"
