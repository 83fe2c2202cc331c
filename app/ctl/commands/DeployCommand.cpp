// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/ConsoleSteps.h"
#include "ctl/Inputs.h"
#include "ctl/Options.h"
#include "ctl/commands/Solving.h"
#include "ctl/commands/SshDeploy.h"
#include "ctl/report/LocalDeployReport.h"
#include "ctl/report/ReleaseReport.h"
#include "work/DeployPlanned.h"

#include <algorithm>

namespace millrace::ctl
{
namespace
{

struct Arguments {
    std::filesystem::path model, cluster;
    std::optional<std::filesystem::path> plan;
    bool isLocal = false, isDryRun = false;
    Dims dims;
    SearchArguments search;
    SshArguments ssh;
};

Result<work::PlanInputs> inputsOf(const onnx::Model& model, const cluster::Cluster& cluster,
                                  const Context& context)
{
    auto times = deploy::layerTimes(model, deploy::MeasuredTimes{}, context.stop, context.progress);
    if (!times)
        return tl::unexpected(times.error());
    return work::PlanInputs{model, cluster, std::move(*times)};
}

/// Its stages where the file says, its figures by this machine's times: those the release is
/// measured against.
Result<work::Planned> takePlan(const Arguments& arguments, const cluster::Cluster& cluster,
                               const Context& context)
{
    const std::string file = arguments.plan->string();
    auto plan = work::readPlan(file, deviceNames(cluster));
    if (!plan)
        return tl::unexpected(plan.error());
    if (plan->record.modelSha256.empty() || !plan->hasStages())
        return fail(ErrorCode::InvalidArgument,
                    "{}: no plan of this model that can be deployed; make one with millracectl "
                    "plan MODEL CLUSTER -o PLAN",
                    file);
    const auto model = work::openModelOf(plan->record, file, {arguments.model, arguments.dims},
                                         context.stop, context.progress);
    if (!model)
        return tl::unexpected(model.error());
    auto inputs = inputsOf(*model, cluster, context);
    if (!inputs)
        return tl::unexpected(inputs.error());
    return work::adoptPlan(std::move(*inputs), std::move(*plan), file);
}

Result<work::Planned> planNow(Arguments& arguments, const cluster::Cluster& cluster,
                              const Context& context)
{
    if (const auto ok = readWarmStart(arguments.search, deviceNames(cluster)); !ok)
        return tl::unexpected(ok.error());
    const auto model = loadModel(arguments.model, arguments.dims, context);
    if (!model)
        return tl::unexpected(model.error());
    auto inputs = inputsOf(*model, cluster, context);
    if (!inputs)
        return tl::unexpected(inputs.error());
    applyTo(inputs->request, arguments.search.variant);
    SolveProgress sink(context.progress);
    return work::planModel(std::move(*inputs), arguments.search.options, context.stop, sink);
}

/// Releases that run here beside this one.
std::vector<std::string> othersThatRun(const std::string& id)
{
    std::vector<std::string> others;
    for (const deploy::ReleaseHeader& other : deploy::releaseHeaders())
        if (other.id != id &&
            std::any_of(other.nodes.begin(), other.nodes.end(),
                        [](const deploy::ReleaseNode& node) { return deploy::isAlive(node); }))
            others.push_back(other.id);
    return others;
}

Result<Report> draftHere(const deploy::Deployment& deployment, const Context& context)
{
    deploy::LocalAccess here;
    ConsoleSteps steps(context.progress);
    const auto draft = deploy::draft(deployment, here, context.stop, steps);
    if (!draft)
        return runFailure(draft.error());
    return localDraftReport(*draft, deploy::sameRelease(deployment).has_value());
}

Result<Report> deployHere(const deploy::Deployment& deployment, const Context& context)
{
    ConsoleSteps steps(context.progress);
    deploy::LocalAccess here;
    const auto outcome = deploy::deploy(deployment, here, context.stop, steps);
    if (!outcome)
        return runFailure(outcome.error());
    return localDeployReport(*outcome, othersThatRun(outcome->release.id));
}

Result<Report> deployModel(Arguments arguments, const Context& context)
{
    const auto cluster = readClusterInput(arguments.cluster);
    if (!cluster)
        return tl::unexpected(cluster.error());
    const auto planned = arguments.plan ? takePlan(arguments, *cluster, context)
                                        : planNow(arguments, *cluster, context);
    if (!planned)
        return tl::unexpected(planned.error());
    if (!planned->plan.hasStages())
        return withoutPlan(planned->problem, planned->plan);
    if (!arguments.isLocal)
        return arguments.isDryRun ? draftOverSsh(*planned, arguments.ssh, context)
                                  : deployOverSsh(*planned, arguments.ssh, context);
    const deploy::Deployment deployment = work::deploymentOf(*planned, deploy::ReleaseKind::Local);
    return arguments.isDryRun ? draftHere(deployment, context) : deployHere(deployment, context);
}

} // namespace

void addDeploy(CLI::App& app, Chosen& chosen)
{
    CLI::App* command = app.add_subcommand(
        "deploy", "Put a model's stages and the gateway onto their devices and start them");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("MODEL", arguments->model, "ONNX file")->required();
    command->add_option("CLUSTER", arguments->cluster, "Cluster file (YAML)")->required();
    CLI::Option* plan =
        command
            ->add_option("PLAN", arguments->plan, "Plan file; without it the model is planned now")
            ->option_text("[PLAN]");
    command->add_flag("--local", arguments->isLocal,
                      "As processes of this machine that emulate the cluster");
    command->add_flag("--dry-run", arguments->isDryRun,
                      "Only say what would be copied and started");
    addSshOptions(*command, arguments->ssh);
    addDims(*command, arguments->dims);
    // A plan that is given is not searched.
    for (CLI::Option* option : addSearchOptions(*command, arguments->search))
        option->excludes(plan);
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
