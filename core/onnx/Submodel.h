// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "onnx/Proto.h"

#include <filesystem>
#include <set>
#include <span>

namespace millrace::onnx
{

/// Nodes (ascending) and weights of a normalized graph that make a model of their own.
struct Selection {
    std::vector<int> nodes;
    std::vector<int> initializers;
    std::vector<int> sparseInitializers;
};

/// The nodes given, with the constant nodes and weights that they or `values` need. Constants are
/// followed to their ends, everything else becomes an input.
[[nodiscard]] Selection withConstants(const GraphIndex& index,
                                      const std::set<std::string>& constants,
                                      std::span<const int> nodes,
                                      std::span<const std::string> values);

/// Versions, operator sets, functions and metadata of a model; an empty graph of the same name.
[[nodiscard]] pb::ModelProto emptyLike(const pb::ModelProto& model);

/// A tensor input or output; -1 leaves a dimension open.
void setTensorType(pb::ValueInfoProto& value, int elementType,
                   const std::vector<std::int64_t>& shape);

/// A copy whose bytes are inside the model, whatever held them.
[[nodiscard]] Result<pb::TensorProto> inlined(const pb::TensorProto& tensor,
                                              const std::filesystem::path& folder);

} // namespace millrace::onnx
