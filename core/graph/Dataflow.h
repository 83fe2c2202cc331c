// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `graph`: a model as plain values: layers, tensors, topological order, cuts and their
/// payloads. It uses `base` only and knows nothing of ONNX files.
#pragma once

#include "base/Error.h"
#include "base/Ids.h"
#include "base/Units.h"

#include <optional>
#include <span>
#include <vector>

namespace millrace::graph
{

/// Who makes and who needs a tensor; all that cuts and payloads depend on.
struct DataflowTensor {
    Bytes bytes;
    std::optional<LayerId> producer; ///< none: a model input
    std::vector<LayerId> consumers;  ///< ascending, each once
    bool isOutput = false;           ///< also a model output, consumed after the last stage
    bool operator==(const DataflowTensor&) const = default;
};

/// Kahn's algorithm, smallest index first, so that an order that is already topological comes back
/// unchanged. ParseError when there is a cycle; the message names one of its layers by index.
/// O(layers + edges).
[[nodiscard]] Result<std::vector<LayerId>>
topologicalOrder(std::size_t layerCount, std::span<const DataflowTensor> tensors);

/// Payload of every cut of a linear order: element k is the payload of the first k layers (size
/// layerCount + 1): bytes of the distinct tensors made inside (or model inputs) and still needed
/// outside (or model outputs). Element 0 is all model inputs that anyone needs, the last one all
/// model outputs. `order` must be topological.
[[nodiscard]] std::vector<Bytes> linearPayloads(std::span<const LayerId> order,
                                                std::span<const DataflowTensor> tensors);

/// Payload of one cut; `inside[layer]` tells membership and must be down-closed.
[[nodiscard]] Bytes payload(const std::vector<bool>& inside,
                            std::span<const DataflowTensor> tensors);

/// All tensors live while each layer runs in this order: element i belongs to layer i (not to
/// position i). Live at a layer: its inputs and outputs, and what was made (or fed) before and is
/// needed at it or later.
[[nodiscard]] std::vector<Bytes> activationBytes(std::span<const LayerId> order,
                                                 std::span<const DataflowTensor> tensors);

} // namespace millrace::graph
