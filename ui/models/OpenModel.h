// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Progress.h"
#include "cluster/Cluster.h"
#include "onnx/Model.h"
#include "plan/MakeProblem.h"

#include <QStringList>

#include <filesystem>
#include <map>
#include <stop_token>
#include <string>

namespace millrace::ui
{

/// A model that was opened, and the times it is planned with.
struct LoadedModel {
    onnx::Model model;
    plan::LayerTimes times;
};

struct OpenedModel {
    Result<LoadedModel> loaded;
    QStringList freeDims; ///< that the model leaves open and nobody bound; then `loaded` failed
};

/// Reads the model, and its times as they were measured on this computer before, else estimated
/// ones. Blocking; for a job. Errors: those of onnx::load().
[[nodiscard]] OpenedModel openModelFile(const std::filesystem::path& path,
                                        const std::map<std::string, std::int64_t>& dims,
                                        const std::stop_token& stop, ProgressSink& progress);

/// Where the built-in example's model lies once it was generated; the name says which generator
/// made it.
[[nodiscard]] std::filesystem::path exampleModel();
/// Generates it where it is not there yet. Blocking; for a job. Errors: Io.
[[nodiscard]] Result<void> makeExampleModel(ProgressSink& progress);
/// The built-in example's cluster.
[[nodiscard]] cluster::Cluster exampleCluster();

} // namespace millrace::ui
