// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "onnx/Model.h"
#include "plan/Plan.h"

namespace millrace::work
{

/// Sizes of a model's free dimensions, by name.
using Dims = std::map<std::string, std::int64_t>;

/// A model's file, and what the operator says of its free dimensions.
struct ModelFile {
    std::filesystem::path path;
    Dims dims = {};
};

/// A plan file. Errors: NotFound when it cannot be read, ParseError.
[[nodiscard]] Result<plan::Plan> readPlan(const std::filesystem::path& file,
                                          const std::vector<std::string>& deviceNames);

/// The model that a plan was made for: loaded with the plan's dims, the operator's over them, and
/// refused when it is another one. `planFile` is for messages. Blocking.
[[nodiscard]] Result<onnx::Model> openModelOf(const plan::PlanRecord& plan,
                                              const std::string& planFile, const ModelFile& file,
                                              std::stop_token stop, ProgressSink& progress);

/// onnx::load(), with a file that cannot be read as NotFound: the operator named it.
[[nodiscard]] Result<onnx::Model> openModel(const ModelFile& file, std::stop_token stop,
                                            ProgressSink& progress);

/// InvalidArgument says whose plan it is.
[[nodiscard]] Result<void> sameModel(const onnx::Model& model, const std::string& planSha256,
                                     const std::string& planFile);

/// Whether the plan was made for stages that receive, compute and send one after the other: its
/// figures are to be computed so again.
[[nodiscard]] bool isWithoutOverlap(const plan::Solution& plan);

} // namespace millrace::work
