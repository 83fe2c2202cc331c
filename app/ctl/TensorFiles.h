// SPDX-License-Identifier: GPL-3.0-or-later
/// Tensors as `run` and `infer` take them from files and write them.
#pragma once

#include "base/Error.h"
#include "inference/Tensor.h"
#include "onnx/Model.h"

namespace millrace::ctl
{

/// Null when there is no input of this name.
[[nodiscard]] const onnx::Port* findPort(const std::vector<onnx::Port>& ports,
                                         const std::string& name);
/// "a, b": for messages that say what there is.
[[nodiscard]] std::string portNames(const std::vector<onnx::Port>& ports);

/// A file's tensor for this input; InvalidArgument says what the input takes.
[[nodiscard]] Result<void> checkFits(const onnx::Port& port, const inference::Tensor& tensor);

/// <index>.npy and outputs.json; makes the folder.
[[nodiscard]] Result<void> writeOutputs(const std::filesystem::path& folder,
                                        const std::vector<inference::NamedTensor>& outputs);

} // namespace millrace::ctl
