// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "onnx/StageFile.h"

#include <unistd.h>

#include <algorithm>

namespace millrace::onnx
{
namespace
{

/// The stage that each layer runs in, or why the stages are no plan of this graph.
Result<std::vector<std::size_t>> stageOfLayers(const graph::Graph& graph,
                                               std::span<const std::vector<LayerId>> stages)
{
    constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    std::vector<std::size_t> stageOf(graph.layers.size(), kNone);
    for (std::size_t stage = 0; stage < stages.size(); ++stage) {
        if (stages[stage].empty())
            return fail(ErrorCode::InvalidArgument, "stage {} has no layers", stage + 1);
        for (const LayerId layer : stages[stage]) {
            if (layer.value < 0 || layer.index() >= graph.layers.size())
                return fail(ErrorCode::InvalidArgument, "stage {}: the model has no layer {}",
                            stage + 1, layer.value);
            if (stageOf[layer.index()] != kNone)
                return fail(ErrorCode::InvalidArgument, "layer {} is in two stages",
                            graph.layers[layer.index()].name);
            stageOf[layer.index()] = stage;
        }
    }
    for (std::size_t layer = 0; layer < stageOf.size(); ++layer)
        if (stageOf[layer] == kNone)
            return fail(ErrorCode::InvalidArgument, "layer {} is in no stage",
                        graph.layers[layer].name);
    for (const graph::Tensor& tensor : graph.tensors)
        for (const LayerId consumer : tensor.flow.consumers)
            if (tensor.flow.producer &&
                stageOf[consumer.index()] < stageOf[tensor.flow.producer->index()])
                return fail(ErrorCode::InvalidArgument,
                            "layer {} is in an earlier stage than {}, whose output it needs",
                            graph.layers[consumer.index()].name,
                            graph.layers[tensor.flow.producer->index()].name);
    return stageOf;
}

struct StagePorts {
    StageContent content;
    std::vector<TensorId> relayed;
};

/// What stage `k` takes, gives and passes on.
StagePorts portsOf(const graph::Graph& graph, const std::vector<std::size_t>& stageOf,
                   std::size_t stage)
{
    StagePorts ports;
    for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
        const graph::DataflowTensor& flow = graph.tensors[t].flow;
        const bool isMadeHere = flow.producer && stageOf[flow.producer->index()] == stage;
        const bool arrives = !flow.producer || stageOf[flow.producer->index()] < stage;
        const auto isIn = [&](LayerId consumer) { return stageOf[consumer.index()] == stage; };
        const auto isLater = [&](LayerId consumer) { return stageOf[consumer.index()] > stage; };
        const bool leaves =
            flow.isOutput || std::any_of(flow.consumers.begin(), flow.consumers.end(), isLater);
        if (arrives && std::any_of(flow.consumers.begin(), flow.consumers.end(), isIn))
            ports.content.inputs.emplace_back(t);
        if (isMadeHere && leaves)
            ports.content.outputs.emplace_back(t);
        if (arrives && leaves)
            ports.relayed.emplace_back(t);
    }
    return ports;
}

std::vector<Port> portsOf(const Model::Impl& model, const std::vector<TensorId>& tensors)
{
    std::vector<Port> ports;
    for (const TensorId tensor : tensors)
        ports.push_back(portOf(model, tensor));
    return ports;
}

/// Sequences, maps and strings stay inside layers; as the model's own inputs or outputs they
/// cannot.
Result<void> checkDense(const graph::Graph& graph)
{
    for (const graph::Tensor& tensor : graph.tensors)
        if (graph::bitsPerElement(tensor.dtype) == 0)
            return fail(ErrorCode::Unsupported,
                        "\"{}\" is a model input or output that is no tensor of numbers, which "
                        "stages cannot exchange; export the model without it",
                        tensor.name);
    return {};
}

Result<void> makeFolder(const std::filesystem::path& folder)
{
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return fail(ErrorCode::Io, "{}: cannot make the folder: {}", folder.string(),
                    error.message());
    return {};
}

constexpr const char* kManifest = "manifest.json";

std::string stemOf(std::size_t stage)
{
    return fmt::format("stage-{}", stage + 1);
}

/// Where a split is written before it takes its place: inside the target, so that moving is
/// renaming. It goes away with what was not moved, and so does a target made for nothing.
class Draft
{
public:
    explicit Draft(std::filesystem::path target)
        : m_target(std::move(target)), m_path(m_target / fmt::format(".split-{}", ::getpid())),
          m_isNew(!std::filesystem::exists(m_target, m_ignored))
    {
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    ~Draft()
    {
        std::filesystem::remove_all(m_path, m_ignored);
        if (m_isNew)
            std::filesystem::remove(m_target, m_ignored); // only when it is empty
    }
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    Result<void> make()
    {
        return makeFolder(m_target).and_then([this] { return makeFolder(m_path); });
    }

    /// The manifest goes first and comes last: without one, a folder is no split.
    Result<void> publish(std::size_t stageCount)
    {
        removeOld();
        std::vector<std::string> names;
        for (std::size_t k = 0; k < stageCount; ++k)
            for (const char* ending : {".weights", ".onnx"})
                if (const std::string name = stemOf(k) + ending;
                    std::filesystem::exists(m_path / name, m_ignored))
                    names.push_back(name);
        names.emplace_back(kManifest);
        for (const std::string& name : names) {
            std::error_code error;
            std::filesystem::rename(m_path / name, m_target / name, error);
            if (error)
                return fail(ErrorCode::Io, "{}: cannot write: {}", (m_target / name).string(),
                            error.message());
        }
        return {};
    }

private:
    /// The files of an earlier split, which may have had more stages or other weights.
    void removeOld()
    {
        const auto old = readFile(m_target / kManifest).and_then([](const std::string& text) {
            return parseManifest(text, kManifest);
        });
        std::filesystem::remove(m_target / kManifest, m_ignored);
        for (std::size_t k = 0; old && k < old->stages.size(); ++k)
            for (const char* ending : {".weights", ".onnx"})
                std::filesystem::remove(m_target / (stemOf(k) + ending), m_ignored);
    }

    std::error_code m_ignored;
    std::filesystem::path m_target, m_path;
    bool m_isNew;
};

} // namespace

Result<Manifest> split(const Model& model, std::span<const std::vector<LayerId>> stages,
                       const std::filesystem::path& folder, std::stop_token stop,
                       ProgressSink& progress)
{
    const Model::Impl& impl = model.impl();
    const auto stageOf = stageOfLayers(impl.graph, stages);
    if (!stageOf)
        return tl::unexpected(stageOf.error());
    if (auto sound = checkDense(impl.graph); !sound)
        return tl::unexpected(sound.error());
    Draft draft(folder);
    if (auto made = draft.make(); !made)
        return tl::unexpected(made.error());
    Manifest manifest;
    manifest.modelSha256 = impl.sha256;
    manifest.inputs = portsOf(impl, impl.graph.inputs);
    manifest.outputs = portsOf(impl, impl.graph.outputs);
    for (std::size_t k = 0; k < stages.size(); ++k) {
        const std::string stem = stemOf(k);
        progress.progress(fmt::format("writing {}.onnx", stem),
                          static_cast<double>(k) / static_cast<double>(stages.size()));
        StagePorts ports = portsOf(impl.graph, *stageOf, k);
        ports.content.layers = stages[k];
        std::sort(ports.content.layers.begin(), ports.content.layers.end());
        if (auto written = writeStageFiles(impl, ports.content, draft.path(), stem, stop); !written)
            return tl::unexpected(written.error());
        StageFile stage{stem + ".onnx",
                        portsOf(impl, ports.content.inputs),
                        portsOf(impl, ports.content.outputs),
                        {}};
        for (const TensorId tensor : ports.relayed)
            stage.relayed.push_back(impl.graph.tensors[tensor.index()].name);
        manifest.stages.push_back(std::move(stage));
    }
    if (auto written =
            writeFileAtomically(draft.path() / kManifest, writeManifest(manifest)).and_then([&] {
                return draft.publish(stages.size());
            });
        !written)
        return tl::unexpected(written.error());
    progress.progress("split", 1);
    return manifest;
}

Result<std::filesystem::path> exportForProfiling(const Model& model,
                                                 const std::filesystem::path& folder)
{
    const Model::Impl& impl = model.impl();
    if (auto made = makeFolder(folder); !made)
        return tl::unexpected(made.error());
    StageContent whole{{}, impl.graph.inputs, {}};
    for (std::size_t layer = 0; layer < impl.graph.layers.size(); ++layer)
        whole.layers.emplace_back(layer);
    for (const TensorId output : impl.graph.outputs)
        if (impl.graph.tensors[output.index()].flow.producer)
            whole.outputs.push_back(output);
    if (auto written = writeStageFiles(impl, whole, folder, "profile", {}); !written)
        return tl::unexpected(written.error());
    return folder / "profile.onnx";
}

} // namespace millrace::onnx
