// SPDX-License-Identifier: GPL-3.0-or-later
#include "Golden.h"
#include "ctl/report/ExperimentReport.h"
#include "ctl/report/PlanReport.h"
#include "ctl/report/ReleaseReport.h"
#include "ctl/report/SensitivityReport.h"
#include "ctl/report/Table.h"
#include "deploy/SmallRelease.h"

#include <QTest>

using namespace millrace;
using namespace millrace::ctl;

namespace
{

const deploy::Release& small()
{
    static const deploy::Release release = test::smallRelease("/tmp/releases/small");
    return release;
}

plan::Plan without(plan::Status status)
{
    plan::Plan plan;
    plan.status = status;
    plan.record = small().plan.record;
    if (status == plan::Status::Infeasible)
        plan.whyInfeasible = {"layer \"two\" needs 1.5 GiB", "no device has more than 64 MiB"};
    return plan;
}

plan::Plan unproven()
{
    plan::Plan plan = small().plan;
    plan.status = plan::Status::Timeout;
    plan.lowerBound = Seconds{0.25};
    plan.singleDevice = Seconds{0.5};
    plan.record.times = plan::TimesSource::Estimated;
    plan.solver.searchSpace = plan::SearchSpace::Linear;
    plan.solver.elapsed = Seconds{1.25};
    plan.notes = {"a name\nwith a line break"};
    return plan;
}

/// One of every kind that the texts tell apart.
std::vector<plan::Finding> findings()
{
    using plan::Status;
    const DeviceId a(1);
    const DeviceId b(2);
    const Seconds now = small().plan.bottleneckTime;
    return {{plan::MoreMemory{a, Bytes{std::int64_t{16} << 20}}, Status::Optimal, now, now},
            {plan::MoreSpeed{a, 2}, Status::Optimal, Seconds{0.3}, Seconds{0.3}},
            {plan::MoreSpeed{b, 1.5}, Status::Timeout, Seconds{0.35}, Seconds{0.2}},
            {plan::MoreBandwidth{a, b, 4}, Status::Optimal, now, now},
            {plan::DeviceGone{a}, Status::Infeasible, kNever, kNever},
            {plan::DeviceGone{b}, Status::Optimal, Seconds{0.8}, Seconds{0.8}}};
}

experiment::Cell cell(experiment::Arithmetic arithmetic, int capMib, int oneNode)
{
    experiment::Cell cell;
    cell.model = "ResNet50";
    cell.capMib = capMib;
    cell.nodes = 10;
    cell.arithmetic = arithmetic;
    cell.trials = 50;
    cell.oneNode = oneNode;
    if (oneNode < cell.trials) {
        cell.mean = {0.5, 0.75, 1.25, 2.5};
        cell.unproven = 3;
    }
    return cell;
}

std::vector<experiment::Cell> cells()
{
    using experiment::Arithmetic;
    return {cell(Arithmetic::Paper, 64, 0), cell(Arithmetic::Paper, 512, 50),
            cell(Arithmetic::Honest, 64, 0), cell(Arithmetic::Honest, 512, 50)};
}

class PlanReports : public QObject
{
    Q_OBJECT
private slots:
    void plans()
    {
        COMPARE_GOLDEN("plan", planReport(small().problem, small().plan));
        COMPARE_GOLDEN("plan-unproven", planReport(small().problem, unproven()));
        COMPARE_GOLDEN("plan-infeasible",
                       planReport(small().problem, without(plan::Status::Infeasible)));
        COMPARE_GOLDEN("plan-timeout", planReport(small().problem, without(plan::Status::Timeout)));
        COMPARE_GOLDEN("plan-interrupted",
                       planReport(small().problem, without(plan::Status::Cancelled)));
    }

    void bottlenecksAreNamedByTheirPlace()
    {
        plan::Plan plan = small().plan;
        plan.pipelines.front().bottleneck = {plan::BottleneckKind::Transfer, 1};
        QVERIFY(planText(small().problem, plan).find("the transfer from a to b (hop 1)") !=
                std::string::npos);
        plan.pipelines.front().bottleneck = {plan::BottleneckKind::Stage, 1};
        QVERIFY(planText(small().problem, plan)
                    .find("stage 2 on b: receiving, computing and sending") != std::string::npos);
    }

    void sensitivity()
    {
        const plan::Plan& plan = small().plan;
        COMPARE_GOLDEN("plan-sensitivity", withSensitivity(planReport(small().problem, plan),
                                                           small().problem, plan, findings()));
        const plan::Plan none = without(plan::Status::Infeasible);
        COMPARE_GOLDEN("plan-sensitivity-infeasible",
                       withSensitivity(planReport(small().problem, none), small().problem, none,
                                       {{plan::MoreMemory{DeviceId(1), Bytes{1 << 20}},
                                         plan::Status::Optimal, Seconds{0.5}, Seconds{0.5}}}));
    }

    void checks()
    {
        COMPARE_GOLDEN("check", checkReport("plan.json", small().problem, small().plan, {}));
        COMPARE_GOLDEN("check-differences",
                       checkReport("plan.json", small().problem, small().plan,
                                   {"stage 1 (a): memory_bytes is 1, 2 by the problem",
                                    "hop 0: seconds is 1, 2 by the problem"}));
    }

    void nothingToDeploy()
    {
        COMPARE_GOLDEN("without-plan-infeasible",
                       withoutPlan(small().problem, without(plan::Status::Infeasible)));
        COMPARE_GOLDEN("without-plan-interrupted",
                       withoutPlan(small().problem, without(plan::Status::Cancelled)));
    }

    void experiments()
    {
        COMPARE_GOLDEN("experiment", experimentReport(cells()));
        Report csv;
        csv.text = experimentCsv(cells());
        COMPARE_GOLDEN("experiment-csv", csv);
    }

    void tablesKeepTheirColumns()
    {
        Table table({{"left"}, {"right", Align::Right}});
        table.add({"é", "1"});
        table.add({"longer than its title", "22"});
        table.add({"a\tb", "333"});
        Report report;
        report.text = table.text();
        COMPARE_GOLDEN("table", report);
    }
};

} // namespace

QTEST_GUILESS_MAIN(PlanReports)
#include "tst_plan_reports.moc"
