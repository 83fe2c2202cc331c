// SPDX-License-Identifier: GPL-3.0-or-later
/// Tensors as `run` and `infer` take and give them.
#pragma once

#include "Command.h"
#include "onnx/Model.h"

#include <optional>

namespace millrace::ctl
{

/// A file's tensor for this input; InvalidArgument says what the input takes.
[[nodiscard]] Result<void> checkFits(const onnx::Port& port, const inference::Tensor& tensor);

[[nodiscard]] Json outputsJson(const std::vector<inference::NamedTensor>& outputs);
[[nodiscard]] std::string outputsText(const std::vector<inference::NamedTensor>& outputs,
                                      const std::optional<std::filesystem::path>& folder);
/// <index>.npy and outputs.json; makes the folder.
[[nodiscard]] Result<void> writeOutputs(const std::filesystem::path& folder,
                                        const std::vector<inference::NamedTensor>& outputs);

} // namespace millrace::ctl
