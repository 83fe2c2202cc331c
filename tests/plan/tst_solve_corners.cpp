// SPDX-License-Identifier: GPL-3.0-or-later
// The corner cases that planners get wrong: sizes of nothing, one of everything, and stopping.
#include "BruteForce.h"
#include "ExampleProblem.h"
#include "RandomProblem.h"
#include "plan/Solve.h"
#include "support/ShowString.h"

#include <QTest>

#include <atomic>
#include <cmath>
#include <functional>
#include <thread>

using namespace millrace;
using namespace millrace::plan;

namespace
{

struct Corner {
    const char* name;
    std::function<Problem()> make;
    double bottleneck; ///< worked out by hand
    std::size_t stages;
};

double& bandwidth(Problem& problem, int from, int to)
{
    return problem.bandwidth.at(DeviceId(from), DeviceId(to)).value;
}

Problem zeroSizes()
{
    Problem problem = test::chainProblem(4, 2);
    for (auto& tensor : problem.tensors)
        tensor.bytes = {};
    for (Layer& layer : problem.layers)
        layer.weightBytes = {};
    return problem;
}

/// A chain of three layers, each pinned to a device of its own, that only slow links join.
Problem allPinned()
{
    Problem problem = test::chainProblem(3, 3);
    problem.bandwidth = Matrix<BitsPerSecond>(3, {8});
    problem.pins = {
        {LayerId(0), DeviceId(2)}, {LayerId(1), DeviceId(0)}, {LayerId(2), DeviceId(1)}};
    return problem;
}

Problem gatewayRunsStages(bool only)
{
    Problem problem = test::chainProblem(4, 2);
    problem.source = problem.sink = DeviceId(0);
    problem.devices[1].enabled = !only;
    return problem;
}

/// Half of the work each, but the only way leads over a third device, which needs a layer.
Problem relay()
{
    Problem problem = test::chainProblem(5, 3);
    for (Device& device : problem.devices)
        device.memory.value = 20;
    problem.devices[2].memory.value = 10;
    bandwidth(problem, 0, 1) = bandwidth(problem, 1, 0) = 0;
    return problem;
}

Problem hugePayloadInTheMiddle()
{
    Problem problem = test::chainProblem(6, 4);
    for (Device& device : problem.devices)
        device.memory.value = 30;
    problem.tensors[3].bytes.value = 1000; // between layers 2 and 3
    bandwidth(problem, 3, 1) = 8000;
    problem.pins = {{LayerId(2), DeviceId(3)}, {LayerId(3), DeviceId(1)}};
    return problem;
}

Problem withoutOverlap(Problem problem)
{
    problem.overlap = Overlap::No;
    problem.delay = Matrix<Seconds>(problem.devices.size(), {0.5});
    return problem;
}

Problem manyDevices(int count)
{
    Problem problem = test::chainProblem(2, count);
    problem.devices[static_cast<std::size_t>(count) - 1].className = "fast";
    for (Layer& layer : problem.layers)
        layer.seconds["fast"].value = 0.25;
    return problem;
}

std::vector<Corner> corners()
{
    return {
        {"one layer, one device", [] { return test::chainProblem(1, 1); }, 1, 1},
        {"one layer, many devices", [] { return test::chainProblem(1, 5); }, 1, 1},
        {"one device", [] { return test::chainProblem(7, 1); }, 7, 1},
        {"nothing to send or to hold", [] { return zeroSizes(); }, 2, 2},
        {"nothing to do at all",
         [] {
             Problem problem = zeroSizes();
             for (Layer& layer : problem.layers)
                 layer.seconds["x"].value = 0;
             return problem;
         },
         0, 1},
        {"nothing to send, but no link either",
         [] {
             Problem problem = zeroSizes();
             problem.bandwidth = Matrix<BitsPerSecond>(2);
             return problem;
         },
         4, 1},
        {"no tensors",
         [] {
             Problem problem = test::chainProblem(4, 2);
             problem.tensors.clear();
             return problem;
         },
         2, 2},
        {"every layer pinned", [] { return allPinned(); }, 10, 3},
        {"every layer pinned to one device",
         [] {
             Problem problem = allPinned();
             for (Pin& pin : problem.pins)
                 pin.device = DeviceId(1);
             return problem;
         },
         3, 1},
        {"the same pin twice",
         [] {
             Problem problem = test::chainProblem(2, 2);
             problem.pins = {{LayerId(0), DeviceId(1)}, {LayerId(0), DeviceId(1)}};
             return problem;
         },
         1, 2},
        {"source and sink are a stage's device", [] { return gatewayRunsStages(false); }, 2, 2},
        {"source and sink are the only device", [] { return gatewayRunsStages(true); }, 4, 1},
        {"at least as many stages as layers",
         [] {
             Problem problem = test::chainProblem(3, 4);
             problem.stages.min = 3;
             return problem;
         },
         1, 3},
        {"exactly two stages",
         [] {
             Problem problem = test::chainProblem(6, 4);
             problem.stages = {2, 2};
             return problem;
         },
         3, 2},
        {"a relay stage", [] { return relay(); }, 2, 3},
        {"one pair only can carry the payload", [] { return hugePayloadInTheMiddle(); }, 2, 4},
        {"no overlap, one device", [] { return withoutOverlap(test::chainProblem(3, 1)); }, 3, 1},
        {"no overlap, the gateway's hops and delays count",
         [] {
             Problem problem = withoutOverlap(test::chainProblem(3, 2));
             problem.source = problem.sink = DeviceId(1);
             problem.devices[1].enabled = false;
             return problem;
         },
         1.5 + 3 + 1.5, 1},
        {"no overlap, two stages",
         [] {
             Problem problem = withoutOverlap(test::chainProblem(8, 2));
             return problem;
         },
         4 + 1.5, 2},
        {"63 devices", [] { return manyDevices(63); }, 0.5, 1},
        {"64 devices", [] { return manyDevices(64); }, 0.5, 1},
        {"65 devices", [] { return manyDevices(65); }, 0.5, 1},
    };
}

/// Big enough that a search takes many steps.
Problem hard()
{
    test::Rules rules;
    rules.links = true;
    Problem problem = test::randomProblem(7, rules, 40, 9);
    for (Device& device : problem.devices)
        device.memory.value = 500;
    return problem;
}

Plan solved(const Problem& problem, const SolveOptions& options = {}, std::stop_token stop = {})
{
    NoPlanSink sink;
    return solve(problem, options, std::move(stop), sink).value();
}

void verifyChecked(const Problem& problem, const Plan& plan)
{
    const auto differences = check(problem, plan);
    QVERIFY2(differences.empty(), fmt::format("{}", fmt::join(differences, "; ")).c_str());
}

/// Stops the search as soon as there is a first plan.
class StopAtFirstPlan final : public PlanSink
{
public:
    void improved(const Plan* incumbent, Seconds lowerBound) override
    {
        ++calls;
        bounds.push_back(lowerBound.value);
        if (incumbent != nullptr)
            source.request_stop();
    }
    std::stop_source source;
    std::vector<double> bounds;
    int calls = 0;
};

/// What the sink may rely on.
class Watch final : public PlanSink
{
public:
    void improved(const Plan* incumbent, Seconds lowerBound) override
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

class TestSolveCorners : public QObject
{
    Q_OBJECT
private slots:
    void corner_data()
    {
        QTest::addColumn<int>("index");
        const auto all = corners();
        for (std::size_t i = 0; i < all.size(); ++i)
            QTest::newRow(all[i].name) << static_cast<int>(i);
    }
    void corner()
    {
        QFETCH(int, index);
        const Corner which = corners()[static_cast<std::size_t>(index)];
        const Problem problem = which.make();
        const Plan plan = solved(problem);
        QVERIFY(plan.status == Status::Optimal);
        QCOMPARE(plan.bottleneckTime.value, which.bottleneck);
        QCOMPARE(plan.lowerBound.value, which.bottleneck);
        QCOMPARE(plan.stages.size(), which.stages);
        verifyChecked(problem, plan);
    }

    void gatewayHopsThatCannotBeHidden()
    {
        // The gateway's link takes 10 s for the input; no plan is faster.
        Problem problem = test::chainProblem(4, 3);
        problem.source = problem.sink = DeviceId(0);
        problem.devices[0].enabled = false;
        bandwidth(problem, 0, 1) = bandwidth(problem, 0, 2) = 8;
        const Plan plan = solved(problem);
        QVERIFY(plan.status == Status::Optimal);
        QCOMPARE(plan.bottleneckTime.value, 10.0);
        QVERIFY((plan.bottleneck == Bottleneck{BottleneckKind::Transfer, 0}));
    }

    void invalidProblemIsAnError()
    {
        Problem problem = test::chainProblem(2, 2);
        problem.stages.min = 0;
        NoPlanSink sink;
        const auto plan = solve(problem, {}, {}, sink);
        QVERIFY(!plan);
        QVERIFY(plan.error().code == ErrorCode::InvalidArgument);
        QCOMPARE(plan.error().message, std::string("stages: min and max must be at least 1"));
    }

    void sinkSeesPlansFallAndBoundsRise()
    {
        Watch watch;
        const Problem problem = hard();
        const Plan plan = solve(problem, {}, {}, watch).value();
        QVERIFY(plan.hasStages());
        QVERIFY(watch.plans > 0);
        QVERIFY(!watch.boundFalls && !watch.planRises && !watch.boundAbovePlan);
        QVERIFY(watch.best.value() == plan.bottleneckTime);
    }

    void cancelledBefore()
    {
        std::stop_source source;
        source.request_stop();
        const Problem problem = hard();
        const Plan plan = solved(problem, {}, source.get_token());
        QVERIFY(plan.status == Status::Cancelled);
        QVERIFY(!plan.hasStages());
        verifyChecked(problem, plan);
        QVERIFY(solved(problem).hasStages()); // it was not for want of a plan
    }

    void cancelledDuring()
    {
        StopAtFirstPlan sink;
        const Problem problem = hard();
        const Plan plan = solve(problem, {}, sink.source.get_token(), sink).value();
        QVERIFY(plan.status == Status::Cancelled);
        QVERIFY(plan.hasStages());
        QVERIFY(plan.lowerBound < plan.bottleneckTime);
        verifyChecked(problem, plan);
    }

    /// Wherever the stop comes, the answer is honest: never "infeasible", never a wrong figure.
    void cancelledFromAnotherThread()
    {
        const Problem problem = hard();
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
            const Plan plan = solved(problem, {}, source.get_token());
            QVERIFY(plan.status == Status::Cancelled || plan.status == Status::Optimal);
            verifyChecked(problem, plan);
        }
    }

    void noTime()
    {
        SolveOptions options;
        options.timeLimit = {0};
        const Problem problem = hard();
        const Plan plan = solved(problem, options);
        QVERIFY(plan.status == Status::Timeout);
        verifyChecked(problem, plan);
    }

    void stepLimit()
    {
        const Problem problem = hard();
        SolveOptions options;
        const Plan best = solved(problem);
        bool feasible = false;
        for (const std::int64_t limit : {0, 1, 10, 100, 1000, 10000, 100000}) {
            options.stepLimit = limit;
            const Plan plan = solved(problem, options);
            Plan again = solved(problem, options);
            again.solver.elapsed = plan.solver.elapsed;
            QVERIFY(plan == again);
            verifyChecked(problem, plan);
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
        const Problem problem = hard();
        SolveOptions options;
        options.gap = gap;
        const Plan plan = solved(problem, options);
        QVERIFY(plan.status == Status::Feasible || plan.status == Status::Optimal);
        QVERIFY(plan.gap() <= gap);
        verifyChecked(problem, plan);
    }

    void warmStartIsTriedFirst()
    {
        const Problem problem = hard();
        const Plan best = solved(problem);
        SolveOptions options;
        options.warmStart = best;
        options.timeLimit = {0};
        const Plan plan = solved(problem, options);
        QVERIFY(plan.hasStages());
        QCOMPARE(plan.bottleneckTime.value, best.bottleneckTime.value);
        options.timeLimit = {10};
        const Plan proven = solved(problem, options);
        QVERIFY(proven.status == Status::Optimal);
        QVERIFY(proven.stages == best.stages);
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
        Problem problem = hard();
        SolveOptions options;
        options.warmStart = solved(problem);
        Plan& warm = *options.warmStart;
        QVERIFY(warm.stages.size() > 1);
        const DeviceId first = warm.stages[0].device;
        if (which == 0)
            problem.devices[first.index()].enabled = false;
        if (which == 1)
            problem.bandwidth.at(first, warm.stages[1].device).value = 0;
        if (which == 2)
            problem.devices[first.index()].memory = warm.stages[0].memory - Bytes{1};
        if (which == 3)
            warm.stages[0].layers.push_back(LayerId(1000));
        if (which == 4)
            warm.stages[0].device = DeviceId(1000);
        if (which == 5)
            warm.stages[1].layers = warm.stages[0].layers;
        if (which == 6)
            warm.stages.clear();
        if (which == 7)
            std::swap(warm.stages[0].layers, warm.stages[1].layers);
        const Plan plan = solved(problem, options);
        const Plan cold = solved(problem);
        QCOMPARE(plan.status, cold.status);
        QVERIFY(std::abs(plan.bottleneckTime.value - cold.bottleneckTime.value) <=
                1e-9 * cold.bottleneckTime.value);
        verifyChecked(problem, plan);
    }

    void sameAnswerForEverySeedOfEqualDevices()
    {
        const Problem problem = test::chainProblem(12, 6);
        const Plan plan = solved(problem);
        QCOMPARE(plan.bottleneckTime.value, 2.0);
        SolveOptions options;
        for (options.seed = 1; options.seed < 5; ++options.seed) {
            Plan again = solved(problem, options);
            again.solver.elapsed = plan.solver.elapsed;
            QVERIFY(again == plan);
        }
    }

    /// Far more cuts than the search looks at: 22 branches side by side.
    void tooManyCuts()
    {
        Problem problem = test::chainProblem(24, 3);
        problem.tensors = {{{10}, std::nullopt, {LayerId(0)}, false}};
        std::vector<LayerId> branches;
        for (int i = 1; i < 23; ++i) {
            branches.emplace_back(i);
            problem.tensors.push_back({{10}, LayerId(i), {LayerId(23)}, false});
        }
        problem.tensors.push_back({{10}, LayerId(0), branches, false});
        problem.tensors.push_back({{10}, LayerId(23), {}, true});
        const Plan plan = solved(problem);
        QVERIFY(plan.hasStages());
        QVERIFY(plan.solver.searchSpace == SearchSpace::Linear);
        verifyChecked(problem, plan);
        QVERIFY(plan.status == Status::Optimal || !plan.notes.empty());
    }

    /// Too many cuts for plans as good as that of one order, but not for much better ones: of those
    /// there are none, which is a bound.
    void boundWhereCutsAreTooMany()
    {
        Problem problem = test::chainProblem(44, 3);
        problem.tensors = {{{10}, std::nullopt, {LayerId(0)}, false}};
        std::vector<LayerId> branches;
        for (int i = 1; i < 43; ++i) {
            branches.emplace_back(i);
            problem.tensors.push_back({{6000}, LayerId(i), {LayerId(43)}, false});
        }
        problem.tensors.push_back({{10}, LayerId(0), branches, false});
        problem.tensors.push_back({{10}, LayerId(43), {}, true});
        problem.bandwidth = Matrix<BitsPerSecond>(3, {8 * 1000});
        const Plan plan = solved(problem);
        QVERIFY(plan.hasStages());
        verifyChecked(problem, plan);
        const double work = 44.0 / 3;
        QVERIFY2(plan.lowerBound.value > 1.5 * work,
                 qPrintable(QString::number(plan.lowerBound.value)));
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
        options.warmStart = solved(problem);
        QCOMPARE(options.warmStart->devicePrices.size(), std::size_t{6});
        options.warmStart->devicePrices[2] = price;
        options.warmStart->lowerBound = {1.99};
        const Plan plan = solved(problem, options);
        QCOMPARE(plan.status, Status::Optimal);
        QCOMPARE(plan.bottleneckTime.value, 2.0);
        options.warmStart->devicePrices.clear();
        QCOMPARE(solved(problem, options).bottleneckTime.value, 2.0);
    }
};

QTEST_APPLESS_MAIN(TestSolveCorners)
#include "tst_solve_corners.moc"
