// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/Inputs.h"
#include "ctl/Options.h"
#include "ctl/TensorFiles.h"
#include "ctl/report/OutputsReport.h"
#include "onnx/Model.h"

#include <algorithm>

namespace millrace::ctl
{
namespace
{

using inference::NamedTensor;

struct Arguments {
    std::vector<std::string> target; ///< DIR or MODEL, and what follows --input NAME=FILE
    std::vector<std::string> inputs;
    bool random = false;
    std::uint64_t seed = 0;
    std::optional<std::filesystem::path> folder;
    Dims dims;
};

/// What is run: a loaded model, or the folder of a split.
struct Target {
    std::filesystem::path path;
    std::optional<onnx::Model> model;
    std::vector<onnx::Port> inputs;
};

/// `--input A=a.npy B=b.npy DIR` reaches us with B among the positionals: DIR is the one without
/// '='.
std::optional<std::string> takeTarget(Arguments& arguments)
{
    const auto isPair = [](const std::string& text) { return text.find('=') != text.npos; };
    auto& words = arguments.target;
    if (words.size() > 1) {
        const auto pairs = std::stable_partition(words.begin(), words.end(),
                                                 [&](const auto& word) { return !isPair(word); });
        if (pairs != words.begin() + 1 || arguments.inputs.empty())
            return fmt::format("one DIR or MODEL is needed, there are: {}", fmt::join(words, " "));
        arguments.inputs.insert(arguments.inputs.end(), pairs, words.end());
    }
    if (arguments.inputs.empty() && !arguments.random)
        return "the inputs are missing: give --input NAME=FILE.npy for each, or --random";
    for (const std::string& input : arguments.inputs)
        if (input.find('=') == input.npos || input.front() == '=')
            return fmt::format("--input: \"{}\" is not NAME=FILE.npy", input);
    return std::nullopt;
}

Result<Target> openSplit(const std::filesystem::path& folder)
{
    const auto file = folder / "manifest.json";
    const auto text = readInput(file);
    if (!text)
        return tl::unexpected(text.error());
    const auto manifest = onnx::parseManifest(*text, file.string());
    if (!manifest)
        return tl::unexpected(manifest.error());
    return Target{folder, std::nullopt, manifest->inputs};
}

Result<Target> openModel(const std::filesystem::path& path, const Dims& dims,
                         const Context& context)
{
    auto model = loadModel(path, dims, context);
    if (!model)
        return tl::unexpected(model.error());
    Target target{path, *model, {}};
    for (const TensorId id : model->graph().inputs) {
        const graph::Tensor& tensor = model->graph().tensors[id.index()];
        target.inputs.push_back({tensor.name, tensor.dtype, tensor.shape});
    }
    return target;
}

/// The same for one input of one name in a split and in its model, whatever the order.
std::uint64_t seedFor(const std::string& name, std::uint64_t seed)
{
    std::uint64_t hash = 14695981039346656037U; // FNV-1a
    for (const char c : name)
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    return hash ^ seed;
}

Result<std::map<std::string, inference::Tensor>> readFiles(const Arguments& arguments,
                                                           const Target& target)
{
    std::map<std::string, inference::Tensor> files;
    for (const std::string& input : arguments.inputs) {
        const auto equals = input.find('=');
        const std::string name = input.substr(0, equals);
        if (std::none_of(target.inputs.begin(), target.inputs.end(),
                         [&name](const onnx::Port& port) { return port.name == name; }))
            return fail(ErrorCode::InvalidArgument, "--input: there is no input \"{}\"; {} has: {}",
                        name, target.path.string(), portNames(target.inputs));
        auto tensor = inference::readNpy(input.substr(equals + 1));
        if (!tensor)
            return badInput(tensor.error());
        if (!files.emplace(name, std::move(*tensor)).second)
            return fail(ErrorCode::InvalidArgument, "--input: \"{}\" is given twice", name);
    }
    return files;
}

Result<std::vector<NamedTensor>> feeds(const Arguments& arguments, const Target& target)
{
    auto files = readFiles(arguments, target);
    if (!files)
        return tl::unexpected(files.error());
    std::vector<NamedTensor> feeds;
    for (const onnx::Port& port : target.inputs) {
        if (const auto given = files->find(port.name); given != files->end()) {
            if (const auto ok = checkFits(port, given->second); !ok)
                return tl::unexpected(ok.error());
            feeds.push_back({port.name, std::move(given->second)});
            continue;
        }
        if (!arguments.random)
            return fail(ErrorCode::InvalidArgument,
                        "input \"{}\" is missing; give --input {}=FILE.npy, or --random", port.name,
                        port.name);
        auto tensor =
            inference::randomTensor(port.dtype, port.shape, seedFor(port.name, arguments.seed));
        if (!tensor)
            return inContext("input " + port.name, tensor.error());
        feeds.push_back({port.name, std::move(*tensor)});
    }
    return feeds;
}

Result<Report> run(Arguments arguments, const Context& context)
{
    if (const auto mistake = takeTarget(arguments))
        return usageError(*mistake);
    const std::filesystem::path path = arguments.target.front();
    std::error_code ignored;
    const bool isSplit = std::filesystem::is_directory(path, ignored);
    if (isSplit && !arguments.dims.empty())
        return usageError("--dim: the dimensions of a split are bound already; leave it out");
    const auto target = isSplit ? openSplit(path) : openModel(path, arguments.dims, context);
    if (!target)
        return tl::unexpected(target.error());
    auto inputs = feeds(arguments, *target);
    if (!inputs)
        return tl::unexpected(inputs.error());
    const auto outputs =
        isSplit ? onnx::runSplit(path, std::move(*inputs), context.stop, context.progress)
                : onnx::runWhole(*target->model, std::move(*inputs), context.stop);
    if (!outputs)
        return tl::unexpected(outputs.error());
    if (arguments.folder)
        if (const auto ok = writeOutputs(*arguments.folder, *outputs); !ok)
            return tl::unexpected(ok.error());
    return runReport(*outputs,
                     arguments.folder ? std::optional(arguments.folder->string()) : std::nullopt);
}

} // namespace

void addRun(CLI::App& app, Chosen& chosen)
{
    CLI::App* command =
        app.add_subcommand("run", "Run a split's stages in sequence, or a whole model");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("TARGET", arguments->target, "Folder of a split, or ONNX file")
        ->required()
        ->option_text("DIR|MODEL");
    command->add_option("--input", arguments->inputs, "A model input; may be repeated")
        ->allow_extra_args(false)
        ->option_text("NAME=FILE.npy...");
    command->add_flag("--random", arguments->random, "Seeded random numbers for the other inputs");
    addSeed(*command, arguments->seed, "Seed of --random");
    command->add_option("-o,--output", arguments->folder, "Folder for <index>.npy and outputs.json")
        ->option_text("OUTDIR");
    addDims(*command, arguments->dims);
    command->callback([arguments, &chosen] {
        chosen.action = [arguments](const Context& context) { return run(*arguments, context); };
    });
}

} // namespace millrace::ctl
