// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/report/BenchReport.h"

#include "ctl/report/Table.h"

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
std::string pipelineTable(const work::BenchResult& result)
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
        const work::HopResult& hop = result.hops[k];
        row({fmt::format("hop {}", k), fmt::format("{} > {}", hop.from, hop.to),
             formatDuration(hop.predictedTransfer)},
            hop.transfer, formatBytes(hop.bytes));
        if (k == result.stages.size())
            break;
        const work::StageResult& stage = result.stages[k];
        row({fmt::format("stage {}", k + 1), stage.device, formatDuration(stage.predictedCompute)},
            stage.compute,
            fmt::format("{} of {}", formatBytes(stage.peakMemory),
                        formatBytes(stage.predictedMemory)));
    }
    return table.text();
}

/// The keys of `demo --json`; `bench` adds its own.
Json benchJson(const work::BenchResult& result)
{
    Json stages = Json::array();
    for (const work::StageResult& stage : result.stages) {
        Json json = {{"device", stage.device}, {"predicted_s", stage.predictedCompute.value}};
        addFigures(json, stage.compute);
        json["predicted_memory_bytes"] = stage.predictedMemory.value;
        json["peak_memory_bytes"] = stage.peakMemory.value;
        stages.push_back(std::move(json));
    }
    Json hops = Json::array();
    for (const work::HopResult& hop : result.hops) {
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

std::string benchText(const work::BenchResult& result)
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

/// Success, or a failure that says what of the answers is wrong.
void judge(const work::BenchResult& result, Report& report)
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

} // namespace

Report benchReport(const std::string& release, const work::BenchResult& result, bool isCompared)
{
    Json json = {{"release", release}};
    json.update(benchJson(result));
    json["failed"] = result.failed;
    json["compared"] = isCompared;
    json["deadlines"] = result.deadlines;
    json["latency_p50_s"] = result.latency.p50;
    json["latency_p95_s"] = result.latency.p95;
    json["latency_p99_s"] = result.latency.p99;
    Report report;
    report.json = dumped(json);
    report.text = benchText(result);
    judge(result, report);
    return report;
}

Report demoReport(const work::BenchResult& result, const std::string& dilationReason)
{
    Report report;
    report.json = dumped(benchJson(result));
    report.text = fmt::format("ResNet-50 in {} stages, as processes of this machine that emulate "
                              "the cluster.\n\n{}",
                              result.stages.size(), benchText(result));
    if (!dilationReason.empty())
        report.text += fmt::format("note: {}\n", dilationReason);
    judge(result, report);
    return report;
}

} // namespace millrace::ctl
