// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/LayerTimes.h"

#include "base/File.h"
#include "base/TemporaryFolder.h"

namespace millrace::deploy
{
namespace
{

std::vector<profile::ProfiledLayer> profiledLayers(const graph::Graph& graph)
{
    std::vector<profile::ProfiledLayer> layers;
    layers.reserve(graph.layers.size());
    for (const graph::Layer& layer : graph.layers) {
        profile::ProfiledLayer& profiled = layers.emplace_back();
        profiled.name = layer.name;
        for (const TensorId output : layer.outputs)
            profiled.outputs.push_back(graph.tensors[output.index()].name);
    }
    return layers;
}

Result<profile::Profile> measureNow(const onnx::Model& model,
                                    const profile::MeasureOptions& options, std::stop_token stop,
                                    ProgressSink& progress)
{
    const auto folder = TemporaryFolder::create();
    if (!folder)
        return tl::unexpected(folder.error());
    const auto file = onnx::exportForProfiling(model, folder->path());
    if (!file)
        return inContext("exporting the model to measure it", file.error());
    auto measured = profile::measure(*file, profiledLayers(model.graph()), options, stop, progress);
    if (!measured)
        return measured;
    measured->modelSha256 = model.sha256();
    measured->dims = model.dims();
    // A full disk costs the next start some seconds, not this one its answer.
    static_cast<void>(profile::cache(*measured));
    return measured;
}

Result<plan::LayerTimes> planned(const onnx::Model& model, const Result<profile::Profile>& profile)
{
    if (!profile)
        return tl::unexpected(profile.error());
    return timesFromProfile(model, *profile);
}

Result<plan::LayerTimes> times(const onnx::Model& model, const EstimatedTimes&, std::stop_token,
                               ProgressSink&)
{
    return plan::estimateTimes(model.graph());
}

Result<plan::LayerTimes> times(const onnx::Model& model, const CachedTimes&, std::stop_token,
                               ProgressSink&)
{
    return planned(model, profile::cached(model.sha256(), model.dims()));
}

Result<plan::LayerTimes> times(const onnx::Model& model, const MeasuredTimes& request,
                               std::stop_token stop, ProgressSink& progress)
{
    // A cache entry that is broken or does not fit is as good as none.
    if (auto known = times(model, CachedTimes{}, stop, progress))
        return known;
    return planned(model, measureNow(model, request.options, stop, progress));
}

Result<plan::LayerTimes> times(const onnx::Model& model, const FreshTimes& request,
                               std::stop_token stop, ProgressSink& progress)
{
    return planned(model, measureNow(model, request.options, stop, progress));
}

Result<plan::LayerTimes> times(const onnx::Model& model, const ProfileFile& request,
                               std::stop_token, ProgressSink&)
{
    const auto text = readFile(request.path);
    if (!text)
        return tl::unexpected(text.error());
    const auto profile = profile::parseProfile(*text, request.path.string());
    if (!profile)
        return tl::unexpected(profile.error());
    auto fitting = timesFromProfile(model, *profile);
    if (!fitting)
        return inContext(request.path.string(), fitting.error());
    return fitting;
}

Result<std::vector<Seconds>> byGraphOrder(const graph::Graph& graph,
                                          const std::map<std::string, Seconds>& seconds)
{
    std::vector<Seconds> ordered;
    ordered.reserve(graph.layers.size());
    for (const graph::Layer& layer : graph.layers) {
        const auto found = seconds.find(layer.name);
        if (found == seconds.end())
            return fail(ErrorCode::InvalidArgument,
                        "the profile has no time for layer {}; measure the model anew", layer.name);
        ordered.push_back(found->second);
    }
    return ordered;
}

std::string text(const std::map<std::string, std::int64_t>& dims)
{
    std::string joined;
    for (const auto& [name, value] : dims)
        joined += fmt::format("{}{}={}", joined.empty() ? "" : ", ", name, value);
    return joined.empty() ? "no --dim" : joined;
}

} // namespace

Result<plan::LayerTimes> layerTimes(const onnx::Model& model, const TimesRequest& request,
                                    std::stop_token stop, ProgressSink& progress)
{
    return std::visit([&](const auto& kind) { return times(model, kind, stop, progress); },
                      request);
}

Result<plan::LayerTimes> timesFromProfile(const onnx::Model& model, const profile::Profile& profile)
{
    if (profile.modelSha256 != model.sha256())
        return fail(ErrorCode::InvalidArgument,
                    "the profile is of another model (SHA-256 {:.12}..., this model has {:.12}...)",
                    profile.modelSha256, model.sha256());
    if (profile.dims != model.dims())
        return fail(ErrorCode::InvalidArgument,
                    "the profile was measured with {}, the model is loaded with {}",
                    text(profile.dims), text(model.dims()));
    auto reference = byGraphOrder(model.graph(), profile.seconds);
    if (!reference)
        return tl::unexpected(reference.error());
    plan::LayerTimes times;
    times.source = plan::TimesSource::Measured;
    times.reference = std::move(*reference);
    times.coldStart = profile.coldStart;
    for (const auto& [className, seconds] : profile.classes) {
        auto ordered = byGraphOrder(model.graph(), seconds);
        if (!ordered)
            return inContext(fmt::format("device class {}", className), ordered.error());
        times.byClass.emplace(className, std::move(*ordered));
    }
    return times;
}

} // namespace millrace::deploy
