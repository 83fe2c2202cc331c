// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `inference`: ONNX Runtime sessions, tensors and .npy files; the only user of ONNX Runtime's
/// headers and the one place where session options are set. It uses `base` and `graph`'s DType.
#pragma once

#include "base/Error.h"
#include "graph/Graph.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::inference
{

/// A dense tensor in row-major order, little endian; `data` has exactly graph::denseBytes() bytes.
struct Tensor {
    graph::DType dtype = graph::DType::Undefined;
    std::vector<std::int64_t> shape;
    std::vector<std::byte> data;
    bool operator==(const Tensor&) const = default;
};

struct NamedTensor {
    std::string name;
    Tensor tensor;
};

/// NumPy .npy versions 1 to 3, C or Fortran order (converted), little or big endian; no pickles.
/// Hostile input.
[[nodiscard]] Result<Tensor> parseNpy(std::string_view content, const std::string& source);
[[nodiscard]] Result<Tensor> readNpy(const std::filesystem::path& path);
[[nodiscard]] Result<void> writeNpy(const std::filesystem::path& path, const Tensor& tensor);

/// Seeded: floats uniform in [0, 1), integers small and non-negative, bools even odds. Same on
/// every machine.
[[nodiscard]] Result<Tensor>
randomTensor(graph::DType dtype, const std::vector<std::int64_t>& shape, std::uint64_t seed);

/// Two answers agree with equal dtype and shape, NaN and Inf in the same places, max|a-b| <= 1e-4 *
/// max|b| + 1e-6.
struct Agreement {
    bool agree = false;
    double maxAbsError = 0;
    double allowed = 0;
    std::string why; ///< empty when they agree
};
[[nodiscard]] Agreement compare(const Tensor& a, const Tensor& b);

} // namespace millrace::inference
