// SPDX-License-Identifier: GPL-3.0-or-later
#include "PlanReport.h"

#include "SensitivityReport.h"
#include "Table.h"
#include "base/File.h"

#include <algorithm>

namespace millrace::ctl
{
namespace
{

using plan::BottleneckKind;
using plan::Status;

class SolveProgress final : public plan::PlanSink
{
public:
    explicit SolveProgress(ProgressSink& progress) : m_progress(progress) {}
    void improved(const plan::Solution* incumbent, Seconds lowerBound) override
    {
        const std::string best =
            incumbent != nullptr ? formatDuration(incumbent->bottleneckTime) : "none yet";
        m_progress.progress(fmt::format("planning: best bottleneck {}, proven not below {}", best,
                                        formatDuration(lowerBound)),
                            -1);
    }

private:
    ProgressSink& m_progress;
};

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

/// Into the report of the plan.
Result<void> addSensitivity(Report& report, const plan::Problem& problem,
                            const plan::Solved& solved, const SolveArguments& arguments,
                            const Context& context)
{
    const auto findings = findSensitivity(problem, solved, arguments.options, context);
    if (!findings)
        return tl::unexpected(findings.error());
    Json json = Json::parse(report.json);
    json["sensitivity"] = sensitivityJson(problem, solved.solution, *findings);
    report.json = dumped(json);
    report.text +=
        (report.text.empty() ? "" : "\n") + sensitivityText(problem, solved.solution, *findings);
    return {};
}

Result<Report> solveAndReport(const plan::Problem& problem, const SolveArguments& arguments,
                              const PlanIdentity& identity, const Context& context)
{
    SolveProgress sink(context.progress);
    auto solved = plan::solve(problem, arguments.options, context.stop, sink);
    if (!solved)
        return tl::unexpected(solved.error());
    solved->solution.solver.parse = identity.parse;
    const plan::Plan plan{solved->solution, {identity.modelSha256, identity.dims, identity.times}};

    Report report;
    report.json = plan::writePlan(plan, deviceNames(problem));
    if (plan.hasStages())
        report.text = planText(problem, plan);
    explain(report, plan);
    const std::string planFile = report.json;
    const bool hasAnswer = plan.hasStages() || plan.status == Status::Infeasible;
    if (arguments.sensitivity && hasAnswer)
        if (const auto ok = addSensitivity(report, problem, *solved, arguments, context); !ok)
            return tl::unexpected(ok.error());
    // Ctrl+C leaves an earlier plan as it is.
    if (arguments.output && (plan.hasStages() || plan.status != Status::Cancelled)) {
        if (const auto ok = writeFileAtomically(*arguments.output, planFile); !ok)
            return tl::unexpected(ok.error());
        report.text +=
            plan.hasStages()
                ? fmt::format("\nThe plan is in {}.\n", arguments.output->string())
                : fmt::format("The plan file without stages is {}.\n", arguments.output->string());
    }
    return report;
}

} // namespace millrace::ctl
