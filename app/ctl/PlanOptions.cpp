// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/PlanOptions.h"

#include "ctl/Inputs.h"
#include "ctl/Options.h"
#include "work/OpenPlan.h"

#include <limits>

namespace millrace::ctl
{
namespace
{

experiment::Algorithm algorithmNamed(const std::string& wanted)
{
    std::vector<std::string_view> names;
    for (const auto algorithm : {experiment::Algorithm::Exact, experiment::Algorithm::KPath,
                                 experiment::Algorithm::Greedy, experiment::Algorithm::Random}) {
        names.push_back(experiment::name(algorithm));
        if (wanted == names.back())
            return algorithm;
    }
    throw CLI::ValidationError("--algorithm", fmt::format("there is no \"{}\"; what there is: {}",
                                                          wanted, fmt::join(names, ", ")));
}

void apply(const Variant& variant, plan::Overlap& overlap, plan::StageCount& stages)
{
    if (variant.noOverlap)
        overlap = plan::Overlap::No;
    if (variant.stages)
        stages = {*variant.stages, *variant.stages};
    else if (variant.maxStages)
        stages.max = *variant.maxStages;
}

} // namespace

void addVariantOptions(CLI::App& command, Variant& variant)
{
    constexpr std::int64_t kMost = std::numeric_limits<int>::max();
    const auto into = [](auto& target) {
        return [&target](std::int64_t value) { target = static_cast<int>(value); };
    };
    auto* stages =
        addInteger(command, "--stages", 1, kMost, into(variant.stages), "Exactly so many stages")
            ->option_text("K");
    addInteger(command, "--max-stages", 1, kMost, into(variant.maxStages), "At most so many stages")
        ->option_text("K")
        ->excludes(stages);
    command.add_flag("--no-overlap", variant.noOverlap,
                     "A stage costs receive + compute + send, one after the other");
}

void applyTo(plan::Problem& problem, const Variant& variant)
{
    apply(variant, problem.overlap, problem.stages);
}

void applyTo(plan::PlanRequest& request, const Variant& variant)
{
    apply(variant, request.overlap, request.stages);
}

std::vector<CLI::Option*> addSearchOptions(CLI::App& command, SearchArguments& arguments)
{
    experiment::SearchOptions& options = arguments.options;
    const auto before = static_cast<std::ptrdiff_t>(command.get_options().size());
    command
        .add_option_function<std::string>(
            "--algorithm",
            [&options](const std::string& name) { options.algorithm = algorithmNamed(name); },
            "How to search: exact, or to compare with it the published planner kpath and its "
            "baselines greedy and random")
        ->option_text("A");
    addVariantOptions(command, arguments.variant);
    addNumber(
        command, "--gap", [&options](double gap) { options.gap = gap; },
        "Stop when proven to be this near to the best plan (0.05: 5 %)")
        ->option_text("G");
    addNumber(
        command, "--time-limit", [&options](double s) { options.timeLimit = Seconds{s}; },
        "Stop after so many seconds (10)")
        ->option_text("S");
    addInteger(
        command, "--step-limit", 0, std::numeric_limits<std::int64_t>::max(),
        [&options](std::int64_t steps) { options.stepLimit = steps; },
        "Stop after so many search steps: the same plan on every machine");
    addSeed(command, options.seed, "Seed of the search");
    command.add_option("--warm-start", arguments.warmStart, "A plan to begin with")
        ->option_text("PLAN");
    const std::vector<CLI::Option*> all = command.get_options();
    return {all.begin() + before, all.end()};
}

Result<void> readWarmStart(SearchArguments& arguments, const std::vector<std::string>& devices)
{
    if (!arguments.warmStart)
        return {};
    auto plan = work::readPlan(*arguments.warmStart, devices);
    if (!plan)
        return tl::unexpected(plan.error());
    arguments.options.warmStart = plan::Solved{plan->solution(), {}};
    return {};
}

void addSolveOptions(CLI::App& command, SolveArguments& arguments)
{
    command.add_option("-o,--output", arguments.output, "Where to write the plan")
        ->option_text("PLAN");
    addSearchOptions(command, arguments.search);
    command.add_flag("--sensitivity", arguments.sensitivity,
                     "Also say what more memory, speed or bandwidth would bring and what losing a "
                     "device would cost; the limits hold for this once more");
}

std::optional<Report> usageMistake(const SolveArguments& arguments)
{
    if (arguments.sensitivity && arguments.search.options.algorithm != experiment::Algorithm::Exact)
        return usageError("--sensitivity compares proven plans and needs --algorithm exact");
    return std::nullopt;
}

Result<void> prepare(SolveArguments& arguments, const std::vector<std::string>& devices,
                     const std::vector<std::filesystem::path>& others)
{
    if (arguments.output)
        if (auto ok = checkOutput(*arguments.output, others); !ok)
            return ok;
    return readWarmStart(arguments.search, devices);
}

} // namespace millrace::ctl
