// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/report/PlanReport.h"

#include "ctl/report/SensitivityReport.h"
#include "ctl/report/Table.h"

#include <algorithm>

namespace millrace::ctl
{
namespace
{

using plan::BottleneckKind;
using plan::Status;

std::string deviceName(const plan::Problem& problem, std::optional<DeviceId> id)
{
    return id ? printable(problem.devices[id->index()].name) : "-";
}

std::string statusText(const plan::Plan& plan)
{
    switch (plan.status) {
    case Status::Optimal:
        return "Proven optimal";
    case Status::Feasible:
        return "Feasible, not proven optimal";
    case Status::Infeasible:
        return "No feasible plan";
    case Status::Timeout:
        return plan.hasStages() ? "Stopped by the time limit; this is the best plan so far"
                                : "Stopped by the time limit before any plan was found";
    case Status::Cancelled:
        return plan.hasStages() ? "Interrupted; this is the best plan so far"
                                : "Interrupted before any plan was found";
    }
    return {};
}

std::string bottleneckText(const plan::Problem& problem, const plan::Pipeline& pipeline)
{
    const auto index = static_cast<std::size_t>(pipeline.bottleneck.index);
    if (pipeline.bottleneck.kind == BottleneckKind::Transfer)
        return fmt::format("the transfer from {} to {} (hop {})",
                           deviceName(problem, pipeline.hops[index].from),
                           deviceName(problem, pipeline.hops[index].to), index);
    return fmt::format(
        "stage {} on {}: {}", index + 1, deviceName(problem, pipeline.stages[index].device),
        pipeline.bottleneck.kind == BottleneckKind::Compute ? "computing"
                                                            : "receiving, computing and sending");
}

std::string figures(const plan::Problem& problem, const plan::Plan& plan)
{
    std::string text = fmt::format("{}.\n", statusText(plan));
    text += fmt::format("Throughput   {:.3g} inferences/s, one every {}\n", plan.throughput(),
                        formatDuration(plan.bottleneckTime));
    const plan::Pipeline& pipeline = plan.pipelines.front();
    text += fmt::format("Bottleneck   {}\n", bottleneckText(problem, pipeline));
    text += fmt::format("Gap          {:.3g} % (no plan can be faster than one every {})\n",
                        100 * plan.gap(), formatDuration(plan.lowerBound));
    text += fmt::format("One request  {} from end to end\n", formatDuration(pipeline.endToEnd));
    text += plan.singleDevice
                ? fmt::format("One device   one every {} at best with the whole model on it\n",
                              formatDuration(*plan.singleDevice))
                : "One device   none can hold the whole model\n";
    if (plan.record.times)
        text += fmt::format("Layer times  {}\n", *plan.record.times == plan::TimesSource::Measured
                                                     ? "measured"
                                                     : "estimated from FLOPs and bytes");
    text += fmt::format("Solved in    {}{}\n", formatDuration(plan.solver.elapsed),
                        plan.solver.searchSpace == plan::SearchSpace::Linear
                            ? ", along one linear order of the layers"
                            : "");
    return text;
}

std::string layerRange(const plan::Problem& problem, const plan::Stage& stage)
{
    const std::string& first = problem.layers[stage.layers.front().index()].name;
    const std::string& last = problem.layers[stage.layers.back().index()].name;
    return fmt::format("{}: {}{}", stage.layers.size(), first,
                       stage.layers.size() > 1 ? " .. " + last : "");
}

/// Hops and stages in the order in which a request meets them.
std::string pipelineTable(const plan::Problem& problem, const plan::Plan& plan)
{
    Table table({{""}, {"where"}, {"time", Align::Right}, {"size", Align::Right}, {"layers"}});
    const auto marked = [&plan](auto at, const std::string& text) {
        return plan.isBottleneck(at) ? text + (text.empty() ? "" : "  ") + "<- bottleneck" : text;
    };
    const auto addStage = [&](const plan::PlacedStage& placed) {
        const auto& [at, stage] = placed;
        const plan::Device& device = problem.devices[stage.device.index()];
        table.add({fmt::format("stage {}", at.stage + 1), device.name,
                   formatDuration(stage.compute),
                   fmt::format("{} of {}", formatBytes(stage.memory), formatBytes(device.memory)),
                   marked(at, layerRange(problem, stage))});
    };
    const auto stages = plan.stages();
    for (const auto& [at, hop] : plan.hops()) {
        if (hop.from && hop.to)
            table.add(
                {fmt::format("hop {}", at.hop),
                 fmt::format("{} > {}", deviceName(problem, hop.from), deviceName(problem, hop.to)),
                 formatDuration(hop.seconds), formatBytes(hop.bytes), marked(at, "")});
        const auto next = std::find_if(stages.begin(), stages.end(), [&at = at](const auto& stage) {
            return plan::hopInto(stage.at) == at;
        });
        if (next != stages.end())
            addStage(*next);
    }
    return table.text();
}

void explain(Report& report, const plan::Plan& plan)
{
    if (plan.hasStages())
        return;
    if (plan.status != Status::Infeasible) {
        report.code = ExitCode::StoppedBeforePlan;
        report.error = plan.status == Status::Timeout
                           ? "the time limit ended the search before any plan was found; give it "
                             "more with --time-limit"
                           : "interrupted before any plan was found";
        return;
    }
    report.code = ExitCode::NoFeasiblePlan;
    report.error = fmt::format("no feasible plan: {}", fmt::join(plan.whyInfeasible, "; "));
}

} // namespace

std::string planText(const plan::Problem& problem, const plan::Plan& plan)
{
    std::string text;
    if (plan.hasStages())
        text = figures(problem, plan) + "\n" + pipelineTable(problem, plan);
    else
        text = statusText(plan) + ".\n";
    for (const std::string& note : plan.notes)
        text += fmt::format("note: {}\n", printable(note));
    return text;
}

std::vector<std::string> deviceNames(const plan::Problem& problem)
{
    std::vector<std::string> names;
    for (const plan::Device& device : problem.devices)
        names.push_back(device.name);
    return names;
}

Report planReport(const plan::Problem& problem, const plan::Plan& plan)
{
    Report report;
    report.json = plan::writePlan(plan, deviceNames(problem));
    if (plan.hasStages())
        report.text = planText(problem, plan);
    explain(report, plan);
    return report;
}

Report withSensitivity(Report report, const plan::Problem& problem, const plan::Plan& plan,
                       const std::vector<plan::Finding>& findings)
{
    Json json = Json::parse(report.json);
    json["sensitivity"] = sensitivityJson(problem, plan, findings);
    report.json = dumped(json);
    report.text += (report.text.empty() ? "" : "\n") + sensitivityText(problem, plan, findings);
    return report;
}

Report checkReport(const std::string& planFile, const plan::Problem& problem,
                   const plan::Plan& plan, const std::vector<std::string>& differences)
{
    Report report;
    report.json = dumped({{"plan", planFile},
                          {"status", std::string(plan::name(plan.status))},
                          {"ok", differences.empty()},
                          {"differences", differences}});
    if (differences.empty()) {
        report.text =
            fmt::format("{}: every figure is right.\n\n{}", planFile, planText(problem, plan));
        return report;
    }
    for (const std::string& difference : differences)
        report.text += printable(difference) + "\n";
    report.code = ExitCode::BadInput;
    report.error = fmt::format(
        "{}: the plan is not right: {}{}", planFile, differences.front(),
        differences.size() > 1 ? fmt::format(" (and {} more)", differences.size() - 1) : "");
    return report;
}

} // namespace millrace::ctl
