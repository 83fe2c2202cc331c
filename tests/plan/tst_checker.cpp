// SPDX-License-Identifier: GPL-3.0-or-later
#include "ExampleProblem.h"
#include "RandomProblem.h"
#include "plan/Checker.h"
#include "plan/search/Solve.h"
#include "support/ShowString.h"

#include <QTest>

#include <functional>
#include <limits>

using namespace millrace;
using namespace millrace::plan;

namespace
{

/// One thing that is wrong with a plan that was right, and the sentence that says so.
struct Fault {
    const char* name;
    std::function<void(Problem&, Plan&)> make;
    const char* says;
};

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Problem withoutOverlap(Problem problem)
{
    problem.overlap = Overlap::No;
    return problem;
}

/// Figures that a plan file may state wrongly: each is one difference and no other.
std::vector<Fault> figures()
{
    return {
        {"bottleneck too low", [](Problem&, Plan& plan) { plan.bottleneckTime.value = 12; },
         "bottleneck_s is 12, 12.5 by the problem"},
        {"bottleneck is no number", [](Problem&, Plan& plan) { plan.bottleneckTime.value = kNaN; },
         "bottleneck_s is nan, 12.5 by the problem"},
        {"bottleneck of another kind",
         [](Problem&, Plan& plan) {
             plan.pipelines.front().bottleneck = {BottleneckKind::Compute, 1};
         },
         "bottleneck does not name the slowest stage or hop"},
        {"bottleneck of another hop",
         [](Problem&, Plan& plan) { plan.pipelines.front().bottleneck.index = 2; },
         "bottleneck does not name the slowest stage or hop"},
        {"bottleneck index out of range",
         [](Problem&, Plan& plan) { plan.pipelines.front().bottleneck.index = 4; },
         "bottleneck does not name the slowest stage or hop"},
        {"bottleneck index negative",
         [](Problem&, Plan& plan) { plan.pipelines.front().bottleneck.index = -1; },
         "bottleneck does not name the slowest stage or hop"},
        {"bottleneck of a whole stage",
         [](Problem&, Plan& plan) {
             plan.pipelines.front().bottleneck = {BottleneckKind::Stage, 1};
         },
         "bottleneck does not name the slowest stage or hop"},
        {"end to end", [](Problem&, Plan& plan) { plan.pipelines.front().endToEnd.value = 30.2; },
         "end_to_end_s is 30.2, 31.2 by the problem"},
        {"single device", [](Problem&, Plan& plan) { plan.singleDevice->value = 5; },
         "single_device_s is 5, 4 by the problem"},
        {"single device withheld", [](Problem&, Plan& plan) { plan.singleDevice.reset(); },
         "single_device_s is null, by the problem 4"},
        {"lower bound is no number", [](Problem&, Plan& plan) { plan.lowerBound.value = kNaN; },
         "lower_bound_s is nan, which is no time"},
        {"lower bound negative", [](Problem&, Plan& plan) { plan.lowerBound.value = -1; },
         "lower_bound_s is -1, which is no time"},
        {"lower bound that one device refutes",
         [](Problem&, Plan& plan) { plan.lowerBound.value = 4.5; },
         "lower_bound_s 4.5 is above 4, which one device alone reaches"},
        {"optimal with a gap", [](Problem&, Plan& plan) { plan.status = Status::Optimal; },
         "status is optimal, but lower_bound_s 0.5 is not bottleneck_s 12.5"},
        {"infeasible with stages", [](Problem&, Plan& plan) { plan.status = Status::Infeasible; },
         "status is infeasible, but there are stages"},
        {"stage memory",
         [](Problem&, Plan& plan) { plan.pipelines.front().stages[1].memory.value = 1841; },
         "stage 2 (q): memory_bytes is 1841, 1842 by the problem"},
        {"stage compute",
         [](Problem&, Plan& plan) { plan.pipelines.front().stages[0].compute.value = 1.9; },
         "stage 1 (p): compute_s is 1.9, 2 by the problem"},
        {"hop sender",
         [](Problem&, Plan& plan) { plan.pipelines.front().hops[1].from = DeviceId(3); },
         "hop 1: from is r, p by the problem"},
        {"hop sender left out",
         [](Problem&, Plan& plan) { plan.pipelines.front().hops[0].from.reset(); },
         "hop 0: from is null, gw by the problem"},
        {"hop receiver",
         [](Problem&, Plan& plan) { plan.pipelines.front().hops[3].to = DeviceId(77); },
         "hop 3: to is a device that does not exist, gw by the problem"},
        {"hop bytes",
         [](Problem&, Plan& plan) { plan.pipelines.front().hops[2].bytes.value = 200; },
         "hop 2: bytes is 200, 1000 by the problem"},
        {"hop seconds",
         [](Problem&, Plan& plan) { plan.pipelines.front().hops[2].seconds.value = 10; },
         "hop 2: seconds is 10, 10.5 by the problem"},
        {"a pipeline that nobody looks at",
         [](Problem&, Plan& plan) { plan.pipelines.push_back(plan.pipelines.front()); },
         "there are 2 pipelines, only one can be checked"},
        {"one hop too few", [](Problem&, Plan& plan) { plan.pipelines.front().hops.pop_back(); },
         "there are 3 hops, 3 stages need 4"},
    };
}

/// Rules that the plan breaks, with all its figures in order otherwise.
std::vector<Fault> rules()
{
    const auto refill = [](Problem& problem, Plan& plan) { fillFigures(problem, plan); };
    const auto onDevices = [refill](Problem& problem, Plan& plan, std::vector<int> devices) {
        for (std::size_t k = 0; k < devices.size(); ++k)
            plan.pipelines.front().stages[k].device = DeviceId(devices[k]);
        refill(problem, plan);
    };
    return {
        {"layer moved back",
         [](Problem&, Plan& plan) { plan.pipelines.front().stages[2].layers = {}; },
         "stage 3 (r) has no layers"},
        {"layer dropped",
         [](Problem&, Plan& plan) { plan.pipelines.front().stages[0].layers.pop_back(); },
         "layer 1 is in no stage"},
        {"layer twice",
         [](Problem&, Plan& plan) {
             plan.pipelines.front().stages[2].layers.insert(
                 plan.pipelines.front().stages[2].layers.begin(), LayerId(2));
         },
         "layer 2 stands in stages 2 and 3"},
        {"layer twice in a stage",
         [](Problem&, Plan& plan) {
             plan.pipelines.front().stages[2].layers.push_back(LayerId(3));
         },
         "layer 3 stands in stages 3 and 3"},
        {"layers of a stage reordered",
         [](Problem&, Plan& plan) {
             std::swap(plan.pipelines.front().stages[0].layers[0],
                       plan.pipelines.front().stages[0].layers[1]);
         },
         "stage 1 (p): its layers do not ascend"},
        {"layers exchanged",
         [](Problem&, Plan& plan) {
             std::swap(plan.pipelines.front().stages[1].layers,
                       plan.pipelines.front().stages[2].layers);
         },
         "layer 3 runs before layer 2, whose result it needs"},
        {"layer unknown",
         [](Problem&, Plan& plan) {
             plan.pipelines.front().stages[2].layers.push_back(LayerId(4));
         },
         "stage 3 (r) has layer 4, which does not exist"},
        {"layer negative",
         [](Problem&, Plan& plan) { plan.pipelines.front().stages[1].layers[0].value = -2; },
         "stage 2 (q) has layer -2, which does not exist"},
        {"device unknown",
         [](Problem&, Plan& plan) { plan.pipelines.front().stages[1].device = DeviceId(4); },
         "stage 2 runs on a device that does not exist"},
        {"device negative",
         [](Problem&, Plan& plan) { plan.pipelines.front().stages[1].device.value = -1; },
         "stage 2 runs on a device that does not exist"},
        {"device twice",
         [onDevices](Problem& problem, Plan& plan) {
             onDevices(problem, plan, {1, 2, 1});
         },
         "stage 3 (p): the device has another stage already"},
        {"device disabled",
         [refill](Problem& problem, Plan& plan) {
             problem.devices[2].enabled = false;
             refill(problem, plan);
         },
         "stage 2 (q): the device is disabled"},
        {"link missing",
         [refill](Problem& problem, Plan& plan) {
             problem.bandwidth.at(DeviceId(1), DeviceId(2)).value = 0;
             refill(problem, plan);
         },
         "hop 1: there is no link from p to q"},
        {"link back to the gateway missing",
         [refill](Problem& problem, Plan& plan) {
             problem.bandwidth.at(DeviceId(3), DeviceId(0)).value = 0;
             refill(problem, plan);
         },
         "hop 3: there is no link from r to gw"},
        {"memory exceeded by a byte",
         [](Problem& problem, Plan&) { problem.devices[2].memory.value = 1841; },
         "stage 2 (q) needs 1842 bytes, the device has 1841"},
        {"pin broken",
         [](Problem& problem, Plan&) {
             problem.pins = {{LayerId(1), DeviceId(3)}};
         },
         "layer 1 runs on p, it is pinned to r"},
        {"too few stages",
         [](Problem& problem, Plan&) {
             problem.stages = {4, std::nullopt};
         },
         "3 stages, the problem allows 4 to any number"},
        {"too many stages",
         [](Problem& problem, Plan&) {
             problem.stages = {1, 2};
         },
         "3 stages, the problem allows 1 to 2"},
        {"class without a time",
         [refill](Problem& problem, Plan& plan) {
             problem.layers[2].seconds.erase("y");
             refill(problem, plan);
         },
         "stage 2 (q): class y cannot run layer c"},
    };
}

std::string joined(const std::vector<std::string>& differences)
{
    return fmt::format("{}", fmt::join(differences, "; "));
}

} // namespace

class TestChecker : public QObject
{
    Q_OBJECT
private slots:
    void acceptsTheSolversPlans()
    {
        int feasible = 0;
        for (unsigned seed = 0; seed < 200; ++seed) {
            const auto shape = seed % 2 == 0 ? test::Shape::Chain : test::Shape::Dag;
            const Problem problem =
                test::randomProblem(seed, test::rulesFrom(seed * 37, shape), 6, 3);
            NoPlanSink sink;
            const Solution plan = solve(problem, {}, {}, sink).value().solution;
            feasible += plan.hasStages() ? 1 : 0;
            const auto differences = check(problem, plan);
            QVERIFY2(differences.empty(),
                     fmt::format("seed {}: {}", seed, joined(differences)).c_str());
        }
        QVERIFY(feasible > 100);
    }

    /// Worked out with pencil and paper from the rules of the problem file.
    void figuresByHand()
    {
        const Problem problem = test::exampleProblem();
        const Plan plan = test::examplePlan(problem);
        QCOMPARE(plan.bottleneckTime.value, 12.5);
        QVERIFY((plan.pipelines.front().bottleneck == Bottleneck{BottleneckKind::Transfer, 1}));
        QCOMPARE(plan.pipelines.front().endToEnd.value, 31.2);
        QCOMPARE(plan.singleDevice.value().value, 4.0);
        const std::vector<std::int64_t> memory = {912, 1842, 1165};
        const std::vector<double> compute = {2, 2, 1};
        for (std::size_t k = 0; k < 3; ++k) {
            QCOMPARE(plan.pipelines.front().stages[k].memory.value, memory[k]);
            QCOMPARE(plan.pipelines.front().stages[k].compute.value, compute[k]);
        }
        const std::vector<std::int64_t> bytes = {80, 1200, 1000, 40};
        const std::vector<double> seconds = {1.3, 12.5, 10.5, 0.9};
        for (std::size_t k = 0; k < 4; ++k) {
            QCOMPARE(plan.pipelines.front().hops[k].bytes.value, bytes[k]);
            QCOMPARE(plan.pipelines.front().hops[k].seconds.value, seconds[k]);
        }
        QCOMPARE(joined(check(problem, plan)), std::string());
    }

    void figuresByHandWithoutOverlap()
    {
        const Problem problem = withoutOverlap(test::exampleProblem());
        const Plan plan = test::examplePlan(problem);
        QCOMPARE(plan.bottleneckTime.value, 25.5);
        QVERIFY((plan.pipelines.front().bottleneck == Bottleneck{BottleneckKind::Stage, 1}));
        QCOMPARE(plan.pipelines.front().endToEnd.value, 31.2);
        QCOMPARE(plan.singleDevice.value().value, 6.7);
        QCOMPARE(joined(check(problem, plan)), std::string());
    }

    void catchesFigures_data() { rows(figures()); }
    void catchesFigures()
    {
        QFETCH(int, index);
        const Fault fault = figures()[static_cast<std::size_t>(index)];
        Problem problem = test::exampleProblem();
        Plan plan = test::examplePlan(problem);
        fault.make(problem, plan);
        QCOMPARE(joined(check(problem, plan)), std::string(fault.says));
    }

    void catchesRules_data() { rows(rules()); }
    void catchesRules()
    {
        QFETCH(int, index);
        const Fault fault = rules()[static_cast<std::size_t>(index)];
        Problem problem = test::exampleProblem();
        Plan plan = test::examplePlan(problem);
        fault.make(problem, plan);
        const auto differences = check(problem, plan);
        QVERIFY2(std::find(differences.begin(), differences.end(), fault.says) != differences.end(),
                 joined(differences).c_str());
    }

    void catchesFiguresWithoutOverlap()
    {
        const Problem problem = withoutOverlap(test::exampleProblem());
        Plan plan = test::examplePlan(problem);
        plan.pipelines.front().bottleneck = {BottleneckKind::Transfer, 1};
        QCOMPARE(joined(check(problem, plan)),
                 std::string("bottleneck does not name the slowest stage or hop"));
        plan = test::examplePlan(problem);
        plan.bottleneckTime.value = 12.5;
        QCOMPARE(joined(check(problem, plan)),
                 std::string("bottleneck_s is 12.5, 25.5 by the problem"));
    }

    void catchesWhatIsWrongWithoutStages()
    {
        const Problem problem = test::exampleProblem();
        Plan plan;
        plan.singleDevice = bestSingleDevice(problem);
        plan.status = Status::Optimal;
        QCOMPARE(joined(check(problem, plan)),
                 std::string("status is optimal, but there are no stages"));
        plan.status = Status::Timeout;
        QCOMPARE(joined(check(problem, plan)), std::string());
        plan.pipelines.emplace_back().hops.emplace_back();
        QCOMPARE(joined(check(problem, plan)), std::string("there are 1 hops, but no stages"));
        plan.pipelines.clear();
        plan.status = Status::Infeasible;
        QCOMPARE(joined(check(problem, plan)),
                 std::string("why_infeasible is empty; "
                             "status is infeasible, but one device can hold the model alone"));
        Problem pinned = problem;
        pinned.pins = {{LayerId(0), DeviceId(0)}};
        plan.whyInfeasible = {"layer a is pinned to gw, which is switched off"};
        QCOMPARE(joined(check(pinned, plan)), std::string());
        plan.singleDevice.reset();
        QCOMPARE(joined(check(pinned, plan)),
                 std::string("single_device_s is null, by the problem 4"));
    }

private:
    static void rows(const std::vector<Fault>& faults)
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < faults.size(); ++i)
            QTest::newRow(faults[i].name) << static_cast<int>(i);
    }
};

QTEST_APPLESS_MAIN(TestChecker)
#include "tst_checker.moc"
