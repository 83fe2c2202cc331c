// SPDX-License-Identifier: GPL-3.0-or-later
#include "Options.h"

#include "base/File.h"

#include <charconv>
#include <cmath>

namespace millrace::ctl
{
namespace
{

template <class T>
std::optional<T> parsed(std::string_view text)
{
    T value{};
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && stopped == end ? std::optional(value) : std::nullopt;
}

/// The option with everything that a wrong value gets: its name and what would be right.
CLI::Option* addChecked(CLI::App& command, const std::string& name,
                        const std::function<bool(const std::string&)>& accept,
                        const std::string& wanted, const std::string& help)
{
    const auto check = [=](const std::string& text) {
        if (!accept(text))
            throw CLI::ValidationError(name, fmt::format("\"{}\" is not {}", text, wanted));
    };
    return command.add_option_function<std::string>(name, check, help)->option_text("N");
}

std::vector<std::string> namesOf(const auto& devices)
{
    std::vector<std::string> names;
    for (const auto& device : devices)
        names.push_back(device.name);
    return names;
}

plan::Algorithm algorithmNamed(const std::string& wanted)
{
    std::vector<std::string_view> names;
    for (const auto algorithm : {plan::Algorithm::Exact, plan::Algorithm::KPath,
                                 plan::Algorithm::Greedy, plan::Algorithm::Random}) {
        names.push_back(plan::name(algorithm));
        if (wanted == names.back())
            return algorithm;
    }
    throw CLI::ValidationError("--algorithm", fmt::format("there is no \"{}\"; what there is: {}",
                                                          wanted, fmt::join(names, ", ")));
}

} // namespace

void addDims(CLI::App& command, Dims& dims)
{
    const auto take = [&dims](const std::vector<std::string>& texts) {
        for (const std::string& text : texts) {
            const auto equals = text.rfind('=');
            const auto size = equals == std::string::npos
                                  ? std::nullopt
                                  : parsed<std::int64_t>(text.substr(equals + 1));
            if (!size || *size < 1 || equals == 0)
                throw CLI::ValidationError(
                    "--dim",
                    fmt::format("\"{}\" is not NAME=N with N a whole number of 1 or more", text));
            if (!dims.emplace(text.substr(0, equals), *size).second)
                throw CLI::ValidationError(
                    "--dim", fmt::format("\"{}\" is given twice", text.substr(0, equals)));
        }
    };
    command
        .add_option_function<std::vector<std::string>>(
            "--dim", take, "Size of a free dimension of the model; may be repeated")
        ->allow_extra_args(false)
        ->option_text("NAME=N");
}

CLI::Option* addInteger(CLI::App& command, const std::string& name, std::int64_t low,
                        std::int64_t high, const std::function<void(std::int64_t)>& set,
                        const std::string& help)
{
    const auto accept = [=](const std::string& text) {
        const auto value = parsed<std::int64_t>(text);
        if (!value || *value < low || *value > high)
            return false;
        set(*value);
        return true;
    };
    return addChecked(command, name, accept, fmt::format("a whole number of {} or more", low),
                      help);
}

CLI::Option* addNumber(CLI::App& command, const std::string& name,
                       const std::function<void(double)>& set, const std::string& help)
{
    const auto accept = [=](const std::string& text) {
        const auto value = parsed<double>(text);
        if (!value || !std::isfinite(*value) || *value < 0)
            return false;
        set(*value);
        return true;
    };
    return addChecked(command, name, accept, "a number of 0 or more", help);
}

void addSeed(CLI::App& command, std::uint64_t& seed, const std::string& help)
{
    addInteger(
        command, "--seed", 0, std::numeric_limits<std::int64_t>::max(),
        [&seed](std::int64_t value) { seed = static_cast<std::uint64_t>(value); }, help);
}

void addProfile(CLI::App& command, std::optional<deploy::TimesRequest>& times,
                const std::string& help)
{
    const auto take = [&times](const std::string& text) {
        if (text == "measure")
            times = deploy::MeasuredTimes{};
        else if (text == "estimate")
            times = deploy::EstimatedTimes{};
        else
            times = deploy::ProfileFile{text};
    };
    command.add_option_function<std::string>("--profile", take, help)
        ->option_text("FILE|measure|estimate");
}

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
    if (variant.noOverlap)
        problem.overlap = plan::Overlap::No;
    if (variant.stages)
        problem.stages = {*variant.stages, *variant.stages};
    else if (variant.maxStages)
        problem.stages.max = *variant.maxStages;
}

void addSolveOptions(CLI::App& command, SolveArguments& arguments)
{
    plan::SolveOptions& options = arguments.options;
    command.add_option("-o,--output", arguments.output, "Where to write the plan")
        ->option_text("PLAN");
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
    command.add_flag("--sensitivity", arguments.sensitivity,
                     "Also say what more memory, speed or bandwidth would bring and what losing a "
                     "device would cost; the limits hold for this once more");
}

std::optional<Report> usageMistake(const SolveArguments& arguments)
{
    if (arguments.sensitivity && arguments.options.algorithm != plan::Algorithm::Exact)
        return usageError("--sensitivity compares proven plans and needs --algorithm exact");
    return std::nullopt;
}

Result<void> prepare(SolveArguments& arguments, const std::vector<std::string>& devices,
                     const std::vector<std::filesystem::path>& others)
{
    if (arguments.output)
        if (auto ok = checkOutput(*arguments.output, others); !ok)
            return ok;
    if (!arguments.warmStart)
        return {};
    const auto text = readInput(*arguments.warmStart);
    if (!text)
        return tl::unexpected(text.error());
    auto plan = plan::parsePlan(*text, arguments.warmStart->string(), devices);
    if (!plan)
        return tl::unexpected(plan.error());
    arguments.options.warmStart = plan::Solved{plan->solution(), {}};
    return {};
}

Result<void> checkOutput(const std::filesystem::path& output,
                         const std::vector<std::filesystem::path>& others)
{
    std::error_code ignored;
    for (const std::filesystem::path& other : others)
        if (output == other || std::filesystem::equivalent(output, other, ignored))
            return fail(ErrorCode::InvalidArgument,
                        "{}: this command reads or writes the file for something else, too; name "
                        "another one",
                        output.string());
    if (std::filesystem::is_directory(output, ignored))
        return fail(ErrorCode::Io, "{}: is a folder; name a file in it", output.string());
    const auto folder = output.has_parent_path() ? output.parent_path() : ".";
    if (!std::filesystem::is_directory(folder, ignored))
        return fail(ErrorCode::Io, "{}: there is no folder {}; make it first", output.string(),
                    folder.string());
    return {};
}

Result<onnx::Model> loadModel(const std::filesystem::path& path, const Dims& dims,
                              const Context& context)
{
    auto model = onnx::load(path, {dims}, context.stop, context.progress);
    if (!model)
        return badInput(model.error());
    return model;
}

Dims merged(const Dims& given, Dims ofPlan)
{
    for (const auto& [name, size] : given)
        ofPlan[name] = size;
    return ofPlan;
}

Result<void> sameModel(const onnx::Model& model, const std::string& planSha256,
                       const std::filesystem::path& planFile)
{
    if (planSha256 == model.sha256())
        return {};
    return fail(ErrorCode::InvalidArgument,
                "{}: the plan is of another model (SHA-256 {:.12}..., {} has {:.12}...); plan this "
                "model, or name the other one",
                planFile.string(), planSha256, model.path().string(), model.sha256());
}

Result<std::string> readInput(const std::filesystem::path& path)
{
    auto text = readFile(path);
    if (!text)
        return badInput(text.error());
    return text;
}

Result<cluster::Cluster> readClusterInput(const std::filesystem::path& path)
{
    auto cluster = cluster::readCluster(path);
    if (!cluster)
        return badInput(cluster.error());
    return cluster;
}

std::vector<std::string> deviceNames(const cluster::Cluster& cluster)
{
    return namesOf(cluster.devices);
}

std::vector<std::string> deviceNames(const plan::Problem& problem)
{
    return namesOf(problem.devices);
}

} // namespace millrace::ctl
