// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "ctl/ConsoleSteps.h"
#include "ctl/Inputs.h"
#include "ctl/Options.h"
#include "ctl/commands/Solving.h"
#include "ctl/report/BenchReport.h"
#include "ctl/report/ReleaseReport.h"
#include "deploy/ExampleCluster.h"
#include "work/DeployPlanned.h"

#include <unistd.h>

namespace millrace::ctl
{
namespace
{

struct Arguments {
    int requests = 100;
    std::optional<std::filesystem::path> cluster;
    SearchArguments search;
};

/// ResNet-50 with seeded weights, made once. Other runs of this command see it whole or not at all.
Result<std::filesystem::path> demoModel(ProgressSink& progress)
{
    const auto folder = cacheFolder() / "models";
    const auto file = folder / "demo-resnet50.onnx";
    std::error_code error;
    if (std::filesystem::exists(file, error))
        return file;
    progress.progress("writing ResNet-50 with seeded weights", -1);
    std::filesystem::create_directories(folder, error);
    const auto draft = folder / fmt::format("demo-resnet50.{}.onnx", ::getpid());
    auto written = onnx::writeReference("resnet50", draft, 0);
    if (written)
        std::filesystem::rename(draft, file, error);
    if (!written || error) {
        std::error_code ignored;
        std::filesystem::remove(draft, ignored);
        return fail(ErrorCode::Io, "{}: cannot write the model: {}", file.string(),
                    written ? error.message() : written.error().message);
    }
    return file;
}

/// Whatever happens after the deployment, nothing of it is left.
class Undeployed
{
public:
    explicit Undeployed(deploy::Release release) : m_release(std::move(release)) {}
    Undeployed(const Undeployed&) = delete;
    Undeployed& operator=(const Undeployed&) = delete;
    ~Undeployed() { static_cast<void>(now()); }
    [[nodiscard]] Result<void> now()
    {
        if (m_isDone)
            return {};
        m_isDone = true;
        NoProgress quiet;
        ConsoleSteps steps(quiet);
        deploy::LocalAccess here;
        return deploy::undeploy(m_release, here, {}, {}, steps);
    }

private:
    deploy::Release m_release;
    bool m_isDone = false;
};

Report runAndMeasure(const work::Planned& planned, const Arguments& arguments,
                     const Context& context)
{
    ConsoleSteps steps(context.progress);
    deploy::Deployment deployment = work::deploymentOf(planned, deploy::ReleaseKind::Local);
    deployment.lifetime = deploy::Lifetime::OfDeployer;
    deploy::LocalAccess here;
    const auto deployed = deploy::deploy(deployment, here, context.stop, steps);
    if (!deployed)
        return runFailure(deployed.error());
    const deploy::Release& release = deployed->release;
    Undeployed cleanUp(release);
    work::BenchOptions options;
    options.requests = arguments.requests;
    const auto result = work::bench(release, options, context.stop, context.progress);
    const auto removed = cleanUp.now();
    if (!result)
        return runFailure(result.error());
    Report report = demoReport(*result, release.dilationReason);
    if (!removed && report.error.empty()) {
        report.code = ExitCode::Failure;
        report.error = removed.error().message;
    }
    return report;
}

Result<work::Planned> planDemo(const SearchArguments& search, const cluster::Cluster& cluster,
                               const Context& context)
{
    const auto file = demoModel(context.progress);
    if (!file)
        return tl::unexpected(file.error());
    const auto model = loadModel(*file, {}, context);
    if (!model)
        return tl::unexpected(model.error());
    auto times = deploy::layerTimes(*model, deploy::FreshTimes{}, context.stop, context.progress);
    if (!times)
        return tl::unexpected(times.error());
    work::PlanInputs inputs{*model, cluster, std::move(*times)};
    applyTo(inputs.request, search.variant);
    SolveProgress sink(context.progress);
    return work::planModel(std::move(inputs), search.options, context.stop, sink);
}

Result<Report> demo(Arguments arguments, const Context& context)
{
    const auto cluster = arguments.cluster ? readClusterInput(*arguments.cluster)
                                           : cluster::parseCluster(deploy::exampleClusterText(),
                                                                   "the built-in cluster");
    if (!cluster)
        return tl::unexpected(cluster.error());
    if (const auto ok = readWarmStart(arguments.search, deviceNames(*cluster)); !ok)
        return tl::unexpected(ok.error());
    const auto planned = planDemo(arguments.search, *cluster, context);
    if (!planned)
        return tl::unexpected(planned.error());
    if (!planned->plan.hasStages())
        return withoutPlan(planned->problem, planned->plan);
    return runAndMeasure(*planned, arguments, context);
}

} // namespace

void addDemo(CLI::App& app, Chosen& chosen)
{
    CLI::App* command = app.add_subcommand(
        "demo", "Run ResNet-50 on an emulated cluster of this machine and compare with the plan");
    const auto arguments = std::make_shared<Arguments>();
    addInteger(
        *command, "--requests", 1, 1'000'000,
        [arguments](std::int64_t n) { arguments->requests = static_cast<int>(n); },
        "How many requests to send (100)");
    command
        ->add_option("--cluster", arguments->cluster,
                     "Cluster file to emulate instead of the built-in five devices")
        ->option_text("FILE");
    addSearchOptions(*command, arguments->search);
    command->footer("Generates the model, measures its layers here, plans, starts a process for\n"
                    "each stage and the gateway, compares every answer with the unpartitioned\n"
                    "model, and removes everything again.");
    command->callback([arguments, &chosen] {
        chosen.action = [arguments](const Context& context) { return demo(*arguments, context); };
    });
}

} // namespace millrace::ctl
