// SPDX-License-Identifier: GPL-3.0-or-later
#include "ReleaseReport.h"

#include "Options.h"
#include "Table.h"

namespace millrace::ctl
{
namespace
{

std::vector<std::string> figures(const runtime::Summary& summary)
{
    if (summary.count == 0)
        return {"-", "-", "-"};
    return {formatDuration(Seconds{summary.mean()}), formatDuration(Seconds{summary.p50}),
            formatDuration(Seconds{summary.p95})};
}

/// The figures of one row behind its predicted time; null before anything was measured.
void addFigures(Json& json, const runtime::Summary& summary)
{
    const auto figure = [&summary](double value) {
        return summary.count == 0 ? Json(nullptr) : Json(value);
    };
    json["measured_s"] = figure(summary.mean());
    json["p50_s"] = figure(summary.p50);
    json["p95_s"] = figure(summary.p95);
    json["p99_s"] = figure(summary.p99);
}

/// Hops and stages in the order in which a request meets them.
std::string pipelineTable(const deploy::BenchResult& result)
{
    Table table({{""},
                 {"where"},
                 {"predicted", Align::Right},
                 {"measured", Align::Right},
                 {"p50", Align::Right},
                 {"p95", Align::Right},
                 {"size", Align::Right}});
    const auto row = [&table](std::vector<std::string> cells, const runtime::Summary& summary,
                              std::string size) {
        for (std::string& figure : figures(summary))
            cells.push_back(std::move(figure));
        cells.push_back(std::move(size));
        table.add(std::move(cells));
    };
    for (std::size_t k = 0; k < result.hops.size(); ++k) {
        const deploy::HopResult& hop = result.hops[k];
        row({fmt::format("hop {}", k), fmt::format("{} > {}", hop.from, hop.to),
             formatDuration(hop.predictedTransfer)},
            hop.transfer, formatBytes(hop.bytes));
        if (k == result.stages.size())
            break;
        const deploy::StageResult& stage = result.stages[k];
        row({fmt::format("stage {}", k + 1), stage.device, formatDuration(stage.predictedCompute)},
            stage.compute,
            fmt::format("{} of {}", formatBytes(stage.peakMemory),
                        formatBytes(stage.predictedMemory)));
    }
    return table.text();
}

class PlanningProgress final : public plan::PlanSink
{
public:
    explicit PlanningProgress(ProgressSink& progress) : m_progress(progress) {}
    void improved(const plan::Solution*, Seconds) override { m_progress.progress("planning", -1); }

private:
    ProgressSink& m_progress;
};

} // namespace

void ConsoleSteps::step(const deploy::StepUpdate& update)
{
    if (update.state != deploy::StepState::Running)
        return;
    const std::string_view step = deploy::nameOf(update.step);
    m_progress.progress(update.device.empty() ? std::string(step)
                                              : fmt::format("{}: {}", update.device, step),
                        update.fraction);
}

Report runFailure(const Error& error)
{
    Report report;
    report.code = ExitCode::Failure;
    report.error = error.message;
    return report;
}

Result<Report> failureOf(const Error& error)
{
    if (error.code == ErrorCode::InvalidArgument)
        return tl::unexpected(error);
    return runFailure(error);
}

Result<Planned> measured(const onnx::Model& model, const cluster::Cluster& cluster,
                         const deploy::TimesRequest& request, const Context& context)
{
    auto times = deploy::layerTimes(model, request, context.stop, context.progress);
    if (!times)
        return tl::unexpected(times.error());
    plan::PlanRequest planning;
    planning.memoryModel = plan::defaultMemoryModel();
    auto problem = plan::makeProblem(model.graph(), cluster, *times, planning);
    if (!problem)
        return tl::unexpected(problem.error());
    return Planned{model, std::move(*times), std::move(*problem), {}};
}

Result<void> solve(Planned& planned, const Context& context)
{
    PlanningProgress sink(context.progress);
    auto solved = plan::solve(planned.problem, {}, context.stop, sink);
    if (!solved)
        return tl::unexpected(solved.error());
    planned.plan = {std::move(solved->solution),
                    {planned.model.sha256(), planned.model.dims(), planned.times.source}};
    return {};
}

Report withoutPlan(const plan::Problem& problem, const plan::Plan& plan)
{
    Report report;
    report.json = plan::writePlan(plan, deviceNames(problem));
    const bool isInfeasible = plan.status == plan::Status::Infeasible;
    report.code = isInfeasible ? ExitCode::NoFeasiblePlan : ExitCode::StoppedBeforePlan;
    report.error = isInfeasible
                       ? fmt::format("no feasible plan: {}", fmt::join(plan.whyInfeasible, "; "))
                       : "stopped before any plan was found";
    return report;
}

Json releaseJson(const deploy::Release& release)
{
    return {{"release", release.id},
            {"folder", release.folder.string()},
            {"predicted_throughput_per_s", release.plan.throughput()}};
}

Json nodeJson(const deploy::Release& release, std::size_t n)
{
    const deploy::ReleaseNode& node = release.nodes[n];
    Json json = {{"name", node.name},
                 {"device", node.device},
                 {"folder", deploy::nodeFolder(release, node).string()},
                 {"address", node.endpoint.address},
                 {"port", node.endpoint.port}};
    if (n < release.plan.stageCount())
        json["memory_bytes"] = release.plan.stages()[n].stage.memory.value;
    return json;
}

Json benchJson(const deploy::BenchResult& result)
{
    Json stages = Json::array();
    for (const deploy::StageResult& stage : result.stages) {
        Json json = {{"device", stage.device}, {"predicted_s", stage.predictedCompute.value}};
        addFigures(json, stage.compute);
        json["predicted_memory_bytes"] = stage.predictedMemory.value;
        json["peak_memory_bytes"] = stage.peakMemory.value;
        stages.push_back(std::move(json));
    }
    Json hops = Json::array();
    for (const deploy::HopResult& hop : result.hops) {
        Json json = {{"from", hop.from},
                     {"to", hop.to},
                     {"bytes", hop.bytes.value},
                     {"predicted_s", hop.predictedTransfer.value}};
        addFigures(json, hop.transfer);
        hops.push_back(std::move(json));
    }
    // A request that a stage could not compute has no answer either.
    return {{"requests", result.requests},
            {"answered", result.answered},
            {"lost", result.lost + result.failed},
            {"mismatched", result.mismatched},
            {"max_abs_error", result.maxAbsError},
            {"throughput_per_s", result.throughput},
            {"predicted_throughput_per_s", result.predictedThroughput},
            {"comparable", result.comparable},
            {"dilation", result.dilation},
            {"late_deadlines", result.lateDeadlines},
            {"stages", std::move(stages)},
            {"hops", std::move(hops)}};
}

std::string benchText(const deploy::BenchResult& result)
{
    std::string text = fmt::format(
        "Requests     {} sent, {} answered, {} lost, {} failed, {} mismatched\n", result.requests,
        result.answered, result.lost, result.failed, result.mismatched);
    text += fmt::format("Throughput   {:.3g} inferences/s, predicted {:.3g} ({:.1f} %)\n",
                        result.throughput, result.predictedThroughput,
                        100 * result.throughput / result.predictedThroughput);
    text += fmt::format(
        "Latency      p50 {}, p95 {}, p99 {}\n", formatDuration(Seconds{result.latency.p50}),
        formatDuration(Seconds{result.latency.p95}), formatDuration(Seconds{result.latency.p99}));
    text += fmt::format("Emulation    dilated by {:.3g}, {} of {} deadlines late{}\n",
                        result.dilation, result.lateDeadlines, result.deadlines,
                        result.comparable ? "" : ": this machine was too busy to compare");
    return text + "\n" + pipelineTable(result);
}

void judge(const deploy::BenchResult& result, Report& report)
{
    const int unanswered = result.lost + result.failed;
    if (unanswered == 0 && result.mismatched == 0)
        return;
    report.code = ExitCode::Failure;
    report.error = unanswered > 0 ? fmt::format("{} of {} requests were not answered", unanswered,
                                                result.requests)
                                  : fmt::format("{} of {} answers differ from the whole model's",
                                                result.mismatched, result.requests);
}

} // namespace millrace::ctl
