// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "onnx/Proto.h"

#include <filesystem>
#include <set>
#include <stop_token>

namespace millrace::onnx
{

/// What is known of a value.
struct ValueFacts {
    graph::DType dtype = graph::DType::Undefined; ///< Undefined: sequence, map or optional
    bool hasRank = false;
    std::vector<std::int64_t> declared; ///< -1 where the dim is not known without running
    std::vector<std::int64_t> actual;   ///< all known; differs from `declared` when observed
    bool observed = false;

    [[nodiscard]] bool isDense() const;  ///< a tensor of numbers
    [[nodiscard]] bool hasShape() const; ///< known without running
};
using Facts = std::map<std::string, ValueFacts>;

/// Which values do not depend on the model's inputs (or only on shapes, after foldShapes()).
struct Constants {
    std::vector<bool> isNode;     ///< per node: makes constants only
    std::set<std::string> values; ///< initializers and what constant nodes make
};

/// Types and shapes of every input, weight and used value of a normalized model, as ONNX Runtime
/// infers them without optimisation. Weights stay out of the question asked, so it is cheap.
[[nodiscard]] Result<Facts> inferFacts(const pb::ModelProto& model,
                                       const std::filesystem::path& folder);

/// Deterministic nodes whose inputs are all constant and whose outputs are tensors.
[[nodiscard]] Constants findConstants(const pb::GraphProto& graph, const pb::ModelProto& model,
                                      const Facts& facts);

/// Repeats until nothing is left to learn: Shape and Size of known shapes become weights, and so do
/// small constants that stand between ONNX Runtime and a shape. Shapes that stay unknown depend on
/// data: one trial run with seeded random inputs observes them.
[[nodiscard]] Result<Facts> settleShapes(pb::ModelProto& model, const std::filesystem::path& folder,
                                         std::stop_token stop);

} // namespace millrace::onnx
