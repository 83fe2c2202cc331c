// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/ImageOptions.h"
#include "ctl/Inputs.h"
#include "ctl/TensorFiles.h"
#include "ctl/report/OutputsReport.h"
#include "ctl/report/ReleaseReport.h"
#include "deploy/ReleaseIndex.h"
#include "work/Bench.h"

#include <algorithm>
#include <chrono>

namespace millrace::ctl
{
namespace
{

using inference::NamedTensor;

constexpr std::chrono::milliseconds kConnectLimit{5000};
constexpr std::chrono::seconds kAnswerLimit{120};

struct Arguments {
    std::vector<std::string> words; ///< the release, and what follows --input NAME=FILE
    std::vector<std::string> inputs;
    std::optional<std::string> image;
    work::ImageOptions options;
    std::optional<std::filesystem::path> folder;
};

/// `--input A=a.npy B=b.npy RELEASE` reaches us with B among the words: a release has no '='.
Result<std::string> takeRelease(Arguments& arguments)
{
    const auto pairs =
        std::stable_partition(arguments.words.begin(), arguments.words.end(),
                              [](const std::string& word) { return word.find('=') == word.npos; });
    arguments.inputs.insert(arguments.inputs.end(), pairs, arguments.words.end());
    arguments.words.erase(pairs, arguments.words.end());
    if (arguments.words.size() > 1)
        return fail(ErrorCode::InvalidArgument, "one RELEASE is needed, there are: {}",
                    fmt::join(arguments.words, " "));
    return arguments.words.empty() ? "" : arguments.words.front();
}

Result<NamedTensor> npyInput(const std::string& pair, const std::vector<onnx::Port>& ports)
{
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0)
        return fail(ErrorCode::InvalidArgument, "--input: \"{}\" is not NAME=FILE.npy", pair);
    const onnx::Port* port = findPort(ports, pair.substr(0, equals));
    if (port == nullptr)
        return fail(ErrorCode::InvalidArgument,
                    "--input: there is no input \"{}\"; the model has: {}", pair.substr(0, equals),
                    portNames(ports));
    auto tensor = inference::readNpy(pair.substr(equals + 1));
    if (!tensor)
        return badInput(tensor.error());
    if (const auto ok = checkFits(*port, *tensor); !ok)
        return tl::unexpected(ok.error());
    return NamedTensor{port->name, std::move(*tensor)};
}

/// [NAME=]FILE; the name may be left out where there is but one input.
Result<NamedTensor> imageInput(const std::string& text, const std::vector<onnx::Port>& ports,
                               const work::ImageOptions& options)
{
    const auto equals = text.find('=');
    const onnx::Port* port =
        equals == std::string::npos ? nullptr : findPort(ports, text.substr(0, equals));
    const std::string file = port != nullptr ? text.substr(equals + 1) : text;
    if (port == nullptr && ports.size() == 1)
        port = &ports.front();
    if (port == nullptr)
        return fail(ErrorCode::InvalidArgument,
                    "--image: say which input it is for, as NAME=FILE; the model has: {}",
                    portNames(ports));
    const auto content = readInput(file);
    if (!content)
        return tl::unexpected(content.error());
    const auto image = work::decodeImage(*content, file);
    if (!image)
        return tl::unexpected(image.error());
    auto tensor = work::imageTensor(*image, *port, options);
    if (!tensor)
        return inContext(file, tensor.error());
    return NamedTensor{port->name, std::move(*tensor)};
}

Result<std::vector<NamedTensor>> feeds(const Arguments& arguments,
                                       const std::vector<onnx::Port>& ports)
{
    std::vector<NamedTensor> feeds;
    for (const std::string& pair : arguments.inputs) {
        auto input = npyInput(pair, ports);
        if (!input)
            return tl::unexpected(input.error());
        feeds.push_back(std::move(*input));
    }
    if (arguments.image) {
        auto input = imageInput(*arguments.image, ports, arguments.options);
        if (!input)
            return tl::unexpected(input.error());
        feeds.push_back(std::move(*input));
    }
    for (const onnx::Port& port : ports) {
        const auto given = std::count_if(feeds.begin(), feeds.end(), [&](const NamedTensor& feed) {
            return feed.name == port.name;
        });
        if (given != 1)
            return fail(ErrorCode::InvalidArgument,
                        "input \"{}\" is {}; give --input {}=FILE.npy or --image FILE", port.name,
                        given == 0 ? "missing" : "given twice", port.name);
    }
    return feeds;
}

Result<Inferred> ask(const deploy::Release& release, const std::vector<NamedTensor>& inputs,
                     const std::stop_token& stop)
{
    const auto address = deploy::gatewayAddress(release);
    if (!address)
        return tl::unexpected(address.error());
    auto client = runtime::RequestClient::connect(*address, kConnectLimit, stop);
    if (!client)
        return inContext("release " + release.id, client.error());
    const auto before = std::chrono::steady_clock::now();
    if (const auto sent = client->submit(inputs, stop); !sent)
        return inContext("release " + release.id, sent.error());
    auto answer = client->answer(kAnswerLimit, stop);
    if (!answer)
        return inContext("release " + release.id, answer.error());
    if (!answer->error.empty())
        return fail(ErrorCode::Internal, "release {}: {}", release.id, answer->error);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - before;
    return Inferred{std::move(answer->outputs), Seconds{took.count() / release.dilation}};
}

Result<Report> infer(Arguments arguments, const Context& context)
{
    const auto id = takeRelease(arguments);
    if (!id)
        return usageError(id.error().message);
    if (arguments.inputs.empty() && !arguments.image)
        return usageError("the inputs are missing: give --input NAME=FILE.npy or --image FILE");
    const auto release = deploy::findRelease(*id);
    if (!release)
        return tl::unexpected(release.error());
    const auto manifest = work::releaseManifest(*release);
    if (!manifest)
        return runFailure(manifest.error());
    const auto inputs = feeds(arguments, manifest->inputs);
    if (!inputs)
        return tl::unexpected(inputs.error());
    const auto inferred = ask(*release, *inputs, context.stop);
    if (!inferred)
        return runFailure(inferred.error());
    if (arguments.folder)
        if (const auto ok = writeOutputs(*arguments.folder, inferred->outputs); !ok)
            return tl::unexpected(ok.error());
    return inferReport(release->id, *inferred,
                       arguments.folder ? std::optional(arguments.folder->string()) : std::nullopt);
}

} // namespace

void addInfer(CLI::App& app, Chosen& chosen)
{
    CLI::App* command = app.add_subcommand("infer", "Send one request to a release");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("RELEASE", arguments->words, "Which one; without it the newest")
        ->option_text("[RELEASE]");
    command->add_option("--input", arguments->inputs, "A model input; may be repeated")
        ->allow_extra_args(false)
        ->option_text("NAME=FILE.npy...");
    command->add_option("--image", arguments->image, "A PNG or JPEG file as the model's input")
        ->option_text("[NAME=]FILE");
    addImageOptions(*command, arguments->options);
    command->add_option("-o,--output", arguments->folder, "Folder for <index>.npy and outputs.json")
        ->option_text("OUTDIR");
    command->callback([arguments, &chosen] {
        chosen.action = [arguments](const Context& context) { return infer(*arguments, context); };
    });
}

} // namespace millrace::ctl
