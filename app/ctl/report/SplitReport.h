// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ctl/Report.h"
#include "onnx/Model.h"

namespace millrace::ctl
{

/// A split as it was written; `layers` of each stage.
[[nodiscard]] Report splitReport(const onnx::Manifest& manifest,
                                 const std::vector<std::vector<LayerId>>& layers,
                                 const std::string& folder);

} // namespace millrace::ctl
