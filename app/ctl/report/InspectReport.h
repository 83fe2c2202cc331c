// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ctl/Report.h"
#include "onnx/Model.h"

namespace millrace::ctl
{

/// Layers, weights, cuts and totals of a model.
[[nodiscard]] Report inspectReport(const onnx::Model& model);

} // namespace millrace::ctl
