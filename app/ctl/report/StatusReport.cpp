// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/report/StatusReport.h"

#include "ctl/report/Table.h"
#include "work/Places.h"

namespace millrace::ctl
{
namespace
{

bool isGone(const KnownRelease& known)
{
    return known.state.state == work::State::Down;
}

/// What does not run, in words; empty when all of it does.
std::string nodesDown(const KnownRelease& known)
{
    if (isGone(known))
        return "all its processes are gone; deploy it again or undeploy it";
    std::vector<std::string> down;
    for (std::size_t n = 0; n < known.release.nodes.size(); ++n)
        if (!known.state.nodes[n].isUp)
            down.push_back(known.release.nodes[n].name + " on " + known.release.nodes[n].device);
    if (down.empty())
        return {};
    return fmt::format("{} {} down; deploy it again to start what is missing",
                       fmt::join(down, ", "), down.size() == 1 ? "is" : "are");
}

/// Null for no node.
Json nodeJson(const KnownRelease& known, const deploy::ReleaseNode* node)
{
    if (node == nullptr)
        return nullptr;
    const auto n = static_cast<std::size_t>(node - known.release.nodes.data());
    return {{"device", node->device},
            {"up", known.state.nodes[n].isUp},
            {"alive", known.state.nodes[n].isAlive},
            {"pid", node->process.pid},
            {"port", node->endpoint.port}};
}

/// What the gateway says of the stage, if it says anything.
const runtime::StageMetrics* metricsOf(const KnownRelease& known, StageRef stage)
{
    const runtime::StageStatus* status = known.live ? known.live->find(stage) : nullptr;
    return status == nullptr ? nullptr : &status->metrics;
}

Json stageJson(const KnownRelease& known, std::size_t number, const plan::PlacedStage& placed)
{
    Json json = {{"stage", number}};
    if (const deploy::ReleaseNode* node = deploy::nodeOf(known.release, placed.at))
        json.update(nodeJson(known, node));
    json["predicted_s"] = placed.stage.compute.value;
    json["predicted_memory_bytes"] = placed.stage.memory.value;
    if (const runtime::StageMetrics* metrics = metricsOf(known, placed.at)) {
        json["measured_s"] =
            metrics->compute.count == 0 ? Json(nullptr) : Json(metrics->compute.mean());
        json["computed"] = metrics->computed;
        json["peak_memory_bytes"] = metrics->peakMemory.value;
        json["refused_connections"] = metrics->refusedConnections;
    }
    return json;
}

Json statusJson(const KnownRelease& known)
{
    const deploy::Release& release = known.release;
    Json json = {{"release", release.id},
                 {"state", std::string(work::name(known.state.state))},
                 {"folder", release.folder.string()},
                 {"created_at", release.createdAt},
                 {"dilation", release.dilation},
                 {"predicted_throughput_per_s", release.plan.throughput()}};
    if (known.live) {
        const runtime::LiveStatus& live = *known.live;
        json.update(Json{{"throughput_per_s", live.throughput},
                         {"accepted", live.accepted},
                         {"answered", live.answered},
                         {"failed", live.failed},
                         {"lost", live.lost},
                         {"in_flight", live.inFlight},
                         {"resent", live.resent},
                         {"latency_p50_s", live.latency.p50},
                         {"latency_p95_s", live.latency.p95},
                         {"latency_p99_s", live.latency.p99}});
    }
    json["gateway"] = nodeJson(known, deploy::gatewayOf(release));
    json["stages"] = Json::array();
    for (const plan::PlacedStage& placed : release.plan.stages())
        json["stages"].push_back(stageJson(known, json["stages"].size() + 1, placed));
    json["events"] = Json::array();
    if (known.live)
        for (const runtime::Event& event : known.live->events)
            json["events"].push_back(
                {{"number", event.number}, {"at", event.at}, {"text", event.text}});
    json["others"] = known.others;
    return json;
}

std::string nodesTable(const KnownRelease& known)
{
    Table table({{"node"},
                 {"device"},
                 {""},
                 {"predicted", Align::Right},
                 {"measured", Align::Right},
                 {"memory", Align::Right},
                 {"process", Align::Right}});
    for (std::size_t n = 0; n < known.release.nodes.size(); ++n) {
        const deploy::ReleaseNode& node = known.release.nodes[n];
        std::string predicted = "-";
        std::string measured = "-";
        std::string memory = "-";
        if (const auto* stage = std::get_if<StageRef>(&node.role)) {
            predicted = formatDuration(known.release.plan.stage(*stage).compute);
            if (const runtime::StageMetrics* metrics = metricsOf(known, *stage)) {
                if (metrics->compute.count > 0)
                    measured = formatDuration(Seconds{metrics->compute.mean()});
                memory = formatBytes(metrics->peakMemory);
            }
        } else if (known.live) {
            memory = formatBytes(known.live->gatewayPeakMemory);
        }
        table.add({node.name, node.device, known.state.nodes[n].isUp ? "up" : "DOWN", predicted,
                   measured, memory,
                   known.state.nodes[n].isAlive ? std::to_string(node.process.pid) : "gone"});
    }
    return table.text();
}

std::string statusText(const KnownRelease& known)
{
    const deploy::Release& release = known.release;
    std::string text = fmt::format("Release {}: {}\n", release.id, work::name(known.state.state));
    if (isGone(known))
        text += fmt::format("All its processes are gone. Deploy it again to start them, or remove "
                            "it: millracectl undeploy {}\n",
                            release.id);
    else if (!known.live)
        text += fmt::format("The gateway does not answer: {}\n", printable(known.unreachable));
    else
        text += fmt::format("{:.3g} inferences/s now, {:.3g} predicted; {} answered, {} in flight, "
                            "{} failed\n",
                            known.live->throughput, release.plan.throughput(), known.live->answered,
                            known.live->inFlight, known.live->failed);
    text += "\n" + nodesTable(known);
    if (!known.others.empty())
        text += fmt::format("\nOther releases here: {}\n", fmt::join(known.others, ", "));
    return text;
}

} // namespace

Report statusReport(const KnownRelease& known)
{
    Report report;
    report.json = dumped(statusJson(known));
    report.text = statusText(known);
    if (const std::string down = nodesDown(known); !down.empty()) {
        report.code = ExitCode::Failure;
        report.error = fmt::format("release {} is {}: {}", known.release.id,
                                   work::name(known.state.state), down);
    }
    return report;
}

} // namespace millrace::ctl
