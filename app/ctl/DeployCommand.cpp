// SPDX-License-Identifier: GPL-3.0-or-later
#include "Options.h"
#include "ReleaseReport.h"
#include "SshDeploy.h"
#include "Table.h"
#include "deploy/ReleaseParts.h"

#include <algorithm>
#include <cmath>

namespace millrace::ctl
{
namespace
{

struct Arguments {
    std::filesystem::path model, cluster;
    std::optional<std::filesystem::path> plan;
    bool isLocal = false, isDryRun = false;
    Dims dims;
    SshArguments ssh;
};

Result<plan::Plan> readPlan(const std::filesystem::path& file, const cluster::Cluster& cluster)
{
    const auto text = readInput(file);
    if (!text)
        return tl::unexpected(text.error());
    return plan::parsePlan(*text, file.string(), deviceNames(cluster));
}

/// Its stages where the file says, its figures by this machine's times: those the release is
/// measured against.
Result<void> takePlan(const std::filesystem::path& file, plan::Plan plan, Planned& planned)
{
    if (plan.record.modelSha256.empty() || !plan.hasStages())
        return fail(ErrorCode::InvalidArgument,
                    "{}: no plan of this model that can be deployed; make one with millracectl "
                    "plan MODEL CLUSTER -o PLAN",
                    file.string());
    if (auto ok = sameModel(planned.model, plan.record.modelSha256, file); !ok)
        return ok;
    const std::size_t layers = planned.problem.layers.size();
    for (const auto& [at, stage] : plan.stages())
        for (const LayerId layer : stage.layers)
            if (layer.value < 0 || layer.index() >= layers)
                return fail(ErrorCode::InvalidArgument, "{}: the model has no layer {}",
                            file.string(), layer.value);
    const Seconds before = plan.bottleneckTime;
    plan::fillFigures(planned.problem, plan);
    plan.record.times = planned.times.source;
    if (std::abs(plan.bottleneckTime.value - before.value) > 1e-9 * before.value) {
        // What was proven with other times says nothing of these.
        plan.status = plan::Status::Feasible;
        plan.lowerBound = {};
    }
    if (const auto differences = plan::check(planned.problem, plan); !differences.empty())
        return fail(ErrorCode::InvalidArgument, "{}: the plan does not fit the cluster: {}",
                    file.string(), differences.front());
    planned.plan = std::move(plan);
    return {};
}

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

/// What a deployment would do.
Report dryRun(const deploy::Draft& draft, bool same)
{
    Report report;
    const deploy::Release& release = draft.release;
    Json json = emulatedJson(release);
    json["dry_run"] = true;
    json["reused"] = same;
    Json dead = Json::array();
    Table table({{"node"}, {"device"}, {"port", Align::Right}, {"model", Align::Right}, {"does"}});
    Bytes copied;
    for (std::size_t n = 0; n < release.nodes.size(); ++n) {
        const deploy::ReleaseNode& node = release.nodes[n];
        const bool isAlive = draft.nodes[n].isRunning;
        Bytes weights;
        if (const auto* stage = deploy::plannedStage(release.plan, node); stage != nullptr && !same)
            weights = deploy::stageWeights(release.problem, *stage);
        copied += weights;
        if (!isAlive)
            dead.push_back(node.name);
        table.add({node.name, node.device, std::to_string(node.endpoint.port), formatBytes(weights),
                   isAlive ? "runs already" : "starts"});
    }
    json["model_bytes"] = copied.value;
    json["starts"] = std::move(dead);
    json["nodes"] = nodesJson(release, same ? nullptr : &draft);
    report.json = dumped(json);
    report.text = same ? fmt::format("Release {} is this deployment; nothing would be copied.\n\n",
                                     release.id)
                       : fmt::format("Release {} would be made in {}.\n\n", release.id,
                                     release.folder.string());
    report.text += table.text();
    return report;
}

std::string othersNote(const deploy::Release& release)
{
    std::vector<std::string> others;
    for (const deploy::ReleaseHeader& other : deploy::releaseHeaders())
        if (other.id != release.id &&
            std::any_of(other.nodes.begin(), other.nodes.end(),
                        [](const deploy::ReleaseNode& node) { return deploy::isAlive(node); }))
            others.push_back(other.id);
    return others.empty() ? ""
                          : fmt::format("note: this machine also runs {}; what shares its cores "
                                        "disturbs the figures (millracectl undeploy RELEASE)\n",
                                        fmt::join(others, ", "));
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

Report deployNow(const deploy::Deployment& deployment, const Context& context)
{
    ConsoleSteps steps(context.progress);
    deploy::LocalAccess here;
    const auto outcome = deploy::deploy(deployment, here, context.stop, steps);
    if (!outcome)
        return runFailure(outcome.error());
    const deploy::Release* release = &outcome->release;
    const bool isReused = outcome->isReused;
    Bytes copied;
    for (const auto& [at, stage] : release->plan.stages())
        copied += isReused ? Bytes{} : deploy::stageWeights(release->problem, stage);
    Json json = emulatedJson(*release);
    json["reused"] = isReused;
    json["model_bytes"] = copied.value;
    json["started"] = startedJson(*outcome);
    json["nodes"] = nodesJson(*release, nullptr);
    Report report;
    report.json = dumped(json);
    Table table({{"node"}, {"device"}, {"port", Align::Right}, {"process", Align::Right}});
    for (const deploy::ReleaseNode& node : release->nodes)
        table.add({node.name, node.device, std::to_string(node.endpoint.port),
                   std::to_string(node.process.pid)});
    report.text = fmt::format("Release {} serves{}; {:.3g} inferences/s predicted.\n\n{}",
                              release->id, isReused ? " (as it was deployed before)" : "",
                              release->plan.throughput(), table.text());
    if (release->dilation > 1)
        report.text += fmt::format("note: everything runs {:.3g} times slower: {}\n",
                                   release->dilation, release->dilationReason);
    report.text += othersNote(*release);
    return report;
}

Result<Report> deployModel(const Arguments& arguments, const Context& context)
{
    const auto cluster = readClusterInput(arguments.cluster);
    if (!cluster)
        return tl::unexpected(cluster.error());
    std::optional<plan::Plan> plan;
    if (arguments.plan) {
        auto read = readPlan(*arguments.plan, *cluster);
        if (!read)
            return tl::unexpected(read.error());
        plan = std::move(*read);
    }
    // A plan says for which sizes of the free dimensions it was made.
    const auto model =
        loadModel(arguments.model,
                  plan ? merged(arguments.dims, plan->record.dims) : arguments.dims, context);
    if (!model)
        return tl::unexpected(model.error());
    auto planned = measured(*model, *cluster, deploy::MeasuredTimes{}, context);
    if (!planned)
        return tl::unexpected(planned.error());
    const auto ok =
        plan ? takePlan(*arguments.plan, std::move(*plan), *planned) : solve(*planned, context);
    if (!ok)
        return tl::unexpected(ok.error());
    if (!planned->plan.hasStages())
        return withoutPlan(planned->problem, planned->plan);
    if (!arguments.isLocal)
        return arguments.isDryRun ? draftOverSsh(*planned, *cluster, arguments.ssh, context)
                                  : deployOverSsh(*planned, *cluster, arguments.ssh, context);
    const deploy::Deployment deployment{planned->model, *cluster,       planned->problem,
                                        planned->plan,  planned->times, deploy::ReleaseKind::Local};
    if (!arguments.isDryRun)
        return deployNow(deployment, context);
    deploy::LocalAccess here;
    ConsoleSteps steps(context.progress);
    const auto draft = deploy::draft(deployment, here, context.stop, steps);
    if (!draft)
        return runFailure(draft.error());
    return dryRun(*draft, deploy::sameRelease(deployment).has_value());
}

} // namespace

void addDeploy(CLI::App& app, Chosen& chosen)
{
    CLI::App* command = app.add_subcommand(
        "deploy", "Put a model's stages and the gateway onto their devices and start them");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("MODEL", arguments->model, "ONNX file")->required();
    command->add_option("CLUSTER", arguments->cluster, "Cluster file (YAML)")->required();
    command->add_option("PLAN", arguments->plan, "Plan file; without it the model is planned now")
        ->option_text("[PLAN]");
    command->add_flag("--local", arguments->isLocal,
                      "As processes of this machine that emulate the cluster");
    command->add_flag("--dry-run", arguments->isDryRun,
                      "Only say what would be copied and started");
    addSshOptions(*command, arguments->ssh);
    addDims(*command, arguments->dims);
    command->footer(
        "Devices are reached over SSH as ~/.ssh/config says, at the address in the\n"
        "cluster file; host keys must be known. They keep Millrace's files in\n"
        "~/.millrace, and what is there already is not sent. An earlier release on\n"
        "the same devices serves until the new one does; then it is stopped and kept\n"
        "to go back to (millracectl rollback).\n"
        "A second deployment of the same model, cluster and plan starts only what does\n"
        "not run any more. Releases are known to this machine only, in\n"
        "$MILLRACE_STATE, else in ~/.local/state/millrace.");
    command->callback([arguments, &chosen] {
        chosen.action = [arguments](const Context& context) {
            return deployModel(*arguments, context);
        };
    });
}

} // namespace millrace::ctl
