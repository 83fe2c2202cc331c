// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/Session.h"

#include <onnxruntime_cxx_api.h>

namespace millrace::inference
{

/// Undefined for what has no counterpart, in both directions.
[[nodiscard]] graph::DType ownType(ONNXTensorElementDataType type);
[[nodiscard]] ONNXTensorElementDataType ortType(graph::DType type);

/// The process's one environment.
[[nodiscard]] Ort::Env& environment();

/// The one place where session options are set. Throws Ort::Exception.
[[nodiscard]] Ort::SessionOptions sessionOptions(const SessionOptions& options);

} // namespace millrace::inference
