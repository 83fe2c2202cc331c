// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "ctl/Inputs.h"
#include "ctl/commands/Solving.h"
#include "work/PlanModel.h"

#include <chrono>

namespace millrace::ctl
{
namespace
{

struct Arguments {
    std::filesystem::path model, cluster;
    std::optional<std::filesystem::path> problem;
    std::optional<deploy::TimesRequest> times;
    Dims dims;
    SolveArguments solve;
};

Result<plan::LayerTimes> timesOf(const onnx::Model& model, const Arguments& arguments,
                                 const Context& context)
{
    const auto request = arguments.times.value_or(deploy::MeasuredTimes{});
    auto times = deploy::layerTimes(model, request, context.stop, context.progress);
    if (times || times.error().code == ErrorCode::Cancelled)
        return times;
    if (std::holds_alternative<deploy::MeasuredTimes>(request))
        times.error().message =
            fmt::format("measuring layer times failed: {}; --profile estimate plans without",
                        times.error().message);
    else
        return badInput(times.error());
    return times;
}

/// What can be refused before the model is loaded and measured.
Result<void> prepareFiles(Arguments& arguments, const cluster::Cluster& cluster)
{
    std::vector<std::filesystem::path> others{arguments.model, arguments.cluster};
    if (arguments.problem) {
        if (auto ok = checkOutput(*arguments.problem, others); !ok)
            return ok;
        others.push_back(*arguments.problem);
    }
    return prepare(arguments.solve, deviceNames(cluster), others);
}

Result<Report> plan(Arguments arguments, const Context& context)
{
    if (auto mistake = usageMistake(arguments.solve))
        return *mistake;
    const auto cluster = readClusterInput(arguments.cluster);
    if (!cluster)
        return tl::unexpected(cluster.error());
    if (const auto ok = prepareFiles(arguments, *cluster); !ok)
        return tl::unexpected(ok.error());
    const auto model = loadModel(arguments.model, arguments.dims, context);
    if (!model)
        return tl::unexpected(model.error());
    auto times = timesOf(*model, arguments, context);
    if (!times)
        return tl::unexpected(times.error());

    const auto start = std::chrono::steady_clock::now();
    work::PlanInputs inputs{*model, *cluster, std::move(*times)};
    applyTo(inputs.request, arguments.solve.search.variant);
    const auto problem = work::poseProblem(inputs);
    if (!problem)
        return tl::unexpected(problem.error());
    const std::chrono::duration<double> made = std::chrono::steady_clock::now() - start;
    if (arguments.problem)
        if (const auto ok = writeFileAtomically(*arguments.problem, plan::writeProblem(*problem));
            !ok)
            return tl::unexpected(ok.error());
    SolveProgress sink(context.progress);
    auto found =
        work::solvePosed(inputs, *problem, arguments.solve.search.options, context.stop, sink);
    if (!found)
        return tl::unexpected(found.error());
    found->plan.solver.parse = Seconds{made.count()};
    return concludePlan(*problem, *found, arguments.solve, context);
}

} // namespace

void addPlan(CLI::App& app, Chosen& chosen)
{
    CLI::App* command =
        app.add_subcommand("plan", "Cut a model into stages and place them on a cluster");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("MODEL", arguments->model, "ONNX file")->required();
    command->add_option("CLUSTER", arguments->cluster, "Cluster file (YAML)")->required();
    command->add_option("--problem", arguments->problem, "Also write the bare problem file")
        ->option_text("FILE");
    addProfile(*command, arguments->times,
               "Layer times: from a profile file, measured on this machine (the default; kept and "
               "used again), or estimated");
    addDims(*command, arguments->dims);
    addSolveOptions(*command, arguments->solve);
    command->callback([arguments, &chosen] {
        chosen.action = [arguments](const Context& context) { return plan(*arguments, context); };
    });
}

} // namespace millrace::ctl
