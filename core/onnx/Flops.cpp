// SPDX-License-Identifier: GPL-3.0-or-later
#include "onnx/ModelImpl.h"

#include <algorithm>
#include <array>

namespace millrace::onnx
{
namespace
{

double product(const std::vector<std::int64_t>& dims, std::size_t from = 0)
{
    double result = 1;
    for (std::size_t i = from; i < dims.size(); ++i)
        result *= static_cast<double>(dims[i]);
    return result;
}

class Shapes
{
public:
    Shapes(const pb::NodeProto& node, const Facts& facts) : m_node(node), m_facts(facts) {}

    [[nodiscard]] std::vector<std::int64_t> input(int i) const
    {
        return i < m_node.input_size() ? of(m_node.input(i)) : std::vector<std::int64_t>{};
    }
    [[nodiscard]] std::vector<std::int64_t> output(int i) const
    {
        return i < m_node.output_size() ? of(m_node.output(i)) : std::vector<std::int64_t>{};
    }
    [[nodiscard]] double outputElements() const
    {
        double sum = 0;
        for (const std::string& name : m_node.output())
            if (const auto fact = m_facts.find(name); fact != m_facts.end())
                sum += product(fact->second.actual);
        return sum;
    }
    [[nodiscard]] double largestElements() const
    {
        double largest = outputElements();
        for (const std::string& name : m_node.input())
            if (const auto fact = m_facts.find(name); fact != m_facts.end())
                largest = std::max(largest, product(fact->second.actual));
        return largest;
    }

private:
    [[nodiscard]] std::vector<std::int64_t> of(const std::string& name) const
    {
        const auto fact = m_facts.find(name);
        return fact != m_facts.end() ? fact->second.actual : std::vector<std::int64_t>{};
    }
    const pb::NodeProto& m_node;
    const Facts& m_facts;
};

/// Weights are [out, in / groups, kernel...] (for the transposed one [in, out / groups, ...]); each
/// element of the output (input) meets one filter.
double convolution(const Shapes& shapes, int weight)
{
    return 2 * product(shapes.output(0)) * product(shapes.input(weight), 1);
}

double transposedConvolution(const Shapes& shapes)
{
    return 2 * product(shapes.input(0)) * product(shapes.input(1), 1);
}

double matrixProduct(const pb::NodeProto& node, const Shapes& shapes)
{
    const auto left = shapes.input(0);
    if (left.empty())
        return 0;
    const pb::AttributeProto* transposed = attribute(node, "transA");
    const bool isTransposed = transposed != nullptr && transposed->i() != 0;
    const std::int64_t inner = isTransposed ? left.front() : left.back();
    return 2 * product(shapes.output(0)) * static_cast<double>(inner);
}

/// X is [steps, batch, in], W [directions, gates * hidden, in], R [directions, gates * hidden,
/// hidden].
double recurrent(const Shapes& shapes)
{
    const auto x = shapes.input(0);
    if (x.size() != 3)
        return shapes.largestElements();
    return 2 * static_cast<double>(x[0]) * static_cast<double>(x[1]) *
           (product(shapes.input(1)) + product(shapes.input(2)));
}

double pooling(const pb::NodeProto& node, const Shapes& shapes)
{
    const pb::AttributeProto* kernel = attribute(node, "kernel_shape");
    if (kernel == nullptr)
        return product(shapes.input(0)); // global
    return product(shapes.output(0)) * product({kernel->ints().begin(), kernel->ints().end()});
}

/// Operators that move or rename data without computing.
constexpr std::array<std::string_view, 16> kMoves = {
    "Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Concat", "Split",
    "Slice",    "Gather",  "Shape",   "Size",    "Expand",    "Cast",      "Pad",    "Dropout"};

} // namespace

double estimateFlops(const pb::NodeProto& node, const Facts& facts)
{
    const Shapes shapes(node, facts);
    const std::string& op = node.op_type();
    if (op == "Conv" || op == "FusedConv" || op == "ConvInteger")
        return convolution(shapes, 1);
    if (op == "QLinearConv")
        return convolution(shapes, 3);
    if (op == "ConvTranspose")
        return transposedConvolution(shapes);
    if (op == "Gemm" || op == "MatMul" || op == "FusedMatMul" || op == "FusedGemm" ||
        op == "MatMulInteger" || op == "QLinearMatMul" || op == "MatMulNBits")
        return matrixProduct(node, shapes);
    if (op == "LSTM" || op == "GRU" || op == "RNN")
        return recurrent(shapes);
    if (op.ends_with("Pool"))
        return pooling(node, shapes);
    if (std::find(kMoves.begin(), kMoves.end(), op) != kMoves.end())
        return 0;
    if (op == "BatchNormalization")
        return 2 * product(shapes.output(0));
    if (op == "Softmax" || op == "LogSoftmax" || op.ends_with("Normalization") || op == "LRN")
        return 5 * shapes.outputElements();
    return shapes.largestElements();
}

} // namespace millrace::onnx
