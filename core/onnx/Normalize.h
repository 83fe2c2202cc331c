// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "onnx/Proto.h"

#include <filesystem>

namespace millrace::onnx
{

/// Brings a checked model into the one form that the rest of the room works on, without a change of
/// meaning and without copying weights:
/// - nodes are sorted, nodes that no output needs are gone, every node has a unique name;
/// - Constant nodes are initializers, initializers are not inputs (IR version at least 4), small
///   external weights are inside;
/// - declared shapes are dropped except those of inputs: they may be stale.
[[nodiscard]] Result<void> normalize(pb::ModelProto& model, const std::filesystem::path& folder);

/// Drops nodes and weights that no output needs.
void prune(pb::GraphProto& graph);

} // namespace millrace::onnx
