// SPDX-License-Identifier: GPL-3.0-or-later
/// Builds small ONNX models for tests, with seeded weights. The names of values are the interface:
/// whatever a node writes can be read by later ones.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace millrace::test
{

/// A fixed size, or a symbol; "" is a free dim without a name.
using Dim = std::variant<std::int64_t, std::string>;
using Names = std::vector<std::string>;
using Attribute =
    std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>, ::onnx::GraphProto>;
using Attributes = std::vector<std::pair<std::string, Attribute>>;

class OnnxBuilder
{
public:
    explicit OnnxBuilder(int opset = 17, int irVersion = 8);

    OnnxBuilder& input(const std::string& name, const std::vector<Dim>& shape,
                       int type = ::onnx::TensorProto::FLOAT);
    OnnxBuilder& output(const std::string& name);
    /// Without inputs and outputs of the graph: Op(inputs) -> outputs, named "<op>_<count>".
    OnnxBuilder& node(const std::string& op, const Names& inputs, const Names& outputs,
                      const Attributes& attributes = {});
    /// An initializer with He-scaled random floats; the fan-in is the product of all dims but the
    /// first.
    OnnxBuilder& weight(const std::string& name, const std::vector<std::int64_t>& shape);
    OnnxBuilder& ints(const std::string& name, const std::vector<std::int64_t>& values);
    /// A scalar int64 initializer.
    OnnxBuilder& scalar(const std::string& name, std::int64_t value);
    /// The last node added.
    ::onnx::NodeProto& last();

    [[nodiscard]] ::onnx::ModelProto& model() { return m_model; }
    [[nodiscard]] ::onnx::GraphProto& graph() { return *m_model.mutable_graph(); }
    /// For a subgraph attribute: outputs get types, as ONNX wants for branches and bodies.
    [[nodiscard]] std::string bytes() const;
    void save(const std::filesystem::path& path) const;

private:
    ::onnx::ModelProto m_model;
    std::uint64_t m_seed = 1;
};

/// A float tensor with random values in [-scale, scale].
[[nodiscard]] ::onnx::TensorProto randomWeight(const std::string& name,
                                               const std::vector<std::int64_t>& shape, float low,
                                               float high, std::uint64_t seed);

void saveModel(const ::onnx::ModelProto& model, const std::filesystem::path& path);

/// Three convolutions of 1.1 MiB each, with a Relu behind each, from "x" to "y".
void writeThreeConvolutions(const std::string& path);

} // namespace millrace::test
