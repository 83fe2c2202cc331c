// SPDX-License-Identifier: GPL-3.0-or-later
#include "SshDeploy.h"

#include "Table.h"
#include "deploy/SshRelease.h"

#include <algorithm>

namespace millrace::ctl
{
namespace
{

deploy::SshDeployment deploymentOf(const Planned& planned, const cluster::Cluster& cluster)
{
    return {planned.model, cluster, planned.problem, planned.plan, planned.times, {}, {}};
}

Json nodeJson(const deploy::Release& release, std::size_t n)
{
    const deploy::ReleaseNode& node = release.nodes[n];
    Json json = {{"name", node.name},
                 {"device", node.device},
                 {"folder", deploy::nodeFolder(release, node).string()},
                 {"address", node.endpoint.address},
                 {"port", node.endpoint.port}};
    if (n < release.plan.stages.size())
        json["memory_bytes"] = release.plan.stages[n].memory.value;
    return json;
}

Bytes sum(const std::vector<deploy::PayloadFile>& files, deploy::PayloadKind kind)
{
    Bytes bytes;
    for (const deploy::PayloadFile& file : files)
        bytes += file.kind == kind ? file.size : Bytes{};
    return bytes;
}

/// The bottleneck by its place, as people look for it.
Json bottleneckJson(const deploy::Release& release)
{
    const plan::Bottleneck& bottleneck = release.plan.bottleneck;
    const auto k = static_cast<std::size_t>(bottleneck.index);
    Json json = {{"kind", bottleneck.kind == plan::BottleneckKind::Transfer  ? "transfer"
                          : bottleneck.kind == plan::BottleneckKind::Compute ? "compute"
                                                                             : "stage"},
                 {"index", bottleneck.index},
                 {"seconds", release.plan.bottleneckTime.value}};
    if (bottleneck.kind == plan::BottleneckKind::Transfer) {
        json["from"] = release.nodes[k == 0 ? release.nodes.size() - 1 : k - 1].device;
        json["to"] = release.nodes[k].device;
    } else {
        json["device"] = release.nodes[k].device;
    }
    return json;
}

Json releaseJson(const deploy::Release& release)
{
    return {{"release", release.id},
            {"folder", release.folder.string()},
            {"predicted_throughput_per_s", release.plan.throughput()},
            {"bottleneck", bottleneckJson(release)}};
}

Report outcomeReport(const deploy::SshOutcome& outcome)
{
    const deploy::Release& release = outcome.release;
    Json nodes = Json::array();
    Bytes model, program;
    Table table({{"node"},
                 {"device"},
                 {"address"},
                 {"model", Align::Right},
                 {"programs", Align::Right},
                 {""}});
    for (std::size_t n = 0; n < release.nodes.size(); ++n) {
        const deploy::ReleaseNode& node = release.nodes[n];
        const deploy::NodeTransfer& sent = outcome.transfers.at(node.name);
        const bool isStarted = outcome.started.contains(node.name);
        model += sent.model;
        program += sent.program;
        Json json = nodeJson(release, n);
        json["pid"] = node.process.pid;
        json["model_bytes"] = sent.model.value;
        json["program_bytes"] = sent.program.value;
        json["started"] = isStarted;
        nodes.push_back(std::move(json));
        table.add({node.name, node.device,
                   fmt::format("{}:{}", node.endpoint.address, node.endpoint.port),
                   formatBytes(sent.model), formatBytes(sent.program),
                   isStarted ? "started" : "ran already"});
    }
    Json json = releaseJson(release);
    json["reused"] = outcome.isReused;
    json["model_bytes"] = model.value;
    json["program_bytes"] = program.value;
    json["notes"] = outcome.notes;
    json["nodes"] = std::move(nodes);
    Report report;
    report.json = dumped(json);
    report.text =
        fmt::format("Release {} serves{}; {:.3g} inferences/s predicted, {} sent.\n\n{}",
                    release.id, outcome.isReused ? " (as it was deployed before)" : "",
                    release.plan.throughput(), formatBytes(model + program), table.text());
    for (const std::string& note : outcome.notes)
        report.text += fmt::format("note: {}\n", printable(note));
    return report;
}

Report draftReport(const deploy::SshDraft& draft, bool isReused)
{
    const deploy::Release& release = draft.release;
    Json nodes = Json::array();
    Json starts = Json::array();
    Bytes model, program;
    Table table({{"node"},
                 {"device"},
                 {"address"},
                 {"model", Align::Right},
                 {"programs", Align::Right},
                 {"folder"}});
    for (std::size_t n = 0; n < release.nodes.size(); ++n) {
        const deploy::ReleaseNode& node = release.nodes[n];
        const Bytes ofModel = sum(draft.nodes[n].missing, deploy::PayloadKind::Model);
        const Bytes ofProgram = sum(draft.nodes[n].missing, deploy::PayloadKind::Program);
        model += ofModel;
        program += ofProgram;
        Json json = nodeJson(release, n);
        const std::string folder = deploy::nodeFolder(release, node).string();
        const bool isGateway = n + 1 == release.nodes.size();
        json["model_bytes"] = ofModel.value;
        json["program_bytes"] = ofProgram.value;
        json["command"] = Json::array({folder + "/millrace-stage"});
        if (isGateway)
            json["command"].push_back("--gateway");
        json["command"].push_back(folder + "/config.json");
        nodes.push_back(std::move(json));
        if (!draft.nodes[n].isRunning)
            starts.push_back(node.name);
        table.add({node.name, node.device,
                   fmt::format("{}:{}", node.endpoint.address, node.endpoint.port),
                   formatBytes(ofModel), formatBytes(ofProgram), folder});
    }
    Json json = releaseJson(release);
    json["dry_run"] = true;
    json["reused"] = isReused;
    json["model_bytes"] = model.value;
    json["program_bytes"] = program.value;
    json["starts"] = std::move(starts);
    json["nodes"] = std::move(nodes);
    Report report;
    report.json = dumped(json);
    report.text =
        isReused
            ? fmt::format("Release {} is this deployment; nothing would be sent.\n\n", release.id)
            : fmt::format("{} would be sent and {} programs started.\n\n",
                          formatBytes(model + program), release.nodes.size());
    report.text += table.text();
    return report;
}

} // namespace

Result<Report> deployOverSsh(const Planned& planned, const cluster::Cluster& cluster,
                             const SshArguments& arguments, const Context& context)
{
    CtlAccess ssh(arguments);
    ConsoleSteps steps(context.progress);
    const auto outcome =
        deploy::deploySsh(deploymentOf(planned, cluster), ssh.access(), context.stop, steps);
    if (outcome)
        return outcomeReport(*outcome);
    return failureOf(outcome.error());
}

Result<Report> draftOverSsh(const Planned& planned, const cluster::Cluster& cluster,
                            const SshArguments& arguments, const Context& context)
{
    CtlAccess ssh(arguments);
    ConsoleSteps steps(context.progress);
    const deploy::SshDeployment deployment = deploymentOf(planned, cluster);
    const auto draft = deploy::draftSsh(deployment, ssh.access(), context.stop, steps);
    if (draft)
        return draftReport(*draft, deploy::sameSshRelease(deployment).has_value());
    return failureOf(draft.error());
}

} // namespace millrace::ctl
