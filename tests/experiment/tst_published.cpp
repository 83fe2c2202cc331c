// SPDX-License-Identifier: GPL-3.0-or-later
#include "ExampleProblem.h"
#include "RandomProblem.h"
#include "experiment/Algorithm.h"
#include "experiment/CandidatePoints.h"
#include "experiment/ColourCoding.h"
#include "experiment/Published.h"
#include "plan/Checker.h"

#include <QTest>

#include <cmath>
#include <set>

using namespace millrace;
using namespace millrace::plan;
using namespace millrace::experiment;

namespace
{

const std::vector<Algorithm> kBaselines = {Algorithm::KPath, Algorithm::Greedy, Algorithm::Random};

Bandwidths randomBandwidths(std::size_t nodes, Random& random)
{
    Bandwidths bandwidths(nodes);
    for (std::size_t a = 0; a < nodes; ++a)
        for (std::size_t b = 0; b < nodes; ++b)
            if (a != b)
                bandwidths.at(DeviceId(a), DeviceId(b)) = {1 + 9 * random.unit()};
    return bandwidths;
}

/// Segments of random weight that fit together up to `cap`.
SegmentChain randomChain(std::size_t segments, std::size_t maxStages, Random& random)
{
    SegmentChain chain;
    std::vector<double> weight;
    for (std::size_t s = 0; s < segments; ++s) {
        chain.transfer.push_back(1 + static_cast<double>(random.below(20)));
        weight.push_back(0.2 + random.unit());
    }
    chain.maxStages = maxStages;
    chain.fitting = [weight](std::size_t first, std::vector<std::size_t>& ends) {
        double sum = 0;
        for (std::size_t end = first; end < weight.size() && (sum += weight[end]) <= 2; ++end)
            ends.push_back(end);
    };
    return chain;
}

/// The smallest sum of transfers over every set of cuts; infinite without one.
double cheapestByForce(const SegmentChain& chain)
{
    double best = HUGE_VAL;
    const std::size_t places = chain.segments() - 1;
    for (std::size_t set = 0; set < std::size_t{1} << places; ++set) {
        double sum = 0;
        std::size_t stages = 0;
        std::size_t first = 0;
        bool fits = true;
        for (std::size_t s = 0; s <= places; ++s) {
            const bool isCut = s < places && (set >> s & 1U) != 0;
            if (!isCut && s < places)
                continue;
            std::vector<std::size_t> ends;
            chain.fitting(first, ends);
            fits = fits && std::find(ends.begin(), ends.end(), s) != ends.end();
            sum += isCut ? chain.transfer[s] : 0;
            first = s + 1;
            ++stages;
        }
        if (fits && stages >= chain.minStages && stages <= chain.maxStages)
            best = std::min(best, sum);
    }
    return best;
}

/// The best placement over every order of nodes.
double bestPlacement(const SegmentChain& chain, const Cuts& cuts, const Bandwidths& bandwidths,
                     Places& places)
{
    if (places.size() == cuts.size() + 1)
        return slowestTransfer(chain, cuts, places, bandwidths);
    double best = HUGE_VAL;
    for (std::size_t node = 0; node < bandwidths.size(); ++node) {
        if (std::find(places.begin(), places.end(), node) != places.end())
            continue;
        places.push_back(node);
        best = std::min(best, bestPlacement(chain, cuts, bandwidths, places));
        places.pop_back();
    }
    return best;
}

} // namespace

class TestPublished : public QObject
{
    Q_OBJECT
private slots:
    void candidatePointsOfAGraph()
    {
        // 0 > 1 > 2 > 4 > 5, 1 > 3 > 4 beside it, and 5 > 6 > 7 with a skip from 5 to 7.
        const CandidatePoints found =
            candidatePoints({{}, {0}, {1}, {1}, {2, 3}, {4}, {5}, {5, 6}});
        QCOMPARE(found.points, (std::vector<std::size_t>{0, 1, 4, 5, 7}));
        QCOMPARE(found.segmentOf, (std::vector<std::size_t>{0, 1, 2, 2, 2, 3, 4, 4}));
        QCOMPARE(found.segmentCount(), std::size_t{5});
        // Two ends: what follows the last point is a segment, too.
        QCOMPARE(candidatePoints({{}, {0}, {0}}).segmentCount(), std::size_t{2});
    }

    void cheapestCutsEqualBruteForce()
    {
        Random random(5);
        int feasible = 0;
        int bound = 0;
        for (int round = 0; round < 300; ++round) {
            SegmentChain chain = randomChain(8, 2 + random.below(5), random);
            chain.minStages = 1 + random.below(3);
            const double best = cheapestByForce(chain);
            const auto cuts = cheapestCuts(chain);
            QCOMPARE(cuts.has_value(), std::isfinite(best));
            if (!cuts)
                continue;
            ++feasible;
            double sum = 0;
            for (const std::size_t cut : *cuts)
                sum += chain.transfer[cut];
            QVERIFY(std::abs(sum - best) < 1e-9);
            chain.maxStages = 8;
            bound += cheapestByForce(chain) < best ? 1 : 0;
        }
        QVERIFY(feasible > 50);
        QVERIFY(bound > 5);
    }

    void pathsEqualBruteForce()
    {
        Random random(7);
        int found = 0;
        for (int round = 0; round < 200; ++round) {
            const std::size_t nodes = 7;
            std::vector<std::vector<bool>> edge(nodes, std::vector<bool>(nodes));
            for (auto& row : edge)
                for (std::size_t to = 0; to < nodes; ++to)
                    row[to] = random.unit() < 0.25;
            PathWanted wanted{2 + random.below(4), {0, 1, 2, 3, 4, 5}, {}, {}};
            if (round % 2 == 0)
                wanted.first = 1;
            if (round % 3 == 0)
                wanted.last = 4;
            const auto path = simplePath(
                wanted, [&](std::size_t a, std::size_t b) { return edge[a][b]; }, random,
                [] { return false; });
            std::vector<std::size_t> at;
            QCOMPARE(path.has_value(), pathExists(edge, wanted, at));
            if (!path)
                continue;
            ++found;
            QCOMPARE(path->size(), wanted.nodes);
            QCOMPARE(std::set<std::size_t>(path->begin(), path->end()).size(), wanted.nodes);
            QVERIFY(!wanted.first || path->front() == *wanted.first);
            QVERIFY(!wanted.last || path->back() == *wanted.last);
            for (std::size_t i = 0; i < wanted.nodes; ++i)
                QVERIFY((*path)[i] != 6 && (i == 0 || edge[(*path)[i - 1]][(*path)[i]]));
        }
        QVERIFY(found > 40 && found < 180);
    }

    /// With one class and one run the k-path is the best placement; with classes it cannot beat it.
    void kPathEqualsBruteForceOnOneClass()
    {
        Random random(11);
        int rounds = 0;
        for (int round = 0; round < 80; ++round) {
            SegmentChain chain = randomChain(7, 5, random);
            const auto cuts = cheapestCuts(chain);
            if (!cuts)
                continue;
            ++rounds;
            const Bandwidths bandwidths = randomBandwidths(5, random);
            Places none;
            const double best = bestPlacement(chain, *cuts, bandwidths, none);
            const auto never = [] { return false; };
            const auto byClass = placeByPaths(chain, *cuts, 20, bandwidths, random, never);
            const auto greedy = placeGreedily(chain, *cuts, bandwidths);
            QVERIFY(byClass && greedy);
            for (const auto* places : {&*byClass, &*greedy})
                QVERIFY(slowestTransfer(chain, *cuts, *places, bandwidths) >= best * (1 - 1e-12));
            for (double& transfer : chain.transfer)
                transfer = 3;
            none.clear();
            const double alike = bestPlacement(chain, *cuts, bandwidths, none);
            const auto path = placeByPaths(chain, *cuts, 1, bandwidths, random, never);
            QVERIFY(path);
            QCOMPARE(slowestTransfer(chain, *cuts, *path, bandwidths), alike);
        }
        QVERIFY(rounds > 20);
    }

    void classesAreHistogramBins()
    {
        SegmentChain chain;
        chain.transfer = {0, 10, 4.9, 5, 9.9, 0};
        QCOMPARE(transferClasses(chain, {0, 1, 2, 3, 4}, 2),
                 (std::vector<std::size_t>{0, 1, 0, 1, 1}));
    }

    void everyPlanPassesTheChecker_data()
    {
        QTest::addColumn<int>("shape");
        QTest::newRow("chains") << 0;
        QTest::newRow("DAGs") << 1;
    }
    void everyPlanPassesTheChecker()
    {
        QFETCH(int, shape);
        int planned = 0;
        int refused = 0;
        for (unsigned rules = 0; rules < 1U << test::kRuleCount; rules += 3)
            for (const Algorithm algorithm : kBaselines) {
                const auto problem = test::randomProblem(
                    rules, test::rulesFrom(rules, static_cast<test::Shape>(shape)), 6, 4);
                SearchOptions options;
                options.algorithm = algorithm;
                options.seed = rules;
                NoPlanSink sink;
                const Solution plan = solve(problem, options, {}, sink).value().solution;
                const auto differences = check(problem, plan);
                QVERIFY2(differences.empty(),
                         fmt::format("{} {}", rules, fmt::join(differences, "; ")).c_str());
                QCOMPARE(plan.solver.algorithm, std::string(name(algorithm)));
                (plan.hasStages() ? planned : refused) += 1;
                QCOMPARE(plan.status, plan.hasStages() ? Status::Feasible : Status::Infeasible);
                QCOMPARE(plan.whyInfeasible.empty(), plan.hasStages());
                const Solution again = solve(problem, options, {}, sink).value().solution;
                QVERIFY(again.pipelines == plan.pipelines);
                const Solution exact = plan::solve(problem, {}, {}, sink).value().solution;
                QVERIFY(!plan.hasStages() ||
                        exact.bottleneckTime.value <= plan.bottleneckTime.value * (1 + 1e-9));
            }
        QVERIFY(planned > 50);
        QVERIFY(refused > 50);
    }

    void saysWhatItCannotDo()
    {
        Problem problem = test::chainProblem(4, 3);
        problem.devices[1].memory = {30};
        SearchOptions options;
        options.algorithm = Algorithm::KPath;
        NoPlanSink sink;
        Solution plan = solve(problem, options, {}, sink).value().solution;
        QCOMPARE(plan.status, Status::Feasible);
        QVERIFY(plan.notes.front().find("memory of the smallest, 30 B of " +
                                        problem.devices[1].name) != std::string::npos);
        QCOMPARE(plan.lowerBound.value, 0.0);
        problem.pins = {{LayerId(0), DeviceId(0)}};
        plan = solve(problem, options, {}, sink).value().solution;
        QCOMPARE(plan.status, Status::Infeasible);
        QVERIFY(plan.whyInfeasible.front().find("pins") != std::string::npos);
        problem.pins.clear();
        problem.devices[1].memory = {1};
        plan = solve(problem, options, {}, sink).value().solution;
        QCOMPARE(plan.status, Status::Infeasible);
        QVERIFY(plan.whyInfeasible.front().find("limit of the kpath algorithm") !=
                std::string::npos);
    }

    void cancels()
    {
        std::stop_source stop;
        stop.request_stop();
        SearchOptions options;
        options.algorithm = Algorithm::KPath;
        NoPlanSink sink;
        QCOMPARE(solve(test::chainProblem(4, 3), options, stop.get_token(), sink)->solution.status,
                 Status::Cancelled);
    }

private:
    static bool pathExists(const std::vector<std::vector<bool>>& edge, const PathWanted& wanted,
                           std::vector<std::size_t>& path)
    {
        if (path.size() == wanted.nodes)
            return !wanted.last || path.back() == *wanted.last;
        for (const std::size_t node : wanted.allowed) {
            const bool fits = path.empty() ? !wanted.first || node == *wanted.first
                                           : bool{edge[path.back()][node]};
            if (!fits || std::find(path.begin(), path.end(), node) != path.end())
                continue;
            path.push_back(node);
            const bool found = pathExists(edge, wanted, path);
            path.pop_back();
            if (found)
                return true;
        }
        return false;
    }
};

QTEST_APPLESS_MAIN(TestPublished)
#include "tst_published.moc"
