// SPDX-License-Identifier: GPL-3.0-or-later
#include "BruteForce.h"
#include "RandomProblem.h"
#include "base/File.h"
#include "plan/Checker.h"
#include "plan/search/Solve.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstdlib>

using namespace millrace;
using namespace millrace::plan;

class TestSolve : public QObject
{
    Q_OBJECT
private slots:
    void equalsBruteForce_data()
    {
        QTest::addColumn<int>("shape");
        QTest::addColumn<int>("layers");
        QTest::addColumn<int>("devices");
        QTest::addColumn<int>("rounds");
        QTest::newRow("chains, 7 layers, 3 devices") << 0 << 7 << 3 << 2;
        QTest::newRow("chains, 5 layers, 4 devices") << 0 << 5 << 4 << 2;
        QTest::newRow("chains, 1 layer") << 0 << 1 << 3 << 1;
        QTest::newRow("DAGs, 6 layers, 3 devices") << 1 << 6 << 3 << 2;
        // Relays through a third device are rare: they need more devices and more rounds.
        QTest::newRow("chains, 4 layers, 5 devices") << 0 << 4 << 5 << 6;
        QTest::newRow("DAGs, 5 layers, 4 devices") << 1 << 5 << 4 << 4;
    }
    void equalsBruteForce()
    {
        QFETCH(int, shape);
        QFETCH(int, layers);
        QFETCH(int, devices);
        QFETCH(int, rounds);
        // MILLRACE_ROUNDS=10 tries ten times as many problems, by hand.
        if (const char* more = std::getenv("MILLRACE_ROUNDS"))
            rounds *= std::max(1, std::atoi(more));
        int feasible = 0;
        int infeasible = 0;
        for (int round = 0; round < rounds; ++round)
            for (unsigned rules = 0; rules < 1U << test::kRuleCount; ++rules) {
                const auto seed = static_cast<std::uint64_t>(round) * 100000 + rules;
                const test::Rules which = test::rulesFrom(rules, static_cast<test::Shape>(shape));
                compare(test::randomProblem(seed, which, layers, devices),
                        fmt::format("rules {} seed {}", rules, seed), feasible, infeasible);
                if (QTest::currentTestFailed())
                    return;
            }
        QVERIFY(feasible > 100 * rounds);
        QVERIFY(infeasible > 10 * rounds);
    }

    /// More layers than devices by far: stages have more ends than a narrow search tries.
    void longStages_data()
    {
        QTest::addColumn<int>("shape");
        QTest::addColumn<int>("layers");
        QTest::addColumn<int>("devices");
        QTest::addColumn<bool>("overlaps");
        QTest::newRow("chains without overlap") << 0 << 18 << 3 << false;
        QTest::newRow("DAGs without overlap") << 1 << 11 << 4 << false;
        QTest::newRow("DAGs") << 1 << 11 << 4 << true;
    }
    void longStages()
    {
        QFETCH(int, shape);
        QFETCH(int, layers);
        QFETCH(int, devices);
        QFETCH(bool, overlaps);
        int feasible = 0;
        int infeasible = 0;
        for (std::uint64_t seed = 5340; seed < 5400; ++seed) {
            test::Rules rules =
                test::rulesFrom(static_cast<unsigned>(37 * seed), static_cast<test::Shape>(shape));
            rules.noOverlap = !overlaps;
            rules.links = true;
            rules.gateway = seed % 3 == 0;
            compare(test::randomProblem(seed, rules, layers, devices), fmt::format("seed {}", seed),
                    feasible, infeasible);
            if (QTest::currentTestFailed())
                return;
        }
        QVERIFY(feasible > 20);
    }
    void publishedInstances_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<double>("optimum");
        QTest::newRow("4+4") << QStringLiteral("pipeedge-vit-base-4+4.json") << 1.548760;
        QTest::newRow("8+8") << QStringLiteral("pipeedge-vit-base-8+8.json") << 0.800788;
    }
    void publishedInstances()
    {
        QFETCH(QString, file);
        QFETCH(double, optimum);
        const char* shared = std::getenv("MILLRACE_SHARED");
        if (shared == nullptr)
            QSKIP("MILLRACE_SHARED is not set: the published instances were not tried");
        const std::string path = std::string(shared) + "/instances/" + file.toStdString();
        const auto problem = parseProblem(readFile(path).value(), path);
        QVERIFY2(problem, problem ? "" : problem.error().message.c_str());
        NoPlanSink sink;
        const Solution plan = solve(*problem, {}, {}, sink).value().solution;
        QCOMPARE(plan.status, Status::Optimal);
        QVERIFY(std::abs(plan.bottleneckTime.value - optimum) < 1e-6);
    }

private:
    static void compare(const Problem& problem, const std::string& what, int& feasible,
                        int& infeasible)
    {
        const auto best = test::bruteForce(problem);
        NoPlanSink sink;
        const auto solved = solve(problem, {}, {}, sink);
        QVERIFY2(solved, what.c_str());
        const Solution& plan = solved->solution;
        const auto differences = check(problem, plan);
        QVERIFY2(differences.empty(),
                 fmt::format("{}: {}", what, fmt::join(differences, "; ")).c_str());
        if (!best) {
            ++infeasible;
            QVERIFY2(plan.status == Status::Infeasible, what.c_str());
            return;
        }
        ++feasible;
        QVERIFY2(plan.status == Status::Optimal, what.c_str());
        QVERIFY2(
            std::abs(plan.bottleneckTime.value - *best) <= 1e-9 * *best,
            fmt::format("{}: {} instead of {}", what, plan.bottleneckTime.value, *best).c_str());
    }
};

QTEST_APPLESS_MAIN(TestSolve)
#include "tst_solve.moc"
