// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/Graph.h"

#include <algorithm>
#include <array>
#include <set>

namespace millrace::graph
{
namespace
{

struct DTypeFacts {
    std::string_view name;
    int bits;
    bool floating;
};

// In the order of DType.
constexpr std::array<DTypeFacts, 24> kTypes = {{
    {"undefined", 0, false},   {"float32", 32, true},       {"float64", 64, true},
    {"float16", 16, true},     {"bfloat16", 16, true},      {"int8", 8, false},
    {"int16", 16, false},      {"int32", 32, false},        {"int64", 64, false},
    {"uint8", 8, false},       {"uint16", 16, false},       {"uint32", 32, false},
    {"uint64", 64, false},     {"bool", 8, false},          {"complex64", 64, true},
    {"complex128", 128, true}, {"string", 0, false},        {"int4", 4, false},
    {"uint4", 4, false},       {"float8e4m3fn", 8, true},   {"float8e4m3fnuz", 8, true},
    {"float8e5m2", 8, true},   {"float8e5m2fnuz", 8, true}, {"float4e2m1", 4, true},
}};

const DTypeFacts& facts(DType type)
{
    return kTypes.at(static_cast<std::size_t>(type));
}

/// The greedy choice of compactOrder: which ready layer shrinks (or grows least) what is alive.
class OrderBuilder
{
public:
    OrderBuilder(std::size_t layerCount, std::span<const DataflowTensor> tensors)
        : m_tensors(tensors), m_made(layerCount), m_read(layerCount), m_missing(layerCount, 0),
          m_readersLeft(tensors.size()), m_growth(layerCount), m_readySince(layerCount, 0)
    {
        for (std::size_t t = 0; t < tensors.size(); ++t) {
            m_readersLeft[t] = tensors[t].consumers.size();
            if (tensors[t].producer)
                m_made[tensors[t].producer->index()].push_back(t);
            for (const LayerId consumer : tensors[t].consumers) {
                m_read[consumer.index()].push_back(t);
                m_missing[consumer.index()] += tensors[t].producer ? 1 : 0;
            }
        }
    }

    Result<std::vector<LayerId>> build()
    {
        std::vector<LayerId> order;
        for (std::size_t layer = 0; layer < m_missing.size(); ++layer)
            if (m_missing[layer] == 0)
                makeReady(LayerId(layer));
        while (!m_ready.empty()) {
            const LayerId layer = m_ready.begin()->layer;
            m_ready.erase(m_ready.begin());
            order.push_back(layer);
            finish(layer);
        }
        if (order.size() < m_missing.size())
            return topologicalOrder(m_missing.size(), m_tensors); // names the cycle
        return order;
    }

private:
    /// Smallest growth first; among equals the one that became ready last (depth first), then by
    /// index.
    struct Ready {
        std::int64_t growth;
        std::int64_t lateness;
        LayerId layer;
        auto operator<=>(const Ready&) const = default;
    };

    [[nodiscard]] Ready entry(LayerId layer) const
    {
        return {m_growth[layer.index()], m_readySince[layer.index()], layer};
    }

    /// Bytes that stay alive because of the layer, less those it is the last to read.
    [[nodiscard]] std::int64_t growthOf(LayerId layer) const
    {
        std::int64_t growth = 0;
        for (const std::size_t t : m_made[layer.index()])
            if (m_tensors[t].isOutput || !m_tensors[t].consumers.empty())
                growth += m_tensors[t].bytes.value;
        for (const std::size_t t : m_read[layer.index()])
            if (m_readersLeft[t] == 1 && !m_tensors[t].isOutput)
                growth -= m_tensors[t].bytes.value;
        return growth;
    }

    void makeReady(LayerId layer)
    {
        m_growth[layer.index()] = growthOf(layer);
        m_readySince[layer.index()] = --m_clock;
        m_isReady.insert(layer);
        m_ready.insert(entry(layer));
    }

    void finish(LayerId layer)
    {
        m_isReady.erase(layer);
        for (const std::size_t t : m_read[layer.index()])
            if (--m_readersLeft[t] == 1)
                regrade(t);
        for (const std::size_t t : m_made[layer.index()])
            for (const LayerId consumer : m_tensors[t].consumers)
                if (--m_missing[consumer.index()] == 0)
                    makeReady(consumer);
    }

    /// A tensor has one reader left: that reader now frees it.
    void regrade(std::size_t tensor)
    {
        for (const LayerId consumer : m_tensors[tensor].consumers) {
            if (!m_isReady.contains(consumer))
                continue;
            m_ready.erase(entry(consumer));
            m_growth[consumer.index()] = growthOf(consumer);
            m_ready.insert(entry(consumer));
        }
    }

    std::span<const DataflowTensor> m_tensors;
    std::vector<std::vector<std::size_t>> m_made, m_read;
    std::vector<int> m_missing;
    std::vector<std::size_t> m_readersLeft;
    std::vector<std::int64_t> m_growth;
    std::vector<std::int64_t> m_readySince;
    std::int64_t m_clock = 0;
    std::set<LayerId> m_isReady;
    std::set<Ready> m_ready;
};

} // namespace

std::string_view name(DType type)
{
    return facts(type).name;
}

int bitsPerElement(DType type)
{
    return facts(type).bits;
}

Result<Bytes> denseBytes(DType type, const std::vector<std::int64_t>& shape)
{
    for (const std::int64_t dim : shape)
        if (dim < 0)
            return fail(ErrorCode::InvalidArgument, "dimension {} is negative", dim);
    if (std::find(shape.begin(), shape.end(), 0) != shape.end())
        return Bytes{};
    Bytes count{1};
    for (const std::int64_t dim : shape) {
        const auto product = checkedMultiply(count, dim);
        if (!product)
            return tl::unexpected(product.error());
        count = *product;
    }
    const auto bits = checkedMultiply(count, bitsPerElement(type));
    if (!bits)
        return tl::unexpected(bits.error());
    return Bytes{bits->value / 8 + (bits->value % 8 != 0 ? 1 : 0)};
}

Bytes Graph::totalWeightBytes() const
{
    Bytes sum;
    for (const Weight& weight : weights)
        sum += weight.bytes;
    return sum;
}

std::int64_t Graph::parameterCount() const
{
    std::int64_t count = 0;
    for (const Weight& weight : weights) {
        if (!facts(weight.dtype).floating || weight.shape.empty())
            continue;
        std::int64_t elements = 1;
        for (const std::int64_t dim : weight.shape)
            elements *= dim;
        count += elements;
    }
    return count;
}

std::vector<DataflowTensor> Graph::dataflow() const
{
    std::vector<DataflowTensor> flows;
    flows.reserve(tensors.size());
    for (const Tensor& tensor : tensors)
        flows.push_back(tensor.flow);
    return flows;
}

Result<std::vector<LayerId>> compactOrder(std::size_t layerCount,
                                          std::span<const DataflowTensor> tensors)
{
    return OrderBuilder(layerCount, tensors).build();
}

} // namespace millrace::graph
