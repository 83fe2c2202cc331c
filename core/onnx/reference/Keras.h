// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Random.h"
#include "graph/Architecture.h"
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
    /// StructureOnly leaves the weights' data out: quick and small, but not a model that runs.
    enum class Content { Everything, StructureOnly };
    KerasBuilder(const std::string& name, std::int64_t channels, std::int64_t size,
                 std::uint64_t seed, Content content);

    /// A value inside the network: NCHW with H = W, or flat with a size of 1.
    struct Value {
        std::string name;
        std::int64_t channels = 0;
        std::int64_t size = 0;
        std::size_t layer = 0; ///< that made it, in architecture()
    };
    enum class Padding { Valid, Same };
    enum class Bias { Yes, No };
    enum class Activation { None, Relu, Swish, Sigmoid };
    struct Kernel {
        std::int64_t height, width;
    };

    [[nodiscard]] const Value& input() const { return m_input; }
    Value pad(const std::string& name, const Value& in, std::int64_t before, std::int64_t after);
    Value conv(const std::string& name, const Value& in, std::int64_t filters, std::int64_t kernel,
               std::int64_t stride, Padding padding, Bias bias);
    /// "Same" with stride 1 and a bias or none; an activation belongs to the same Keras layer.
    Value conv(const std::string& name, const Value& in, std::int64_t filters, Kernel kernel,
               Bias bias, Activation activation);
    Value depthwise(const std::string& name, const Value& in, std::int64_t kernel,
                    std::int64_t stride, Padding padding);
    /// `gamma` is the mean of the scales; small ones at the end of residual branches keep the sum
    /// bounded.
    Value batchNorm(const std::string& name, const Value& in, float gamma);
    /// Keras' scale=False: three weights per channel. ONNX wants a scale, so the variance, near one
    /// as well, takes its place.
    Value batchNormUnscaled(const std::string& name, const Value& in);
    Value relu(const std::string& name, const Value& in);
    Value relu6(const std::string& name, const Value& in);
    Value swish(const std::string& name, const Value& in);
    Value add(const std::string& name, const Value& a, const Value& b);
    /// a + factor * b in one Keras layer.
    Value scaledAdd(const std::string& name, const Value& a, const Value& b, float factor);
    /// `weights` is flat per channel, or as large as `in`.
    Value multiply(const std::string& name, const Value& in, const Value& weights);
    Value concat(const std::string& name, const std::vector<Value>& parts);
    Value maxPool(const std::string& name, const Value& in, std::int64_t kernel,
                  std::int64_t stride);
    /// 3 x 3 with stride 1 and "same" padding that does not count in the mean.
    Value averagePool(const std::string& name, const Value& in);
    /// Mean over H and W, flat.
    Value globalPool(const std::string& name, const Value& in);
    /// From flat to 1 x 1.
    Value unflatten(const std::string& name, const Value& in);
    Value rescale(const std::string& name, const Value& in, float factor);
    /// (x - mean) / deviation per channel. The seventh parameter that Keras counts (of three
    /// channels: three means, three variances, the number of samples seen) is a factor of one.
    Value normalize(const std::string& name, const Value& in);
    /// Does nothing at inference, but is a layer.
    Value dropout(const std::string& name, const Value& in);
    /// Ends the network: a dense layer with a softmax in the same Keras layer.
    void softmaxOutput(const std::string& name, const Value& in, std::int64_t units);

    [[nodiscard]] const pb::ModelProto& model() const { return m_model; }
    [[nodiscard]] const graph::Architecture& architecture() const { return m_architecture; }

private:
    struct Shape {
        std::int64_t channels, size;
    };
    pb::NodeProto& node(const std::string& op, const std::string& name,
                        const std::vector<std::string>& inputs);
    std::string weight(const std::string& name, const std::vector<std::int64_t>& shape, float low,
                       float high);
    std::string scalar(const std::string& name, float value);
    Value activated(const std::string& name, const Value& in, Activation activation);
    /// Closes a Keras layer: the weights made since the last one are its parameters.
    Value layer(const std::string& kind, const std::string& name, const std::vector<Value>& from,
                const std::string& value, Shape shape);

    pb::ModelProto m_model;
    pb::GraphProto* m_graph;
    graph::Architecture m_architecture;
    Value m_input;
    Content m_content;
    std::int64_t m_newParameters = 0;
    Random m_random;
};

} // namespace millrace::onnx
