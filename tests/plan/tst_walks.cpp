// SPDX-License-Identifier: GPL-3.0-or-later
#include "BruteForce.h"
#include "RandomProblem.h"
#include "base/Random.h"
#include "plan/search/LabelSearch.h"
#include "plan/search/Solve.h"

#include <QTest>

#include <algorithm>

using namespace millrace;
using namespace millrace::plan;

class TestWalks : public QObject
{
    Q_OBJECT
private slots:
    /// With walks that remember more and more: the cheapest one is never cheaper than one that
    /// forgets, and whatever the prices, a threshold that a plan keeps is not refuted and its plan
    /// is found.
    void neverRefuteAPlan_data()
    {
        QTest::addColumn<int>("shape");
        QTest::newRow("chains") << static_cast<int>(test::Shape::Chain);
        QTest::newRow("DAGs") << static_cast<int>(test::Shape::Dag);
    }
    void neverRefuteAPlan()
    {
        QFETCH(int, shape);
        const auto stopped = [] { return false; };
        int remembered = 0;
        int dearer = 0;
        for (std::uint64_t seed = 0; seed < 600; ++seed) {
            const test::Rules rules =
                test::rulesFrom(static_cast<unsigned>(seed), static_cast<test::Shape>(shape));
            const Problem problem = test::randomProblem(seed, rules, 6, 4);
            const auto best = test::bruteForce(problem);
            const auto cuts = shape == static_cast<int>(test::Shape::Chain)
                                  ? CutSpace::linear(problem)
                                  : CutSpace::convex(problem, 1e18, stopped);
            if (!best || !cuts)
                continue;
            const ClassTimes times(problem);
            const StageSpace space(problem, *cuts, times, stopped);
            WalkRelaxation relaxation(space, stopped);
            relaxation.setThreshold(*best * (1 + 1e-9));
            Random random(seed);
            WalkRelaxation::Prices prices;
            for (std::size_t d = 0; d < space.devices.size(); ++d)
                prices.device.push_back(static_cast<WalkRelaxation::Price>(random.below(1000)));
            relaxation.run(prices);
            const WalkRelaxation::Price forgetful = relaxation.cheapest();
            for (int round = 0; round < 8; ++round) {
                QVERIFY2(!relaxation.isRefuted(), fmt::format("seed {}", seed).c_str());
                isAWalk(space, relaxation);
                LabelOptions options;
                options.width = 10000;
                const LabelResult found = labelSearch(space, relaxation, options, stopped);
                QVERIFY2(found.verdict == Verdict::Found, fmt::format("seed {}", seed).c_str());
                if (!relaxation.rememberReturns())
                    break;
                ++remembered;
                relaxation.run(prices);
                QVERIFY(relaxation.cheapest() >= forgetful);
                dearer += relaxation.cheapest() > forgetful ? 1 : 0;
            }
            if (QTest::currentTestFailed())
                return;
        }
        QVERIFY(remembered > 20);
        QVERIFY(dearer > 5);
    }

    /// A relaxation that was stopped leaves walks out, so that a search finds nothing: that says
    /// nothing.
    void claimsNothingAfterAStop()
    {
        for (std::uint64_t seed = 0; seed < 100; ++seed) {
            const Problem problem =
                test::randomProblem(seed, test::rulesFrom(0, test::Shape::Chain), 20, 4);
            const CutSpace cuts = CutSpace::linear(problem);
            const ClassTimes times(problem);
            bool isStopped = false;
            int questions = 0;
            const auto stopped = [&] { return isStopped && --questions < 0; };
            const StageSpace space(problem, cuts, times, stopped);
            NoPlanSink sink;
            const Seconds best = solve(problem, {}, {}, sink).value().solution.bottleneckTime;
            for (const bool remembers : {false, true}) {
                isStopped = false;
                WalkRelaxation relaxation(space, stopped);
                relaxation.setThreshold(best.value * (1 + 1e-9));
                WalkRelaxation::Prices prices;
                prices.device.assign(space.devices.size(), 100);
                relaxation.run(prices);
                if (remembers)
                    (void)relaxation.rememberReturns();
                for (int after = 0; after < 3; ++after) {
                    isStopped = true;
                    questions = after;
                    relaxation.run(prices);
                    const LabelResult found = labelSearch(space, relaxation, {}, stopped);
                    QVERIFY(found.verdict != Verdict::Refuted);
                }
            }
        }
    }

private:
    /// From the first cut to the last over links and stages of the threshold, at its price.
    static void isAWalk(const StageSpace& space, const WalkRelaxation& relaxation)
    {
        const auto walk = relaxation.cheapestWalk();
        QVERIFY(!walk.empty());
        QCOMPARE(walk.front().from, std::size_t{0});
        QCOMPARE(walk.back().to, space.cuts.last());
        WalkRelaxation::Price paid = 0;
        for (std::size_t i = 0; i < walk.size(); ++i) {
            paid += relaxation.entry(walk[i].device);
            QVERIFY(relaxation.reach().isInTime(walk[i].device, walk[i].from, walk[i].to));
            if (i == 0)
                continue;
            QCOMPARE(walk[i].from, walk[i - 1].to);
            QVERIFY(relaxation.reach().linkable(walk[i - 1].device, walk[i].device, walk[i].from));
        }
        QCOMPARE(paid, relaxation.cheapest());
    }
};

QTEST_APPLESS_MAIN(TestWalks)
#include "tst_walks.moc"
