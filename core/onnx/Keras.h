// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "onnx/Proto.h"

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::onnx
{

/// Builds a convolutional network layer by layer in Keras' structure, as an ONNX graph (NCHW, batch
/// 1, opset 13): padding, BatchNorm and activation are nodes of their own. Weights are seeded and
/// equal on every machine: He-scaled (He et al. 2015) uniform, BatchNorm near identity.
class KerasBuilder
{
public:
    KerasBuilder(const std::string& name, std::int64_t channels, std::int64_t size,
                 std::uint64_t seed);

    /// A value inside the network: NCHW with H = W.
    struct Value {
        std::string name;
        std::int64_t channels = 0;
        std::int64_t size = 0;
    };
    enum class Padding { Valid, Same };
    enum class Bias { Yes, No };

    [[nodiscard]] const Value& input() const { return m_input; }
    Value pad(const std::string& name, const Value& in, std::int64_t before, std::int64_t after);
    Value conv(const std::string& name, const Value& in, std::int64_t filters, std::int64_t kernel,
               std::int64_t stride, Padding padding, Bias bias);
    Value depthwise(const std::string& name, const Value& in, std::int64_t kernel,
                    std::int64_t stride, Padding padding);
    /// `gamma` is the mean of the scales; small ones at the end of residual branches keep the sum
    /// bounded.
    Value batchNorm(const std::string& name, const Value& in, float gamma);
    Value relu(const std::string& name, const Value& in);
    Value relu6(const std::string& name, const Value& in);
    Value add(const std::string& name, const Value& a, const Value& b);
    Value maxPool(const std::string& name, const Value& in, std::int64_t kernel,
                  std::int64_t stride);
    /// Mean over H and W, flat.
    Value globalPool(const std::string& name, const Value& in);
    Value dense(const std::string& name, const Value& in, std::int64_t units);
    void softmaxOutput(const std::string& name, const Value& in);

    [[nodiscard]] const pb::ModelProto& model() const { return m_model; }

private:
    pb::NodeProto& node(const std::string& op, const std::string& name,
                        const std::vector<std::string>& inputs);
    std::string weight(const std::string& name, const std::vector<std::int64_t>& shape, float low,
                       float high);
    float unit();

    pb::ModelProto m_model;
    pb::GraphProto* m_graph;
    Value m_input;
    std::uint64_t m_state;
};

} // namespace millrace::onnx
