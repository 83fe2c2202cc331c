// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "onnx/Proto.h"

#include <filesystem>

namespace millrace::onnx
{

/// Where a tensor's bytes lie outside the model file.
struct ExternalRange {
    std::filesystem::path file;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// Resolved and checked: the file exists inside `folder` (no "..", no absolute path, no link that
/// leads out) and is long enough. `length` is what the shape needs.
[[nodiscard]] Result<ExternalRange> externalRange(const pb::TensorProto& tensor,
                                                  const std::filesystem::path& folder);

/// Whole bytes of the tensor by its type and dims; strings count their characters.
[[nodiscard]] Result<Bytes> tensorBytes(const pb::TensorProto& tensor);

/// The type is known, the dims make a size, and the data (inside or external) has it. O(1) but for
/// strings.
[[nodiscard]] Result<void> checkTensor(const pb::TensorProto& tensor,
                                       const std::filesystem::path& folder);

/// The tensor's bytes, little endian, whatever field holds them. The view points into the tensor or
/// into `scratch`, which is used when they must be converted or read.
[[nodiscard]] Result<std::string_view>
rawBytes(const pb::TensorProto& tensor, const std::filesystem::path& folder, std::string& scratch);

[[nodiscard]] bool isExternal(const pb::TensorProto& tensor);

} // namespace millrace::onnx
