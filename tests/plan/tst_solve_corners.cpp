// SPDX-License-Identifier: GPL-3.0-or-later
// The corner cases that planners get wrong: sizes of nothing, one of everything, too many cuts.
#include "ExampleProblem.h"
#include "Solved.h"
#include "support/ShowString.h"

#include <QTest>

#include <functional>

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
        const Solution plan = test::solved(problem);
        QVERIFY(plan.status == Status::Optimal);
        QCOMPARE(plan.bottleneckTime.value, which.bottleneck);
        QCOMPARE(plan.lowerBound.value, which.bottleneck);
        QCOMPARE(plan.stageCount(), which.stages);
        test::verifyChecked(problem, plan);
    }

    void gatewayHopsThatCannotBeHidden()
    {
        // The gateway's link takes 10 s for the input; no plan is faster.
        Problem problem = test::chainProblem(4, 3);
        problem.source = problem.sink = DeviceId(0);
        problem.devices[0].enabled = false;
        bandwidth(problem, 0, 1) = bandwidth(problem, 0, 2) = 8;
        const Solution plan = test::solved(problem);
        QVERIFY(plan.status == Status::Optimal);
        QCOMPARE(plan.bottleneckTime.value, 10.0);
        QVERIFY((plan.pipelines.front().bottleneck == Bottleneck{BottleneckKind::Transfer, 0}));
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
        const Solution plan = test::solved(problem);
        QVERIFY(plan.hasStages());
        QVERIFY(plan.solver.searchSpace == SearchSpace::Linear);
        test::verifyChecked(problem, plan);
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
        const Solution plan = test::solved(problem);
        QVERIFY(plan.hasStages());
        test::verifyChecked(problem, plan);
        const double work = 44.0 / 3;
        QVERIFY2(plan.lowerBound.value > 1.5 * work,
                 qPrintable(QString::number(plan.lowerBound.value)));
    }
};

QTEST_APPLESS_MAIN(TestSolveCorners)
#include "tst_solve_corners.moc"
