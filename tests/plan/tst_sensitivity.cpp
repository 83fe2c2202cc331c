// SPDX-License-Identifier: GPL-3.0-or-later
#include "BruteForce.h"
#include "ExampleProblem.h"
#include "RandomProblem.h"
#include "plan/whatif/Sensitivity.h"

#include <QTest>

#include <cmath>

using namespace millrace;
using namespace millrace::plan;

namespace
{

class Recorder final : public SensitivitySink
{
public:
    void found(const Finding& finding) override
    {
        findings.push_back(finding);
        if (findings.size() == stopAfter)
            stop.request_stop();
    }
    std::vector<Finding> findings;
    std::size_t stopAfter = 0;
    std::stop_source stop;
};

/// No test here is about time, and the machine may be slow.
constexpr Seconds kPatience{1000};

Solution solved(const Problem& problem)
{
    SolveOptions options;
    options.timeLimit = kPatience;
    NoPlanSink sink;
    return solve(problem, options, {}, sink).value().solution;
}

/// With what is switched off brought back.
std::vector<Change> everyChange(const Problem& problem)
{
    std::vector<Change> changes = allChanges(problem);
    for (std::size_t d = 0; d < problem.devices.size(); ++d)
        if (!problem.devices[d].enabled)
            changes.emplace_back(DeviceBack{DeviceId(d)});
    return changes;
}

std::vector<Finding> findingsOf(const Problem& problem, const std::vector<Change>& changes,
                                const SensitivityOptions& options = {0, kPatience, {}, 0, {}})
{
    NoSensitivitySink sink;
    return sensitivity(problem, solved(problem), changes, options, {}, sink).value();
}

/// Two layers of 60 bytes and one second each; "p" holds one of them, "q" both, and runs at half
/// the speed of "p". 100 bytes over 800 bit/s take a second, too.
Problem pair()
{
    Problem problem;
    const std::map<std::string, Seconds> seconds = {{"fast", {1}}, {"slow", {2}}};
    problem.layers = {{"a", {60}, {}, seconds}, {"b", {60}, {}, seconds}};
    problem.tensors = {{{1}, std::nullopt, {LayerId(0)}, false},
                       {{100}, LayerId(0), {LayerId(1)}, false},
                       {{1}, LayerId(1), {}, true}};
    problem.devices = {{"p", "fast", {64}, true}, {"q", "slow", {128}, true}};
    problem.bandwidth = Matrix<BitsPerSecond>(2, {800});
    problem.occupancy = Matrix<Seconds>(2);
    problem.delay = Matrix<Seconds>(2);
    return problem;
}

} // namespace

class TestSensitivity : public QObject
{
    Q_OBJECT
private slots:
    void equalsColdSolves_data()
    {
        QTest::addColumn<int>("shape");
        QTest::addColumn<int>("layers");
        QTest::addColumn<int>("devices");
        QTest::addColumn<int>("every"); // how many sets of rules are skipped
        QTest::newRow("chains, 5 layers, 3 devices") << 0 << 5 << 3 << 1;
        QTest::newRow("DAGs, 5 layers, 3 devices") << 1 << 5 << 3 << 3;
        QTest::newRow("chains, 4 layers, 4 devices") << 0 << 4 << 4 << 5;
        QTest::newRow("chains, 2 layers, 1 device") << 0 << 2 << 1 << 1;
    }
    void equalsColdSolves()
    {
        QFETCH(int, shape);
        QFETCH(int, layers);
        QFETCH(int, devices);
        QFETCH(int, every);
        int better = 0, nothing = 0, worse = 0, impossible = 0, possible = 0;
        for (unsigned rules = 0; rules < 1U << test::kRuleCount;
             rules += static_cast<unsigned>(every)) {
            const Problem problem = test::randomProblem(
                rules + 77, test::rulesFrom(rules, static_cast<test::Shape>(shape)), layers,
                devices);
            const Solution plan = solved(problem);
            Recorder told;
            const auto found = sensitivity(problem, plan, everyChange(problem),
                                           {0, kPatience, {}, 0, {}}, {}, told);
            QVERIFY(found.has_value());
            QCOMPARE(told.findings.size(), found->size());
            for (const Finding& finding : *found) {
                QVERIFY(std::count(told.findings.begin(), told.findings.end(), finding) == 1);
                const std::string what =
                    fmt::format("rules {} kind {}", rules, finding.change.index());
                compare(problem, finding, what);
                if (QTest::currentTestFailed())
                    return;
                const double worth = gain(plan, finding);
                (std::isinf(worth) ? possible
                 : worth > 0       ? better
                 : worth == 0      ? nothing
                 : worth > -1      ? worse
                                   : impossible) += 1;
            }
        }
        qInfo("%d better, %d the same, %d worse, %d without a plan, %d with one at last", better,
              nothing, worse, impossible, possible);
        QVERIFY(better > 100 && nothing > 100 && impossible > 20);
        QVERIFY(devices == 1 || (worse > 50 && possible > 20));
    }

    void cheapestComeFirst()
    {
        // "r" is not used: that it can go follows from the plan itself.
        Problem problem = pair();
        problem.devices.push_back({"r", "slow", {1}, true});
        problem.bandwidth = Matrix<BitsPerSecond>(3, {800});
        problem.occupancy = problem.delay = Matrix<Seconds>(3);
        Recorder told;
        QVERIFY(sensitivity(problem, solved(problem), allChanges(problem), {}, {}, told));
        QVERIFY(told.findings.front().change == Change(DeviceGone{DeviceId(2)}));
    }

    void saysWhatAResourceIsWorth()
    {
        const Problem problem = pair();
        const Solution plan = solved(problem);
        QCOMPARE(plan.bottleneckTime.value, 2.0); // "q" computes for two seconds
        const auto worth = [&](const Change& change) {
            return gain(plan, findingsOf(problem, {change}).front());
        };
        QCOMPARE(worth(MoreMemory{DeviceId(0), Bytes{32}}), 0.0); // 96 do not hold both layers
        QCOMPARE(worth(MoreMemory{DeviceId(0), Bytes{64}}), 0.0); // alone it takes as long
        QCOMPARE(worth(MoreSpeed{DeviceId(1), 1.25}), 0.25);
        QCOMPARE(worth(MoreSpeed{DeviceId(1), 4.0}), 1.0); // now the link is the bottleneck
        QCOMPARE(worth(DeviceGone{DeviceId(0)}), -0.5);    // "q" alone
        QCOMPARE(worth(DeviceGone{DeviceId(1)}), -1.0);    // "p" alone cannot hold the model
    }

    void makesTheInfeasibleFeasible()
    {
        Problem problem = pair();
        problem.devices[1].enabled = false;
        const Solution plan = solved(problem);
        QCOMPARE(plan.status, Status::Infeasible);
        const auto found = findingsOf(
            problem, {MoreMemory{DeviceId(0), Bytes{16}}, MoreMemory{DeviceId(0), Bytes{64}},
                      MoreSpeed{DeviceId(0), 2}, DeviceBack{DeviceId(1)}, DeviceGone{DeviceId(0)}});
        QCOMPARE(found[0].status, Status::Infeasible);
        QCOMPARE(gain(plan, found[0]), 0.0);
        QVERIFY(whyNothing(plan, found[0]) == NothingBecause::StillNoPlan);
        QCOMPARE(found[1].bottleneck.value, 2.0);
        QCOMPARE(gain(plan, found[1]), kNever.value);
        QCOMPARE(found[2].status, Status::Infeasible);
        QCOMPARE(found[3].bottleneck.value, 2.0);
        QCOMPARE(found[4].status, Status::Infeasible);
    }

    void saysWhyItIsWorthNothing()
    {
        Problem problem = pair();
        const auto why = [&problem](const Change& change) {
            const Solution plan = solved(problem);
            const Finding finding = findingsOf(problem, {change}).front();
            if (gain(plan, finding) != 0)
                qFatal("it is worth something");
            return whyNothing(plan, finding);
        };
        QVERIFY(why(MoreMemory{DeviceId(1), Bytes{64}}) == NothingBecause::BottleneckStays);
        QVERIFY(why(MoreSpeed{DeviceId(0), 2}) == NothingBecause::BottleneckStays);
        QVERIFY(why(MoreBandwidth{DeviceId(0), DeviceId(1), 4}) == NothingBecause::BottleneckStays);
        // Both stages compute for two seconds.
        problem.layers[0].seconds["fast"] = Seconds{2};
        problem.layers[1].seconds["fast"] = Seconds{5};
        problem.devices[1].memory = Bytes{64};
        const Solution plan = solved(problem);
        QVERIFY(plan.pipelines.front().bottleneck.kind == BottleneckKind::Compute);
        QVERIFY(why(MoreSpeed{
                    plan.pipelines.front()
                        .stages[static_cast<std::size_t>(plan.pipelines.front().bottleneck.index)]
                        .device,
                    1.25}) == NothingBecause::AnotherAsSlow);
        problem = pair();
        problem.devices[0].memory = problem.devices[1].memory = Bytes{128};
        problem.devices[1].className = "fast";
        problem.stages.max = 1;
        const DeviceId used = solved(problem).pipelines.front().stages.front().device;
        QVERIFY(why(DeviceGone{used}) == NothingBecause::OthersTakeOver);
        QVERIFY(why(DeviceGone{DeviceId(1 - used.value)}) == NothingBecause::NotUsed);
    }

    void stepsSuitTheResource()
    {
        Problem problem = pair();
        const DeviceId p(0), q(1);
        problem.devices[0].memory = Bytes{300};
        const std::vector<Change> expected = {MoreMemory{p, Bytes{64}},
                                              MoreMemory{p, Bytes{128}},
                                              MoreMemory{p, Bytes{256}},
                                              MoreSpeed{p, 1.25},
                                              MoreSpeed{p, 1.5},
                                              MoreSpeed{p, 2},
                                              DeviceGone{p}};
        QVERIFY(deviceChanges(problem, p) == expected);
        QCOMPARE(linkChanges(problem, p, q).size(), std::size_t{3});
        QVERIFY(linkChanges(problem, p, p).empty());
        QCOMPARE(allChanges(problem).size(), std::size_t{2 * 7 + 2 * 3});
        problem.bandwidth.at(p, q).value = 0;
        QVERIFY(linkChanges(problem, p, q).empty());
        problem.bandwidth.at(p, q).value = 1e15;
        QVERIFY(linkChanges(problem, p, q).empty());
        problem.devices[0].memory = Bytes{1}; // one step of one byte
        QCOMPARE(deviceChanges(problem, p).size(), std::size_t{5});
        problem.devices[0].memory = Bytes{std::numeric_limits<std::int64_t>::max()};
        problem.devices[0].className = "of no layer";
        QVERIFY(deviceChanges(problem, p) == std::vector<Change>{DeviceGone{p}});
        problem.devices[0].enabled = false;
        QVERIFY(deviceChanges(problem, p) == std::vector<Change>{DeviceBack{p}});
        QVERIFY(linkChanges(problem, q, p).empty());
        problem.sink = p;
        QCOMPARE(linkChanges(problem, q, p).size(), std::size_t{3});
    }

    void stopsWhenAskedTo()
    {
        const Problem problem = test::randomProblem(5, {}, 6, 4);
        const Solution plan = solved(problem);
        const auto changes = allChanges(problem);
        Recorder told;
        told.stopAfter = 3;
        const auto found =
            sensitivity(problem, plan, changes, {}, told.stop.get_token(), told).value();
        QCOMPARE(found.size(), changes.size());
        const auto open = std::count_if(found.begin(), found.end(), [](const Finding& finding) {
            return finding.status == Status::Cancelled;
        });
        QVERIFY(open > 0);
        QCOMPARE(static_cast<std::size_t>(open) + told.findings.size(), changes.size());
    }

    /// What is left open is bounded rightly all the same.
    void timeLimitLeavesBounds()
    {
        const Problem problem = test::randomProblem(6, {}, 6, 4);
        SensitivityOptions options;
        options.timeLimit = Seconds{0};
        int open = 0;
        for (const Finding& finding : findingsOf(problem, allChanges(problem), options)) {
            open += finding.status == Status::Timeout ? 1 : 0;
            const double best =
                test::bruteForce(changed(problem, finding.change)).value_or(HUGE_VAL);
            QVERIFY(finding.lowerBound.value <= best * (1 + 1e-9));
            QVERIFY(finding.bottleneck.value >= best * (1 - 1e-9));
        }
        QVERIFY(open > 0);
    }

    void stepLimitGivesTheSameFindings()
    {
        const Problem problem = test::randomProblem(9, test::rulesFrom(5, test::Shape::Dag), 8, 5);
        SensitivityOptions options;
        options.timeLimit = kPatience;
        options.stepLimit = 40;
        QVERIFY(findingsOf(problem, allChanges(problem), options) ==
                findingsOf(problem, allChanges(problem), options));
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("message");
        QTest::newRow("a problem that is none") << "problem"
                                                << "layers: at least one layer";
        QTest::newRow("the plan of another problem") << "plan"
                                                     << "the plan is not one of this problem: ";
        QTest::newRow("no plan yet") << "none"
                                     << "there is no plan to compare with";
        for (const char* change : {"device", "link", "less memory", "too much memory", "slower",
                                   "nothing at all", "bandwidth"})
            QTest::newRow(change) << change << "a change must name devices of the problem";
    }
    void refuses()
    {
        QFETCH(QString, what);
        QFETCH(QString, message);
        Problem problem = pair();
        Solution plan = solved(problem);
        const DeviceId p(0), q(1), none(2);
        const std::map<std::string, Change> changes = {
            {"device", DeviceGone{none}},
            {"link", MoreBandwidth{p, DeviceId(-1), 2}},
            {"less memory", MoreMemory{p, Bytes{-1}}},
            {"too much memory", MoreMemory{p, Bytes{std::numeric_limits<std::int64_t>::max()}}},
            {"slower", MoreSpeed{p, 0.5}},
            {"nothing at all", MoreSpeed{p, std::nan("")}},
            {"bandwidth", MoreBandwidth{p, q, 1e300}}};
        if (what == QLatin1String("problem"))
            problem.layers.clear();
        if (what == QLatin1String("plan"))
            plan.pipelines.front().stages[0].device = plan.pipelines.front().stages[1].device;
        if (what == QLatin1String("none")) {
            plan = {};
            plan.status = Status::Timeout;
        }
        NoSensitivitySink sink;
        const auto change = changes.find(what.toStdString());
        const auto found = sensitivity(
            problem, plan, {change == changes.end() ? Change(DeviceGone{p}) : change->second}, {},
            {}, sink);
        QVERIFY(!found);
        QVERIFY(found.error().code == ErrorCode::InvalidArgument);
        QVERIFY2(QString::fromStdString(found.error().message).startsWith(message),
                 found.error().message.c_str());
    }

private:
    static void compare(const Problem& problem, const Finding& finding, const std::string& what)
    {
        const auto best = test::bruteForce(changed(problem, finding.change));
        QVERIFY2(finding.status == (best ? Status::Optimal : Status::Infeasible),
                 fmt::format("{}: {}", what, name(finding.status)).c_str());
        if (!best) {
            QVERIFY2(finding.bottleneck == kNever, what.c_str());
            return;
        }
        QVERIFY2(
            std::abs(finding.bottleneck.value - *best) <= 2e-9 * *best,
            fmt::format("{}: {} instead of {}", what, finding.bottleneck.value, *best).c_str());
        QVERIFY2(finding.lowerBound.value <= *best * (1 + 1e-9), what.c_str());
    }
};

QTEST_APPLESS_MAIN(TestSensitivity)
#include "tst_sensitivity.moc"
