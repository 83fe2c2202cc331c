// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "onnx/ModelImpl.h"

namespace millrace::onnx
{

/// Layers of a model, with the tensors they take and give, to become a model of their own.
struct StageContent {
    std::vector<LayerId> layers;
    std::vector<TensorId> inputs, outputs;
};

/// What an ONNX model says of a tensor: -1 for dims that depend on data.
[[nodiscard]] Port portOf(const Model::Impl& model, TensorId tensor);

/// Writes `<stem>.onnx` and, when it has large weights, `<stem>.weights` into `folder`. The same
/// model and content give the same bytes.
[[nodiscard]] Result<void> writeStageFiles(const Model::Impl& model, const StageContent& content,
                                           const std::filesystem::path& folder,
                                           const std::string& stem, std::stop_token stop);

} // namespace millrace::onnx
