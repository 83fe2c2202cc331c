// SPDX-License-Identifier: GPL-3.0-or-later
// Where a search stops before its end: cancelled, out of time or steps, near enough.
#include "Solved.h"

#include <QTest>

#include <atomic>
#include <thread>

using namespace millrace;
using namespace millrace::plan;

namespace
{

/// Stops the search as soon as there is a first plan.
class StopAtFirstPlan final : public PlanSink
{
public:
    void improved(const Solution* incumbent, Seconds) override
    {
        if (incumbent != nullptr)
            source.request_stop();
    }
    std::stop_source source;
};

/// What the sink may rely on.
class Watch final : public PlanSink
{
public:
    void improved(const Solution* incumbent, Seconds lowerBound) override
    {
        boundFalls = boundFalls || lowerBound < bound;
        bound = lowerBound;
        if (incumbent == nullptr)
            return;
        ++plans;
        planRises = planRises || (best && incumbent->bottleneckTime > *best);
        best = incumbent->bottleneckTime;
        boundAbovePlan = boundAbovePlan || lowerBound > *best;
    }
    std::optional<Seconds> best;
    Seconds bound;
    int plans = 0;
    bool boundFalls = false;
    bool planRises = false;
    bool boundAbovePlan = false;
};

} // namespace

class TestSolveLimits : public QObject
{
    Q_OBJECT
private slots:
    void sinkSeesPlansFallAndBoundsRise()
    {
        Watch watch;
        const Problem problem = test::hardProblem();
        const Solution plan = solve(problem, {}, {}, watch).value().solution;
        QVERIFY(plan.hasStages());
        QVERIFY(watch.plans > 0);
        QVERIFY(!watch.boundFalls && !watch.planRises && !watch.boundAbovePlan);
        QVERIFY(watch.best.value() == plan.bottleneckTime);
    }

    void cancelledBefore()
    {
        std::stop_source source;
        source.request_stop();
        const Problem problem = test::hardProblem();
        const Solution plan = test::solved(problem, {}, source.get_token());
        QVERIFY(plan.status == Status::Cancelled);
        QVERIFY(!plan.hasStages());
        test::verifyChecked(problem, plan);
        QVERIFY(test::solved(problem).hasStages()); // it was not for want of a plan
    }

    void cancelledDuring()
    {
        StopAtFirstPlan sink;
        const Problem problem = test::hardProblem();
        const Solution plan = solve(problem, {}, sink.source.get_token(), sink).value().solution;
        QVERIFY(plan.status == Status::Cancelled);
        QVERIFY(plan.hasStages());
        QVERIFY(plan.lowerBound < plan.bottleneckTime);
        test::verifyChecked(problem, plan);
    }

    /// Wherever the stop comes, the answer is honest: never "infeasible", never a wrong figure.
    void cancelledFromAnotherThread()
    {
        const Problem problem = test::hardProblem();
        for (int spin = 0; spin < 40; ++spin) {
            std::stop_source source;
            std::atomic<bool> started = false;
            std::jthread stopper([&] {
                while (!started)
                    std::this_thread::yield();
                for (int i = 0; i < spin * 100; ++i)
                    std::this_thread::yield();
                source.request_stop();
            });
            started = true;
            const Solution plan = test::solved(problem, {}, source.get_token());
            QVERIFY(plan.status == Status::Cancelled || plan.status == Status::Optimal);
            test::verifyChecked(problem, plan);
        }
    }

    void noTime()
    {
        SolveOptions options;
        options.timeLimit = {0};
        const Problem problem = test::hardProblem();
        const Solution plan = test::solved(problem, options);
        QVERIFY(plan.status == Status::Timeout);
        test::verifyChecked(problem, plan);
    }

    void stepLimit()
    {
        const Problem problem = test::hardProblem();
        SolveOptions options;
        const Solution best = test::solved(problem);
        bool feasible = false;
        for (const std::int64_t limit : {0, 1, 10, 100, 1000, 10000, 100000}) {
            options.stepLimit = limit;
            const Solution plan = test::solved(problem, options);
            Solution again = test::solved(problem, options);
            again.solver.elapsed = plan.solver.elapsed;
            QVERIFY(plan == again);
            test::verifyChecked(problem, plan);
            if (!plan.hasStages()) {
                QVERIFY(plan.status == Status::Timeout);
                continue;
            }
            feasible = feasible || plan.status == Status::Feasible;
            QVERIFY(plan.status == Status::Feasible || plan.status == Status::Optimal);
            QVERIFY(plan.bottleneckTime >= best.bottleneckTime);
            QVERIFY(plan.lowerBound.value <= best.bottleneckTime.value * (1 + 1e-9));
        }
        QVERIFY(feasible);
    }

    void gap_data()
    {
        QTest::addColumn<double>("gap");
        QTest::newRow("5 %") << 0.05;
        QTest::newRow("50 %") << 0.5;
        QTest::newRow("anything") << 1.0;
    }
    void gap()
    {
        QFETCH(double, gap);
        const Problem problem = test::hardProblem();
        SolveOptions options;
        options.gap = gap;
        const Solution plan = test::solved(problem, options);
        QVERIFY(plan.status == Status::Feasible || plan.status == Status::Optimal);
        QVERIFY(plan.gap() <= gap);
        test::verifyChecked(problem, plan);
    }
};

QTEST_APPLESS_MAIN(TestSolveLimits)
#include "tst_solve_limits.moc"
