// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/report/LocalDeployReport.h"

#include "ctl/report/ReleaseReport.h"
#include "ctl/report/Table.h"
#include "deploy/ReleaseParts.h"

namespace millrace::ctl
{
namespace
{

/// With the commands of a draft, or with the processes that run.
Json nodesJson(const deploy::Release& release, const deploy::Draft* draft)
{
    Json list = Json::array();
    for (std::size_t n = 0; n < release.nodes.size(); ++n) {
        Json json = nodeJson(release, n);
        if (draft != nullptr)
            json["command"] = draft->nodes[n].command;
        else
            json["pid"] = release.nodes[n].process.pid;
        list.push_back(std::move(json));
    }
    return list;
}

Json emulatedJson(const deploy::Release& release)
{
    Json json = releaseJson(release);
    json["dilation"] = release.dilation;
    json["dilation_reason"] = release.dilationReason;
    return json;
}

/// The devices of the nodes that were started.
Json startedJson(const deploy::Outcome& outcome)
{
    std::set<std::string> devices;
    for (const deploy::ReleaseNode& node : outcome.release.nodes)
        if (outcome.started.contains(node.name))
            devices.insert(node.device);
    return Json(devices);
}

std::string othersNote(const std::vector<std::string>& others)
{
    return others.empty() ? ""
                          : fmt::format("note: this machine also runs {}; what shares its cores "
                                        "disturbs the figures (millracectl undeploy RELEASE)\n",
                                        fmt::join(others, ", "));
}

} // namespace

Report localDraftReport(const deploy::Draft& draft, bool isReused)
{
    Report report;
    const deploy::Release& release = draft.release;
    Json json = emulatedJson(release);
    json["dry_run"] = true;
    json["reused"] = isReused;
    Json dead = Json::array();
    Table table({{"node"}, {"device"}, {"port", Align::Right}, {"model", Align::Right}, {"does"}});
    Bytes copied;
    for (std::size_t n = 0; n < release.nodes.size(); ++n) {
        const deploy::ReleaseNode& node = release.nodes[n];
        const bool isAlive = draft.nodes[n].isRunning;
        Bytes weights;
        if (const auto* stage = deploy::plannedStage(release.plan, node);
            stage != nullptr && !isReused)
            weights = deploy::stageWeights(release.problem, *stage);
        copied += weights;
        if (!isAlive)
            dead.push_back(node.name);
        table.add({node.name, node.device, std::to_string(node.endpoint.port), formatBytes(weights),
                   isAlive ? "runs already" : "starts"});
    }
    json["model_bytes"] = copied.value;
    json["starts"] = std::move(dead);
    json["nodes"] = nodesJson(release, isReused ? nullptr : &draft);
    report.json = dumped(json);
    report.text =
        isReused
            ? fmt::format("Release {} is this deployment; nothing would be copied.\n\n", release.id)
            : fmt::format("Release {} would be made in {}.\n\n", release.id,
                          release.folder.string());
    report.text += table.text();
    return report;
}

Report localDeployReport(const deploy::Outcome& outcome, const std::vector<std::string>& others)
{
    const deploy::Release& release = outcome.release;
    Bytes copied;
    for (const auto& [at, stage] : release.plan.stages())
        copied += outcome.isReused ? Bytes{} : deploy::stageWeights(release.problem, stage);
    Json json = emulatedJson(release);
    json["reused"] = outcome.isReused;
    json["model_bytes"] = copied.value;
    json["started"] = startedJson(outcome);
    json["nodes"] = nodesJson(release, nullptr);
    Report report;
    report.json = dumped(json);
    Table table({{"node"}, {"device"}, {"port", Align::Right}, {"process", Align::Right}});
    for (const deploy::ReleaseNode& node : release.nodes)
        table.add({node.name, node.device, std::to_string(node.endpoint.port),
                   std::to_string(node.process.pid)});
    report.text = fmt::format("Release {} serves{}; {:.3g} inferences/s predicted.\n\n{}",
                              release.id, outcome.isReused ? " (as it was deployed before)" : "",
                              release.plan.throughput(), table.text());
    if (release.dilation > 1)
        report.text += fmt::format("note: everything runs {:.3g} times slower: {}\n",
                                   release.dilation, release.dilationReason);
    report.text += othersNote(others);
    return report;
}

} // namespace millrace::ctl
