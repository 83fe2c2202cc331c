// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Json.h"
#include "onnx/Model.h"

#include <limits>
#include <set>

namespace millrace::onnx
{
namespace
{

constexpr std::string_view kFormat = "millrace-split/1";

Json toJson(const std::vector<Port>& ports)
{
    Json list = Json::array();
    for (const Port& port : ports)
        list.push_back({{"name", port.name},
                        {"dtype", std::string(graph::name(port.dtype))},
                        {"shape", port.shape}});
    return list;
}

Result<graph::DType> parseDType(const JsonReader& reader)
{
    const auto text = reader.string();
    if (!text)
        return tl::unexpected(text.error());
    for (int code = 1; code <= static_cast<int>(graph::DType::Float4E2M1); ++code)
        if (graph::name(static_cast<graph::DType>(code)) == *text)
            return static_cast<graph::DType>(code);
    return reader.error("\"" + *text + "\" is no element type; float32 is one");
}

Result<Port> parsePort(const JsonReader& reader)
{
    Port port;
    if (auto known = reader.allowOnly({"name", "dtype", "shape"}); !known)
        return tl::unexpected(known.error());
    const auto name = reader.required("name").and_then(&JsonReader::string);
    if (!name)
        return tl::unexpected(name.error());
    port.name = *name;
    const auto dtype = reader.required("dtype").and_then(parseDType);
    if (!dtype)
        return tl::unexpected(dtype.error());
    port.dtype = *dtype;
    const auto shape = reader.required("shape").and_then(&JsonReader::elements);
    if (!shape)
        return tl::unexpected(shape.error());
    for (const JsonReader& element : *shape) {
        const auto dim = element.integer(-1, std::numeric_limits<std::int64_t>::max());
        if (!dim)
            return tl::unexpected(dim.error());
        port.shape.push_back(*dim);
    }
    return port;
}

Result<std::vector<Port>> parsePorts(const JsonReader& reader, std::string_view key)
{
    const auto elements = reader.required(key).and_then(&JsonReader::elements);
    if (!elements)
        return tl::unexpected(elements.error());
    std::vector<Port> ports;
    std::set<std::string> names;
    for (const JsonReader& element : *elements) {
        auto port = parsePort(element);
        if (!port)
            return tl::unexpected(port.error());
        if (!names.insert(port->name).second && key == "inputs")
            return element.error("\"" + port->name + "\" is listed twice");
        ports.push_back(std::move(*port));
    }
    return ports;
}

Result<StageFile> parseStage(const JsonReader& reader)
{
    if (auto known = reader.allowOnly({"file", "inputs", "outputs", "relayed"}); !known)
        return tl::unexpected(known.error());
    StageFile stage;
    const auto field = reader.required("file");
    const auto file = field.and_then([](const JsonReader& f) { return f.string(); });
    if (!file)
        return tl::unexpected(file.error());
    if (file->empty() || *file == "." || *file == ".." ||
        file->find_first_of(std::string_view("/\\\0", 3)) != std::string::npos)
        return field->error("a file name in the manifest's own folder is needed");
    stage.file = *file;
    auto inputs = parsePorts(reader, "inputs");
    if (!inputs)
        return tl::unexpected(inputs.error());
    stage.inputs = std::move(*inputs);
    auto outputs = parsePorts(reader, "outputs");
    if (!outputs)
        return tl::unexpected(outputs.error());
    stage.outputs = std::move(*outputs);
    const auto relayed = reader.required("relayed").and_then(&JsonReader::elements);
    if (!relayed)
        return tl::unexpected(relayed.error());
    for (const JsonReader& element : *relayed) {
        const auto name = element.string();
        if (!name)
            return tl::unexpected(name.error());
        stage.relayed.push_back(*name);
    }
    return stage;
}

} // namespace

std::string writeManifest(const Manifest& manifest)
{
    Json document{{"format", std::string(kFormat)},
                  {"model_sha256", manifest.modelSha256},
                  {"inputs", toJson(manifest.inputs)},
                  {"outputs", toJson(manifest.outputs)},
                  {"stages", Json::array()}};
    for (const StageFile& stage : manifest.stages)
        document["stages"].push_back({{"file", stage.file},
                                      {"inputs", toJson(stage.inputs)},
                                      {"outputs", toJson(stage.outputs)},
                                      {"relayed", stage.relayed}});
    return document.dump(2) + "\n";
}

Result<Manifest> parseManifest(std::string_view text, const std::string& source)
{
    const auto document = parseJson(text, source);
    if (!document)
        return tl::unexpected(document.error());
    const JsonReader reader(*document, source);
    if (auto known = reader.allowOnly({"format", "model_sha256", "inputs", "outputs", "stages"});
        !known)
        return tl::unexpected(known.error());
    const auto format = reader.required("format");
    const auto formatText = format.and_then([](const JsonReader& f) { return f.string(); });
    if (!formatText)
        return tl::unexpected(formatText.error());
    if (*formatText != kFormat)
        return format->error(fmt::format("\"{}\" is needed, not \"{}\"; split the model again",
                                         kFormat, *formatText));
    Manifest manifest;
    const auto hash = reader.required("model_sha256").and_then(&JsonReader::string);
    if (!hash)
        return tl::unexpected(hash.error());
    manifest.modelSha256 = *hash;
    auto inputs = parsePorts(reader, "inputs");
    if (!inputs)
        return tl::unexpected(inputs.error());
    manifest.inputs = std::move(*inputs);
    auto outputs = parsePorts(reader, "outputs");
    if (!outputs)
        return tl::unexpected(outputs.error());
    manifest.outputs = std::move(*outputs);
    const auto stages = reader.required("stages").and_then(&JsonReader::elements);
    if (!stages)
        return tl::unexpected(stages.error());
    for (const JsonReader& element : *stages) {
        auto stage = parseStage(element);
        if (!stage)
            return tl::unexpected(stage.error());
        manifest.stages.push_back(std::move(*stage));
    }
    return manifest;
}

} // namespace millrace::onnx
