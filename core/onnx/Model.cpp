// SPDX-License-Identifier: GPL-3.0-or-later
#include "onnx/Model.h"

#include "onnx/FreeDims.h"
#include "onnx/ModelFile.h"
#include "onnx/ModelImpl.h"
#include "onnx/Normalize.h"

namespace millrace::onnx
{
namespace
{

Result<void> checkInputRanks(const pb::GraphProto& graph)
{
    for (const pb::ValueInfoProto& input : graph.input())
        if (input.type().has_tensor_type() && !input.type().tensor_type().has_shape())
            return fail(ErrorCode::Unsupported,
                        "input \"{}\" does not say how many dimensions it has; export the model "
                        "with a shape for it",
                        input.name());
    return {};
}

/// Everything after the file is read; messages lack the file's name.
Result<void> fill(Model::Impl& impl, std::stop_token stop, ProgressSink& progress)
{
    pb::ModelProto& proto = impl.proto;
    if (auto normal = normalize(proto, impl.folder()); !normal)
        return normal;
    auto symbols = bindFreeDims(*proto.mutable_graph(), impl.dims);
    if (!symbols)
        return tl::unexpected(symbols.error());
    impl.symbols = std::move(*symbols);
    if (auto ranks = checkInputRanks(proto.graph()); !ranks)
        return ranks;
    progress.progress("inferring shapes", 0.4);
    auto facts = settleShapes(proto, impl.folder(), std::move(stop));
    if (!facts)
        return tl::unexpected(facts.error());
    impl.facts = std::move(*facts);
    impl.constants = findConstants(proto.graph(), proto, impl.facts);
    progress.progress("building the layer graph", 0.9);
    auto built = buildGraph(proto, impl.facts, impl.constants);
    if (!built)
        return tl::unexpected(built.error());
    impl.graph = std::move(built->graph);
    impl.nodes = std::move(built->nodes);
    return {};
}

} // namespace

const graph::Graph& Model::graph() const
{
    return m_impl->graph;
}

const std::filesystem::path& Model::path() const
{
    return m_impl->path;
}

const std::string& Model::sha256() const
{
    return m_impl->sha256;
}

const std::map<std::string, std::int64_t>& Model::dims() const
{
    return m_impl->dims;
}

Result<std::vector<std::string>> freeDimensions(const std::filesystem::path& path)
{
    auto file = readModelFile(path);
    if (!file)
        return tl::unexpected(file.error());
    return freeDimNames(*file->proto.mutable_graph());
}

Result<Model> load(const std::filesystem::path& path, const LoadOptions& options,
                   std::stop_token stop, ProgressSink& progress)
{
    progress.progress("reading the model", 0);
    auto file = readModelFile(path);
    if (!file)
        return tl::unexpected(file.error());
    if (stop.stop_requested())
        return fail(ErrorCode::Cancelled, "loading was cancelled");
    auto impl = std::make_shared<Model::Impl>();
    impl->path = path;
    impl->sha256 = std::move(file->sha256);
    impl->dims = options.dims;
    impl->proto = std::move(file->proto);
    if (auto filled = fill(*impl, std::move(stop), progress); !filled)
        return inContext(path.string(), filled.error());
    progress.progress("loaded", 1);
    return Model(std::move(impl));
}

} // namespace millrace::onnx
