// SPDX-License-Identifier: GPL-3.0-or-later
#include "../bench/PlannerFamilies.h"
#include "BruteForce.h"
#include "RandomProblem.h"
#include "base/Random.h"
#include "plan/search/Dive.h"
#include "plan/search/Solve.h"

#include <QTest>

#include <algorithm>
#include <memory>

using namespace millrace;
using namespace millrace::plan;

namespace
{

const std::function<bool()> kNeverStopped = [] { return false; };

struct Case {
    std::unique_ptr<Problem> problem; ///< which the cuts refer to
    CutSpace cuts;
    double best;
};
std::optional<Case> randomCase(std::uint64_t seed, test::Shape shape)
{
    auto problem = std::make_unique<Problem>(
        test::randomProblem(seed, test::rulesFrom(static_cast<unsigned>(seed), shape), 7, 5));
    const auto best = test::bruteForce(*problem);
    auto cuts = shape == test::Shape::Chain ? CutSpace::linear(*problem)
                                            : CutSpace::convex(*problem, 1e18, kNeverStopped);
    if (!best || !cuts)
        return {};
    return Case{std::move(problem), std::move(*cuts), *best};
}
WalkRelaxation::Prices randomPrices(const StageSpace& space, Random& random)
{
    WalkRelaxation::Prices prices;
    for (std::size_t d = 0; d < space.devices.size(); ++d)
        prices.device.push_back(static_cast<WalkRelaxation::Price>(random.below(1000)));
    if (space.problem.stages.max)
        prices.tooMany = static_cast<WalkRelaxation::Price>(random.below(500));
    if (space.problem.stages.min > 1)
        prices.tooFew = static_cast<WalkRelaxation::Price>(random.below(500));
    return prices;
}
/// Everything can go on from everywhere.
LabelOptions wide()
{
    LabelOptions options;
    options.width = 10000;
    return options;
}
double busyAfter(const StageSpace& space, const std::vector<StagePlace>& stages)
{
    const StagePlace& last = stages.back();
    const auto sender = stages.size() == 1
                            ? space.problem.source
                            : std::optional(space.devices[stages[stages.size() - 2].device]);
    return space.hop(sender, space.devices[last.device], last.from) +
           space.compute(last.device, last.from, last.to);
}

} // namespace

class TestDive : public QObject
{
    Q_OBJECT
private slots:
    void leadsOnFromBeginnings_data() { shapes(); }
    /// However many of its first stages are given, what is left of the best plan is not refuted,
    /// whatever the prices, and a plan that begins so is found; without them walks are as before.
    void leadsOnFromBeginnings()
    {
        QFETCH(int, shape);
        int begun = 0;
        for (std::uint64_t seed = 0; seed < 600; ++seed) {
            const auto some = randomCase(seed, static_cast<test::Shape>(shape));
            if (!some)
                continue;
            const ClassTimes times(*some->problem);
            const StageSpace space(*some->problem, some->cuts, times, kNeverStopped);
            WalkRelaxation relaxation(space, kNeverStopped);
            relaxation.setThreshold(some->best * (1 + 1e-9));
            Random random(seed);
            const WalkRelaxation::Prices prices = randomPrices(space, random);
            relaxation.run(prices);
            const WalkRelaxation::Price cheapest = relaxation.cheapest();
            const LabelResult whole = labelSearch(space, relaxation, wide(), kNeverStopped);
            QCOMPARE(whole.verdict, Verdict::Found);
            (void)relaxation.rememberReturns();
            for (std::size_t count = 1; count < whole.stages.size(); ++count, ++begun) {
                const std::vector<StagePlace> first(whole.stages.begin(),
                                                    whole.stages.begin() +
                                                        static_cast<std::ptrdiff_t>(count));
                relaxation.setBeginning({first, busyAfter(space, first)});
                relaxation.run(randomPrices(space, random));
                leadsOn(space, relaxation, fmt::format("seed {}", seed));
                if (QTest::currentTestFailed())
                    return;
            }
            relaxation.setBeginning({});
            relaxation.run(prices);
            QVERIFY(relaxation.cheapest() >= cheapest);
            QVERIFY(!relaxation.isRefuted());
        }
        QVERIFY(begun > 500);
    }

    void beginningsLoseNothing_data() { shapes(); }
    /// When all labels that come to half of the work are kept, one of them leads to a plan exactly
    /// where there is one.
    void beginningsLoseNothing()
    {
        QFETCH(int, shape);
        int stopped = 0;
        for (std::uint64_t seed = 0; seed < 600; ++seed) {
            const auto some = randomCase(seed, static_cast<test::Shape>(shape));
            if (!some)
                continue;
            const ClassTimes times(*some->problem);
            const StageSpace space(*some->problem, some->cuts, times, kNeverStopped);
            Random random(seed);
            for (const double factor : {1 + 1e-9, 1 - 1e-6}) {
                WalkRelaxation relaxation(space, kNeverStopped);
                relaxation.setThreshold(some->best * factor);
                const WalkRelaxation::Prices prices = randomPrices(space, random);
                relaxation.run(prices);
                LabelOptions options = wide();
                options.until = 0.5;
                options.kept = 100000;
                const LabelResult half = labelSearch(space, relaxation, options, kNeverStopped);
                bool isFound = half.verdict == Verdict::Found;
                for (const Beginning& beginning : half.beginnings) {
                    ++stopped;
                    QVERIFY(space.work[beginning.stages.back().to] >= 0.5 * space.work.back());
                    relaxation.setBeginning(beginning);
                    relaxation.run(prices);
                    const LabelResult rest = labelSearch(space, relaxation, wide(), kNeverStopped);
                    QVERIFY(rest.verdict != Verdict::Unknown);
                    isFound = isFound || rest.verdict == Verdict::Found;
                }
                QVERIFY2(isFound == (factor > 1),
                         fmt::format("seed {} at {}", seed, factor).c_str());
            }
        }
        QVERIFY(stopped > 1000);
    }

    void isRight_data() { shapes(); }
    /// What a dive says is so: it finds no plan below the optimum and refutes none at it.
    void isRight()
    {
        QFETCH(int, shape);
        int found = 0;
        int refuted = 0;
        for (std::uint64_t seed = 0; seed < 600; ++seed) {
            const auto some = randomCase(seed, static_cast<test::Shape>(shape));
            if (!some)
                continue;
            const ClassTimes times(*some->problem);
            const StageSpace space(*some->problem, some->cuts, times, kNeverStopped);
            for (const double factor : {1 + 1e-9, 1 - 1e-6}) {
                Pricing pricing(space, kNeverStopped);
                (void)pricing.evaluate(some->best * factor);
                Random random(seed);
                const LabelResult dived = Dive(space, pricing, kNeverStopped).run(3, random);
                QVERIFY2(dived.verdict != (factor > 1 ? Verdict::Refuted : Verdict::Found),
                         fmt::format("seed {} at {}", seed, factor).c_str());
                found += dived.verdict == Verdict::Found ? 1 : 0;
                refuted += dived.verdict == Verdict::Refuted ? 1 : 0;
                if (dived.verdict == Verdict::Found)
                    isAPlan(space, pricing.relaxation().reach(), dived.stages);
            }
        }
        QVERIFY2(found > 100 && refuted > 100,
                 fmt::format("{} found, {} refuted", found, refuted).c_str());
    }

    void findsPlansNearTheBound_data()
    {
        QTest::addColumn<int>("bound");
        QTest::newRow("compute") << static_cast<int>(bench::Bound::Compute);
        QTest::newRow("memory") << static_cast<int>(bench::Bound::Memory);
    }
    /// Where all devices are wanted: dives find plans where label searches of more work find none,
    /// and leave prices and walks as they were.
    void findsPlansNearTheBound()
    {
        QFETCH(int, bound);
        int byDives = 0;
        int byLabels = 0;
        for (const std::uint64_t seed : {7003, 7005, 7009, 7021, 7023}) {
            const Problem problem =
                bench::instance({"", 50, 200, static_cast<bench::Bound>(bound)}, seed);
            const CutSpace cuts = CutSpace::linear(problem);
            const ClassTimes times(problem);
            const StageSpace space(problem, cuts, times, kNeverStopped);
            Pricing pricing(space, kNeverStopped);
            priceAboveBound(pricing, 0.013);
            const std::vector<double> prices = pricing.prices();
            Random random(1);
            const LabelResult dived = Dive(space, pricing, kNeverStopped).run(10, random);
            QVERIFY(pricing.prices() == prices);
            QVERIFY(pricing.relaxation().beginning().stages.empty());
            if (dived.verdict == Verdict::Found) {
                ++byDives;
                isAPlan(space, pricing.relaxation().reach(), dived.stages);
            }
            LabelOptions options;
            options.width = 6;
            LabelResult labels;
            for (std::int64_t work = 0; work < dived.labels && labels.verdict != Verdict::Found;
                 work += labels.labels, options.width *= 2)
                labels = labelSearch(space, pricing.relaxation(), options, kNeverStopped);
            byLabels += labels.verdict == Verdict::Found ? 1 : 0;
        }
        QVERIFY2(byDives >= 3, fmt::format("{} of 5", byDives).c_str());
        QVERIFY2(byLabels < byDives, fmt::format("{} of 5", byLabels).c_str());
    }

    /// Whenever it is stopped, it says that it found nothing, and soon.
    void stops()
    {
        const Problem problem = bench::instance({"", 50, 200, bench::Bound::Compute}, 7003);
        const CutSpace cuts = CutSpace::linear(problem);
        const ClassTimes times(problem);
        for (const int after : {0, 1, 50, 1000}) {
            bool isOn = false;
            int questions = after;
            const std::function<bool()> stopped = [&] { return isOn && --questions < 0; };
            const StageSpace space(problem, cuts, times, stopped);
            Pricing pricing(space, stopped);
            priceAboveBound(pricing, 0.013);
            isOn = true;
            Random random(1);
            const LabelResult result = Dive(space, pricing, stopped).run(10, random);
            QCOMPARE(result.verdict, Verdict::Unknown);
            QVERIFY2(questions > -2000, fmt::format("asked {} times more", -questions).c_str());
        }
    }

private:
    static void shapes()
    {
        QTest::addColumn<int>("shape");
        QTest::newRow("chains") << static_cast<int>(test::Shape::Chain);
        QTest::newRow("DAGs") << static_cast<int>(test::Shape::Dag);
    }
    static void leadsOn(const StageSpace& space, const WalkRelaxation& relaxation,
                        const std::string& what)
    {
        QVERIFY2(!relaxation.isRefuted(), what.c_str());
        const std::vector<StagePlace>& first = relaxation.beginning().stages;
        const auto walk = relaxation.cheapestWalk();
        QVERIFY(!walk.empty());
        QCOMPARE(walk.front().from, first.back().to);
        WalkRelaxation::Price paid = 0;
        for (const WalkRelaxation::Visit& visit : walk) {
            QVERIFY(relaxation.isFree(visit.device));
            paid += relaxation.entry(visit.device);
        }
        QCOMPARE(paid, relaxation.cheapest());
        const LabelResult found = labelSearch(space, relaxation, wide(), kNeverStopped);
        QVERIFY2(found.verdict == Verdict::Found, what.c_str());
        QVERIFY(std::equal(first.begin(), first.end(), found.stages.begin()));
        isAPlan(space, relaxation.reach(), found.stages);
    }
    static void isAPlan(const StageSpace& space, const Reach& reach,
                        const std::vector<StagePlace>& stages)
    {
        std::vector<bool> isUsed(space.devices.size(), false);
        std::size_t cut = 0;
        for (std::size_t i = 0; i < stages.size(); ++i) {
            QCOMPARE(stages[i].from, cut);
            cut = stages[i].to;
            QVERIFY(!isUsed[stages[i].device]);
            isUsed[stages[i].device] = true;
            QVERIFY(space.fits(stages[i].device, stages[i].from, stages[i].to));
            QVERIFY(reach.isInTime(stages[i].device, stages[i].from, stages[i].to));
            QVERIFY(i == 0 ||
                    reach.linkable(stages[i - 1].device, stages[i].device, stages[i].from));
        }
        QCOMPARE(cut, space.cuts.last());
    }
    /// That share above the highest threshold that prices refute.
    static void priceAboveBound(Pricing& pricing, double share)
    {
        double lower = 0.01;
        double upper = 0.03;
        while (upper / lower > 1.0005) {
            const double middle = (lower + upper) / 2;
            (pricing.refute(middle, 100, Pricing::kThorough) ? lower : upper) = middle;
        }
        QVERIFY(!pricing.refute(lower * (1 + share), 50));
    }
};

QTEST_APPLESS_MAIN(TestDive)
#include "tst_dive.moc"
