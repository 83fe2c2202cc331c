// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/OpenModel.h"

#include "base/File.h"
#include "deploy/LayerTimes.h"

#include <QFile>

#include <cassert>

namespace millrace::ui
{

OpenedModel openModelFile(const std::filesystem::path& path,
                          const std::map<std::string, std::int64_t>& dims,
                          const std::stop_token& stop, ProgressSink& progress)
{
    auto model = onnx::load(path, {dims}, stop, progress);
    if (!model) {
        OpenedModel outcome{tl::unexpected(model.error()), {}};
        if (stop.stop_requested())
            return outcome;
        if (const auto free = onnx::freeDimensions(path))
            for (const std::string& name : *free)
                if (!dims.contains(name))
                    outcome.freeDims << QString::fromStdString(name);
        return outcome;
    }
    auto times = deploy::layerTimes(*model, deploy::CachedTimes{}, stop, progress);
    if (!times)
        times = deploy::layerTimes(*model, deploy::EstimatedTimes{}, stop, progress);
    if (!times)
        return {tl::unexpected(times.error()), {}};
    return {LoadedModel{std::move(*model), std::move(*times)}, {}};
}

std::filesystem::path exampleModel()
{
    return cacheFolder() / "models" / "resnet50-seed1-v1.onnx";
}

Result<void> makeExampleModel(ProgressSink& progress)
{
    // What cannot be looked up cannot be written either, which says why.
    std::error_code error;
    if (std::filesystem::exists(exampleModel(), error))
        return {};
    progress.progress("generating ResNet-50", -1);
    std::filesystem::create_directories(exampleModel().parent_path(), error);
    return onnx::writeReference("resnet50", exampleModel(), 1);
}

cluster::Cluster exampleCluster()
{
    QFile file(QStringLiteral(":/clusters/example.yaml"));
    [[maybe_unused]] const bool open = file.open(QIODevice::ReadOnly);
    assert(open);
    return cluster::parseCluster(file.readAll().toStdString(), "example.yaml").value();
}

} // namespace millrace::ui
