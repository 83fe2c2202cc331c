// SPDX-License-Identifier: GPL-3.0-or-later
#include "BruteForce.h"
#include "ExampleProblem.h"
#include "plan/Checker.h"
#include "plan/Infeasible.h"
#include "plan/search/Solve.h"
#include "support/ShowString.h"

#include <QTest>

#include <functional>

using namespace millrace;
using namespace millrace::plan;

namespace
{

struct Case {
    const char* name;
    std::function<void(Problem&)> make; ///< of the example problem
    const char* says;                   ///< the first reason
};

void unlink(Problem& problem, int from, int to)
{
    problem.bandwidth.at(DeviceId(from), DeviceId(to)).value = 0;
}

void limitMemory(Problem& problem, std::int64_t bytes)
{
    for (Device& device : problem.devices)
        device.memory.value = bytes;
}

std::vector<Case> counts()
{
    return {
        {"nothing switched on",
         [](Problem& problem) {
             for (Device& device : problem.devices)
                 device.enabled = false;
         },
         "no device is switched on for stages; switch one on"},
        {"more stages than devices",
         [](Problem& problem) {
             problem.stages = {4, std::nullopt};
         },
         "at least 4 stages are asked for, but only 3 devices are switched on; ask for fewer "
         "stages or switch on more devices"},
        {"more stages than layers",
         [](Problem& problem) {
             problem = test::chainProblem(2, 3);
             problem.stages = {3, std::nullopt};
         },
         "at least 3 stages are asked for, but the model has 2 layers; ask for fewer"},
        {"at most less than at least",
         [](Problem& problem) {
             problem.stages = {3, 2};
         },
         "at most 2 stages and at least 3 stages are asked for; no number is both"},
    };
}

std::vector<Case> pins()
{
    return {
        {"pinned to two devices",
         [](Problem& problem) {
             problem.pins = {{LayerId(1), DeviceId(1)}, {LayerId(1), DeviceId(2)}};
         },
         "layer b is pinned to p and to q; remove one of the pins"},
        {"pinned to a disabled device",
         [](Problem& problem) {
             problem.pins = {{LayerId(1), DeviceId(0)}};
         },
         "layer b is pinned to gw, which is switched off; switch it on or remove the pin"},
        {"pinned to a class that cannot run it",
         [](Problem& problem) {
             problem.layers[1].seconds.erase("y");
             problem.pins = {{LayerId(1), DeviceId(2)}};
         },
         "layer b is pinned to q, but class y cannot run it; remove the pin"},
        {"pinned to a device that is too small",
         [](Problem& problem) {
             problem.devices[2].memory.value = 124;
             problem.pins = {{LayerId(1), DeviceId(2)}};
         },
         "layer b is pinned to q and needs 125 B; the device has 124 B"},
        {"pinned together to a device that is too small",
         [](Problem& problem) {
             problem.devices[2].memory.value = 204;
             problem.pins = {{LayerId(1), DeviceId(2)}, {LayerId(2), DeviceId(2)}};
         },
         "the layers pinned to q need 205 B together; the device has 204 B"},
        {"pinned to more devices than stages",
         [](Problem& problem) {
             problem.stages.max = 1;
             problem.pins = {{LayerId(0), DeviceId(1)}, {LayerId(1), DeviceId(2)}};
         },
         "layers are pinned to 2 devices, but at most 1 stages are asked for; remove pins or ask "
         "for more stages"},
        {"pinned there and back",
         [](Problem& problem) {
             problem.pins = {
                 {LayerId(0), DeviceId(1)}, {LayerId(1), DeviceId(2)}, {LayerId(3), DeviceId(1)}};
         },
         "layer d is pinned to p, but comes after layers pinned to q that come after others "
         "pinned to p; a device runs one stage, so remove a pin"},
        {"pinned against the only link",
         [](Problem& problem) {
             problem.pins = {{LayerId(0), DeviceId(3)}, {LayerId(3), DeviceId(1)}};
             unlink(problem, 3, 2);
             unlink(problem, 2, 1);
         },
         "no chain of stages leads from the first to the last layer: every way of cutting needs "
         "more memory than a device has, or a link that is missing. Give a device more memory or "
         "add a link"},
    };
}

std::vector<Case> memoryAndClasses()
{
    return {
        {"layer larger than every device", [](Problem& problem) { limitMemory(problem, 140); },
         "layer d needs 145 B; the largest device has 140 B. Give one device at least 145 B"},
        {"layer larger than every device, in MiB",
         [](Problem& problem) {
             problem.layers[2].weightBytes.value = std::int64_t{98} << 20;
             limitMemory(problem, std::int64_t{64} << 20);
         },
         "layer c needs 98.0 MiB; the largest device has 64.0 MiB. Give one device at least 98.0 "
         "MiB"},
        {"layer larger than the devices that can run it",
         [](Problem& problem) {
             problem.layers[1].seconds.erase("x");
             problem.devices[2].memory.value = 100;
         },
         "layer b needs 125 B; the largest device has 100 B. Give one device at least 125 B"},
        {"class without a time", [](Problem& problem) { problem.layers[2].seconds = {}; },
         "no device that is switched on can run layer c: none of their classes has a time for it"},
        {"class with a time is switched off",
         [](Problem& problem) {
             problem.layers[2].seconds.erase("x");
             problem.devices[2].enabled = false;
         },
         "no device that is switched on can run layer c: none of their classes has a time for it"},
        {"weights larger than all devices together",
         [](Problem& problem) {
             problem = test::chainProblem(9, 2);
             limitMemory(problem, 40);
         },
         "the weights take 90 B, but the devices in use together have room for 80 B; 10 B more is "
         "needed"},
        {"weights larger than the stages allowed",
         [](Problem& problem) {
             problem = test::chainProblem(9, 3);
             limitMemory(problem, 40);
             problem.stages.max = 1;
         },
         "the weights take 90 B, but the device has room for 40 B; 50 B more is needed"},
        {"copies of payloads leave no room",
         [](Problem& problem) { problem.memoryModel.inCopies = 100; },
         "no chain of stages leads from the first to the last layer: every way of cutting needs "
         "more memory than a device has, or a link that is missing. Give a device more memory or "
         "add a link"},
    };
}

std::vector<Case> links()
{
    return {
        {"no link from the gateway",
         [](Problem& problem) {
             for (int d = 1; d < 4; ++d)
                 unlink(problem, 0, d);
         },
         "there is no link from the gateway gw to any device that is switched on; add one"},
        {"no link to the gateway",
         [](Problem& problem) {
             for (int d = 1; d < 4; ++d)
                 unlink(problem, d, 0);
         },
         "there is no link from any device that is switched on back to the gateway gw; add one"},
        {"no link at all, one is too small",
         [](Problem& problem) {
             limitMemory(problem, 500);
             problem.bandwidth = Matrix<BitsPerSecond>(4);
             problem.source.reset();
             problem.sink.reset();
         },
         "no two of the devices that are switched on are linked, and one alone is not enough; add "
         "a link"},
        {"no link at all, two stages asked for",
         [](Problem& problem) {
             problem = test::chainProblem(3, 3);
             problem.bandwidth = Matrix<BitsPerSecond>(3);
             problem.stages.min = 2;
         },
         "no two of the devices that are switched on are linked, and one alone is not enough; add "
         "a link"},
        {"no way back to the gateway",
         [](Problem& problem) {
             unlink(problem, 0, 2);
             unlink(problem, 0, 3);
             unlink(problem, 1, 2);
             unlink(problem, 1, 3);
             unlink(problem, 1, 0);
         },
         "no chain of links leads from the gateway gw over devices that are switched on back to "
         "gw; add one"},
        {"each once is not enough",
         [](Problem& problem) {
             // Two ends that only the middle joins, and a model that needs three stages of which
             // one cannot be the middle.
             problem = test::chainProblem(4, 3);
             limitMemory(problem, 20);
             problem.devices[2].memory.value = 10;
             problem.stages.max = 2;
             for (const auto& [from, to] : {std::pair(0, 1), {1, 0}})
                 unlink(problem, from, to);
         },
         "the devices that are switched on cannot hold the model together, each used once and "
         "joined by the links there are. Switch on another device, give one more memory, or add a "
         "link"},
    };
}

std::vector<Case> all()
{
    std::vector<Case> cases;
    for (const auto& group : {counts(), pins(), memoryAndClasses(), links()})
        cases.insert(cases.end(), group.begin(), group.end());
    return cases;
}

} // namespace

class TestInfeasible : public QObject
{
    Q_OBJECT
private slots:
    void saysWhy_data()
    {
        QTest::addColumn<int>("index");
        const auto cases = all();
        for (std::size_t i = 0; i < cases.size(); ++i)
            QTest::newRow(cases[i].name) << static_cast<int>(i);
    }
    void saysWhy()
    {
        QFETCH(int, index);
        const Case which = all()[static_cast<std::size_t>(index)];
        Problem problem = test::exampleProblem();
        which.make(problem);
        QVERIFY(validate(problem));
        QVERIFY(!test::bruteForce(problem));
        NoPlanSink sink;
        const Solution plan = solve(problem, {}, {}, sink).value().solution;
        QVERIFY(plan.status == Status::Infeasible);
        QVERIFY(!plan.hasStages());
        QVERIFY(!plan.whyInfeasible.empty());
        QCOMPARE(plan.whyInfeasible.front(), std::string(which.says));
        QCOMPARE(check(problem, plan).size(), std::size_t{0});
    }

    void namesPinsAndLimitsAsPossibleReasons()
    {
        Problem problem = test::exampleProblem();
        problem.stages.max = 2;
        problem.pins = {{LayerId(0), DeviceId(3)}, {LayerId(3), DeviceId(1)}};
        NoPlanSink sink;
        const Solution plan = solve(problem, {}, {}, sink).value().solution;
        QCOMPARE(plan.whyInfeasible.size(), std::size_t{3});
        QCOMPARE(plan.whyInfeasible[1],
                 std::string("the pins may be the reason; remove one and plan again"));
        QCOMPARE(plan.whyInfeasible[2],
                 std::string("the limit of 2 stages may be the reason; allow more"));
    }

    /// A simple reason is a proof: no plan may exist where one is given.
    void saysNothingAboutFeasibleProblems()
    {
        QVERIFY(simpleReasons(test::exampleProblem()).empty());
        QVERIFY(simpleReasons(test::chainProblem(1, 1)).empty());
        // No links, but one device is enough.
        Problem problem = test::chainProblem(3, 3);
        problem.bandwidth = Matrix<BitsPerSecond>(3);
        QVERIFY(simpleReasons(problem).empty());
        // The gateway runs stages itself, and nothing is linked to it.
        problem.source = problem.sink = DeviceId(1);
        QVERIFY(simpleReasons(problem).empty());
        // Pins that alternate over branches that do not need each other.
        problem = test::exampleProblem();
        problem.tensors[1].consumers = {LayerId(1), LayerId(2), LayerId(3)};
        problem.tensors[2].consumers = {LayerId(3)};
        problem.pins = {
            {LayerId(1), DeviceId(2)}, {LayerId(2), DeviceId(1)}, {LayerId(0), DeviceId(1)}};
        QVERIFY(simpleReasons(problem).empty());
    }
};

QTEST_APPLESS_MAIN(TestInfeasible)
#include "tst_infeasible.moc"
