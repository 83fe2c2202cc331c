// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace millrace::graph
{

/// A layer of a framework's model: coarser than an ONNX node (a swish is one layer and two nodes)
/// and with an input layer of its own.
struct ArchitectureLayer {
    std::string name;
    std::string kind;                ///< "Conv2D", "BatchNormalization", ...
    std::vector<std::size_t> inputs; ///< indices of earlier layers, each once
    std::int64_t elements = 0;       ///< of its one output, batch 1
    std::int64_t parameters = 0;
    bool operator==(const ArchitectureLayer&) const = default;
};

/// A reference architecture without weights; layers are in topological order, the first one is the
/// input, the last one the output.
struct Architecture {
    std::string name; ///< "ResNet50"
    std::vector<ArchitectureLayer> layers;
    bool operator==(const Architecture&) const = default;

    [[nodiscard]] std::int64_t parameterCount() const;
};

} // namespace millrace::graph
