// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph/Dataflow.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::graph
{

/// Element types with ONNX's names and meaning.
enum class DType {
    Undefined,
    Float32,
    Float64,
    Float16,
    BFloat16,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Bool,
    Complex64,
    Complex128,
    String,
    Int4,
    UInt4,
    Float8E4M3FN,
    Float8E4M3FNUZ,
    Float8E5M2,
    Float8E5M2FNUZ,
    Float4E2M1,
};
[[nodiscard]] std::string_view name(DType type);
/// Bits per element; 0 for Undefined and String.
[[nodiscard]] int bitsPerElement(DType type);
/// Whole bytes of a dense tensor; ResourceExhausted on overflow, InvalidArgument for a negative
/// dimension.
[[nodiscard]] Result<Bytes> denseBytes(DType type, const std::vector<std::int64_t>& shape);

/// A value between layers, or a model input or output.
struct Tensor {
    std::string name;
    DType dtype = DType::Undefined;
    std::vector<std::int64_t> shape; ///< all dims known (>= 0)
    bool observed = false; ///< shape depends on data and was seen in a trial run, not inferred
    DataflowTensor flow;
    bool operator==(const Tensor&) const = default;
};

/// A constant that some layer reads: initializer, Constant node, or folded subgraph.
struct Weight {
    std::string name;
    DType dtype = DType::Undefined;
    std::vector<std::int64_t> shape;
    Bytes bytes;
    std::vector<LayerId> consumers; ///< ascending, each once; more than one: shared
    bool operator==(const Weight&) const = default;
};

/// One ONNX node that does work at run time, or several that cannot be cut apart
/// (values between them that are no dense tensors).
struct Layer {
    std::string name; ///< unique in the graph, never empty
    std::string
        op; ///< "Conv"; domain-qualified when it is not ONNX's own: "com.microsoft.FusedConv"
    std::vector<TensorId>
        inputs; ///< run-time values only, each once, also those captured by subgraphs
    std::vector<TensorId> outputs;
    std::vector<WeightId> weights;
    Bytes weightBytes;     ///< of weights this layer alone reads; shared ones are counted by
                           ///< Graph::weights
    Bytes activationBytes; ///< all tensors live while it runs, in the graph's order
    double flops = 0;      ///< estimate: multiply-add counts 2
    std::vector<std::pair<std::string, std::string>> attributes; ///< printable, in file order
    bool operator==(const Layer&) const = default;
};

/// An immutable value; layers are in a topological order that keeps payloads small.
struct Graph {
    std::string name;
    std::vector<Layer> layers;
    std::vector<Tensor> tensors;
    std::vector<Weight> weights;
    std::vector<TensorId> inputs;  ///< run-time inputs in file order
    std::vector<TensorId> outputs; ///< in file order
    bool operator==(const Graph&) const = default;

    [[nodiscard]] Bytes totalWeightBytes() const; ///< each weight once
    [[nodiscard]] std::int64_t
    parameterCount() const; ///< elements of floating-point weights, each weight once; scalars are
                            ///< settings, not parameters
    [[nodiscard]] std::vector<DataflowTensor> dataflow() const;
};

/// A linear order with small cuts: depth-first, preferring the ready layer that leaves the fewest
/// live bytes; deterministic. Used when a graph is built. Errors as topologicalOrder.
[[nodiscard]] Result<std::vector<LayerId>> compactOrder(std::size_t layerCount,
                                                        std::span<const DataflowTensor> tensors);

} // namespace millrace::graph
