// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/Inputs.h"
#include "ctl/PlanOptions.h"
#include "ctl/report/PlanReport.h"
#include "plan/Checker.h"
#include "work/PlanModel.h"

namespace millrace::ctl
{
namespace
{

struct Arguments {
    std::vector<std::filesystem::path> files;
    std::optional<deploy::TimesRequest> times;
    Variant variant;
    Dims dims;
};

struct Checked {
    plan::Problem problem;
    plan::Plan plan;
};

Result<Checked> fromProblem(const std::filesystem::path& problemFile,
                            const std::filesystem::path& planFile)
{
    const auto text = readInput(problemFile);
    if (!text)
        return tl::unexpected(text.error());
    auto problem = plan::parseProblem(*text, problemFile.string());
    if (!problem)
        return tl::unexpected(problem.error());
    auto plan = work::readPlan(planFile, deviceNames(*problem));
    if (!plan)
        return tl::unexpected(plan.error());
    return Checked{std::move(*problem), std::move(*plan)};
}

/// The same source of times as the plan had, unless the operator names one.
Result<plan::LayerTimes> timesOf(const onnx::Model& model, const plan::Plan& plan,
                                 const Arguments& arguments, const Context& context)
{
    deploy::TimesRequest request = deploy::EstimatedTimes{};
    if (plan.record.times == plan::TimesSource::Measured)
        request = deploy::CachedTimes{};
    const bool isCached = !arguments.times && std::holds_alternative<deploy::CachedTimes>(request);
    auto times = deploy::layerTimes(model, arguments.times.value_or(request), context.stop,
                                    context.progress);
    if (!times && isCached && times.error().code == ErrorCode::NotFound)
        return fail(ErrorCode::NotFound,
                    "{}: its layer times were measured, and this machine has kept none for the "
                    "model; give them with --profile FILE",
                    arguments.files[2].string());
    return times;
}

Result<Checked> fromModel(const Arguments& arguments, const Context& context)
{
    const auto& files = arguments.files;
    const auto cluster = readClusterInput(files[1]);
    if (!cluster)
        return tl::unexpected(cluster.error());
    auto plan = work::readPlan(files[2], deviceNames(*cluster));
    if (!plan)
        return tl::unexpected(plan.error());
    if (plan->record.modelSha256.empty())
        return fail(ErrorCode::InvalidArgument,
                    "{}: the plan names no model, it was made from a problem file; check it "
                    "against that: millracectl check PROBLEM PLAN",
                    files[2].string());
    const auto model =
        work::openModelOf(plan->record, files[2].string(), {files[0], arguments.dims}, context.stop,
                          context.progress);
    if (!model)
        return tl::unexpected(model.error());
    auto times = timesOf(*model, *plan, arguments, context);
    if (!times)
        return badInput(times.error());
    auto problem = work::poseProblem({*model, *cluster, std::move(*times)});
    if (!problem)
        return tl::unexpected(problem.error());
    return Checked{std::move(*problem), std::move(*plan)};
}

Result<Report> check(const Arguments& arguments, const Context& context)
{
    if (arguments.files.size() == 1)
        return usageError("the plan is missing: check takes PROBLEM PLAN or MODEL CLUSTER PLAN");
    auto checked = arguments.files.size() == 3
                       ? fromModel(arguments, context)
                       : fromProblem(arguments.files[0], arguments.files[1]);
    if (!checked)
        return tl::unexpected(checked.error());
    applyTo(checked->problem, arguments.variant);
    if (work::isWithoutOverlap(checked->plan))
        checked->problem.overlap = plan::Overlap::No;
    return checkReport(arguments.files.back().string(), checked->problem, checked->plan,
                       plan::check(checked->problem, checked->plan));
}

} // namespace

void addCheck(CLI::App& app, Chosen& chosen)
{
    CLI::App* command =
        app.add_subcommand("check", "Compute every figure of a plan anew, independently");
    const auto arguments = std::make_shared<Arguments>();
    command
        ->add_option("FILES", arguments->files,
                     "What was given to solve or plan, and what came of it")
        ->required()
        ->expected(1, 3)
        ->option_text("PROBLEM PLAN | MODEL CLUSTER PLAN");
    addProfile(*command, arguments->times, "Layer times; without it those the plan says it used");
    addVariantOptions(*command, arguments->variant);
    command->footer("What was given to plan or solve beside the files (--stages, --max-stages,\n"
                    "--profile FILE) is to be given here, too; --no-overlap is seen in the plan.");
    addDims(*command, arguments->dims);
    command->callback([arguments, &chosen] {
        chosen.action = [arguments](const Context& context) { return check(*arguments, context); };
    });
}

} // namespace millrace::ctl
