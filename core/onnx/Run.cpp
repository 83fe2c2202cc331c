// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "inference/Session.h"
#include "onnx/StageFile.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace millrace::onnx
{
namespace
{

using inference::NamedTensor;
using Values = std::map<std::string, inference::Tensor>;

bool fits(const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& wanted)
{
    return std::equal(shape.begin(), shape.end(), wanted.begin(), wanted.end(),
                      [](std::int64_t dim, std::int64_t want) { return want < 0 || dim == want; });
}

Result<void> checkInputs(std::span<const NamedTensor> inputs, std::span<const Port> wanted)
{
    for (const Port& port : wanted) {
        const auto given = [&](const NamedTensor& input) { return input.name == port.name; };
        const auto found = std::find_if(inputs.begin(), inputs.end(), given);
        if (found == inputs.end())
            return fail(ErrorCode::InvalidArgument, "input \"{}\" is missing; it is {} [{}]",
                        port.name, graph::name(port.dtype), fmt::join(port.shape, ", "));
        if (std::count_if(inputs.begin(), inputs.end(), given) > 1)
            return fail(ErrorCode::InvalidArgument, "input \"{}\" is given twice", port.name);
        if (found->tensor.dtype != port.dtype || !fits(found->tensor.shape, port.shape))
            return fail(ErrorCode::InvalidArgument,
                        "input \"{}\" is {} [{}], the model takes {} [{}]", port.name,
                        graph::name(found->tensor.dtype), fmt::join(found->tensor.shape, ", "),
                        graph::name(port.dtype), fmt::join(port.shape, ", "));
    }
    for (const NamedTensor& input : inputs)
        if (std::none_of(wanted.begin(), wanted.end(),
                         [&](const Port& port) { return port.name == input.name; }))
            return fail(ErrorCode::InvalidArgument, "the model has no input \"{}\"", input.name);
    return {};
}

/// `values` in: what arrives at the stage; out: what leaves it.
Result<void> runStage(const std::filesystem::path& folder, const StageFile& stage, Values& values,
                      std::stop_token stop)
{
    auto session = inference::Session::fromFile(folder / stage.file, {});
    if (!session)
        return tl::unexpected(session.error());
    Values leaving;
    std::vector<NamedTensor> feeds;
    for (const Port& port : stage.inputs) {
        const auto value = values.find(port.name);
        if (value == values.end())
            return fail(ErrorCode::ParseError,
                        "the stage needs \"{}\", which does not reach it; split the model again",
                        port.name);
        feeds.push_back({port.name, value->second});
    }
    for (const std::string& name : stage.relayed)
        if (const auto value = values.find(name); value != values.end())
            leaving.insert(values.extract(value));
    values.clear();
    auto outputs = session->run(feeds, std::move(stop));
    if (!outputs)
        return tl::unexpected(outputs.error());
    for (NamedTensor& output : *outputs)
        leaving.insert_or_assign(output.name, std::move(output.tensor));
    values = std::move(leaving);
    return {};
}

/// In the order of `ports`; the same value may be asked for twice.
Result<std::vector<NamedTensor>> collect(std::span<const Port> ports, const Values& values)
{
    std::vector<NamedTensor> outputs;
    for (const Port& port : ports) {
        const auto value = values.find(port.name);
        if (value == values.end())
            return fail(ErrorCode::ParseError,
                        "no stage gives the output \"{}\"; split the model again", port.name);
        outputs.push_back({port.name, value->second});
    }
    return outputs;
}

} // namespace

Result<std::vector<NamedTensor>> runSplit(const std::filesystem::path& folder,
                                          std::vector<NamedTensor> inputs, std::stop_token stop,
                                          ProgressSink& progress)
{
    const std::filesystem::path file = folder / "manifest.json";
    const auto text = readFile(file);
    if (!text)
        return tl::unexpected(text.error());
    const auto manifest = parseManifest(*text, file.string());
    if (!manifest)
        return tl::unexpected(manifest.error());
    if (auto sound = checkInputs(inputs, manifest->inputs); !sound)
        return tl::unexpected(sound.error());
    Values values;
    for (NamedTensor& input : inputs)
        values.insert_or_assign(input.name, std::move(input.tensor));
    for (std::size_t k = 0; k < manifest->stages.size(); ++k) {
        const std::string what = fmt::format("stage {}", k + 1);
        progress.progress("running " + what,
                          static_cast<double>(k) / static_cast<double>(manifest->stages.size()));
        if (auto ran = runStage(folder, manifest->stages[k], values, stop); !ran)
            return inContext(what, ran.error());
    }
    return collect(manifest->outputs, values);
}

Result<std::vector<NamedTensor>> runWhole(const Model& model, std::vector<NamedTensor> inputs,
                                          std::stop_token stop)
{
    const Model::Impl& impl = model.impl();
    std::vector<Port> ports;
    for (const TensorId input : impl.graph.inputs)
        ports.push_back(portOf(impl, input));
    if (auto sound = checkInputs(inputs, ports); !sound)
        return tl::unexpected(sound.error());
    auto session = openWhole(model);
    if (!session)
        return tl::unexpected(session.error());
    return session->run(inputs, std::move(stop));
}

Result<inference::Session> openWhole(const Model& model)
{
    inference::SessionOptions options;
    options.dims = model.impl().symbols;
    auto session = inference::Session::fromFile(model.path(), options);
    if (!session)
        return inContext(model.path().string(), session.error());
    return session;
}

} // namespace millrace::onnx
