// SPDX-License-Identifier: GPL-3.0-or-later
#include "onnx/ModelFile.h"

#include "base/File.h"
#include "base/Hash.h"
#include "onnx/WeightData.h"

#include <limits>
#include <set>

namespace millrace::onnx
{
namespace
{

/// The message keeps what was read before a failed parse: a model that ends too early has shown its
/// first fields by then.
Error parseFailure(const pb::ModelProto& partial)
{
    const bool began = partial.has_ir_version() && partial.ir_version() > 0 &&
                       (partial.has_graph() || partial.has_producer_name());
    if (began)
        return {ErrorCode::ParseError,
                "the model is truncated or damaged; copy or download it again"};
    return {ErrorCode::ParseError, "not an ONNX model; choose a file exported as .onnx"};
}

Result<pb::ModelProto> parse(const std::string& content)
{
    if (content.empty())
        return fail(ErrorCode::ParseError, "the file is empty; copy or download it again");
    if (content.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        return fail(ErrorCode::Unsupported, "the file has more than 2 GiB, the limit of its "
                                            "format; export the model with external data");
    pb::ModelProto model;
    if (!model.ParseFromArray(content.data(), static_cast<int>(content.size())))
        return tl::unexpected(parseFailure(model));
    if (!model.has_ir_version() || !model.has_graph())
        return tl::unexpected(
            Error{ErrorCode::ParseError, "not an ONNX model; choose a file exported as .onnx"});
    if (model.opset_import().empty())
        return fail(ErrorCode::ParseError,
                    "the model is truncated or damaged: it names no operator set; copy or download "
                    "it again");
    if (model.graph().output().empty())
        return fail(ErrorCode::ParseError, "the model has no outputs; export it again");
    return model;
}

void collectExternalFiles(const pb::GraphProto& graph, std::set<std::string>& locations)
{
    const auto note = [&](const pb::TensorProto& tensor) {
        if (!isExternal(tensor))
            return;
        for (const pb::StringStringEntryProto& entry : tensor.external_data())
            if (entry.key() == "location")
                locations.insert(entry.value());
    };
    for (const pb::TensorProto& tensor : graph.initializer())
        note(tensor);
    for (const pb::NodeProto& node : graph.node()) {
        for (const pb::AttributeProto& attribute : node.attribute())
            if (attribute.has_t())
                note(attribute.t());
        forEachSubgraph(node, [&](const pb::GraphProto& g) { collectExternalFiles(g, locations); });
    }
}

Result<std::string> hashWithExternal(std::string ownHash, const pb::GraphProto& graph,
                                     const std::filesystem::path& folder)
{
    std::set<std::string> locations;
    collectExternalFiles(graph, locations);
    if (locations.empty())
        return ownHash;
    for (const std::string& location : locations) {
        const auto hash = millrace::sha256File(folder / location);
        if (!hash)
            return tl::unexpected(hash.error());
        ownHash += "\n" + *hash + " " + location;
    }
    return millrace::sha256(ownHash);
}

} // namespace

Result<ModelFile> readModelFile(const std::filesystem::path& path)
{
    auto content = readFile(path);
    if (!content)
        return tl::unexpected(content.error());
    auto model = parse(*content);
    if (!model)
        return inContext(path.string(), model.error());
    std::string hash = millrace::sha256(*content);
    content->clear();
    content->shrink_to_fit();
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    if (const auto sound = checkStructure(*model, folder); !sound)
        return inContext(path.string(), sound.error());
    auto whole = hashWithExternal(std::move(hash), model->graph(), folder);
    if (!whole)
        return tl::unexpected(whole.error());
    return ModelFile{std::move(*model), std::move(*whole)};
}

} // namespace millrace::onnx
