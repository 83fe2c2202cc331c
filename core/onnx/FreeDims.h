// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "onnx/Proto.h"

namespace millrace::onnx
{

/// Gives every free dimension of the model's inputs its number. A dimension without a name is
/// called "<input>.<axis>". Every free dim must be bound and every name must exist; the error lists
/// them. Returns those that ONNX Runtime knows by name.
[[nodiscard]] Result<std::map<std::string, std::int64_t>>
bindFreeDims(pb::GraphProto& graph, const std::map<std::string, std::int64_t>& dims);

/// Names of all free dimensions of the model's inputs, in the order of their first appearance.
[[nodiscard]] std::vector<std::string> freeDimNames(pb::GraphProto& graph);

} // namespace millrace::onnx
