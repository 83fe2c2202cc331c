// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "onnx/Proto.h"

#include <filesystem>

namespace millrace::onnx
{

struct ModelFile {
    pb::ModelProto proto;
    std::string sha256; ///< of the file and the external files it names
};

/// Reads, parses and checks a file: a model at all, whole, and sound by checkStructure().
/// Hostile input. Peak memory is twice the file.
[[nodiscard]] Result<ModelFile> readModelFile(const std::filesystem::path& path);

/// Names are valid and made once, everything that is read exists, no cycles (also in subgraphs),
/// and every weight has the data its shape needs. Messages lack the file's name.
[[nodiscard]] Result<void> checkStructure(const pb::ModelProto& model,
                                          const std::filesystem::path& folder);

/// Nodes in an order in which each comes after what it reads: the smallest index first, so a sorted
/// graph stays as it is. ParseError names a node of a cycle.
[[nodiscard]] Result<void> sortNodes(pb::GraphProto& graph);

} // namespace millrace::onnx
