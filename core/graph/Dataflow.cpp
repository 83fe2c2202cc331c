// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/Dataflow.h"

#include <queue>

#include <algorithm>
#include <functional>

namespace millrace::graph
{
namespace
{

constexpr std::size_t kOpenEnd = static_cast<std::size_t>(-1);

std::vector<std::size_t> positions(std::span<const LayerId> order)
{
    std::vector<std::size_t> position(order.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        position[order[i].index()] = i;
    return position;
}

/// Where in an order a tensor comes to be and where it is needed last.
struct Life {
    std::size_t born; ///< position of its producer; 0 for a model input
    std::size_t last; ///< position of its last consumer; kOpenEnd for an output
    bool isInput;
    bool isNeeded;
};

Life life(const DataflowTensor& tensor, const std::vector<std::size_t>& position)
{
    Life life{0, 0, !tensor.producer, tensor.isOutput || !tensor.consumers.empty()};
    if (tensor.producer)
        life.born = position[tensor.producer->index()];
    life.last = life.born;
    for (const LayerId consumer : tensor.consumers)
        life.last = std::max(life.last, position[consumer.index()]);
    if (tensor.isOutput)
        life.last = kOpenEnd;
    return life;
}

/// A layer of a cycle, not only one behind it. Every layer left over needs another one left over,
/// so going back far enough leads round.
LayerId onCycle(const std::vector<int>& missing, std::span<const DataflowTensor> tensors)
{
    std::vector<std::optional<LayerId>> needs(missing.size());
    for (const DataflowTensor& tensor : tensors)
        for (const LayerId consumer : tensor.consumers)
            if (tensor.producer && missing[tensor.producer->index()] > 0 &&
                missing[consumer.index()] > 0)
                needs[consumer.index()] = tensor.producer;
    const auto left = std::find_if(missing.begin(), missing.end(), [](int n) { return n > 0; });
    LayerId at(static_cast<std::size_t>(left - missing.begin()));
    for (std::size_t step = 0; step < missing.size(); ++step)
        at = *needs[at.index()];
    return at;
}

} // namespace

Result<std::vector<LayerId>> topologicalOrder(std::size_t layerCount,
                                              std::span<const DataflowTensor> tensors)
{
    std::vector<std::vector<LayerId>> successors(layerCount);
    std::vector<int> missing(layerCount, 0);
    for (const DataflowTensor& tensor : tensors) {
        if (!tensor.producer)
            continue;
        for (const LayerId consumer : tensor.consumers) {
            successors[tensor.producer->index()].push_back(consumer);
            ++missing[consumer.index()];
        }
    }
    std::priority_queue<LayerId, std::vector<LayerId>, std::greater<>> ready;
    for (std::size_t layer = 0; layer < layerCount; ++layer)
        if (missing[layer] == 0)
            ready.emplace(layer);
    std::vector<LayerId> order;
    order.reserve(layerCount);
    while (!ready.empty()) {
        const LayerId layer = ready.top();
        ready.pop();
        order.push_back(layer);
        for (const LayerId next : successors[layer.index()])
            if (--missing[next.index()] == 0)
                ready.push(next);
    }
    if (order.size() < layerCount)
        return fail(ErrorCode::ParseError, "layer {} depends on itself through a cycle",
                    onCycle(missing, tensors).value);
    return order;
}

std::vector<Bytes> linearPayloads(std::span<const LayerId> order,
                                  std::span<const DataflowTensor> tensors)
{
    const auto position = positions(order);
    // Each tensor adds its bytes to a range of cuts: differences first, then their running sum.
    std::vector<Bytes> payloads(order.size() + 2);
    for (const DataflowTensor& tensor : tensors) {
        const Life span = life(tensor, position);
        if (!span.isNeeded)
            continue;
        const std::size_t firstCut = span.isInput ? 0 : span.born + 1;
        const std::size_t endCut = span.last == kOpenEnd ? order.size() + 1 : span.last + 1;
        if (firstCut >= endCut)
            continue;
        payloads[firstCut] += tensor.bytes;
        payloads[endCut] -= tensor.bytes;
    }
    for (std::size_t k = 1; k < payloads.size(); ++k)
        payloads[k] += payloads[k - 1];
    payloads.pop_back();
    return payloads;
}

Bytes payload(const std::vector<bool>& inside, std::span<const DataflowTensor> tensors)
{
    Bytes sum;
    for (const DataflowTensor& tensor : tensors) {
        if (tensor.producer && !inside[tensor.producer->index()])
            continue;
        const bool neededOutside =
            tensor.isOutput ||
            std::any_of(tensor.consumers.begin(), tensor.consumers.end(),
                        [&](LayerId consumer) { return !inside[consumer.index()]; });
        if (neededOutside)
            sum += tensor.bytes;
    }
    return sum;
}

std::vector<Bytes> activationBytes(std::span<const LayerId> order,
                                   std::span<const DataflowTensor> tensors)
{
    const auto position = positions(order);
    std::vector<Bytes> live(order.size() + 1);
    for (const DataflowTensor& tensor : tensors) {
        const Life span = life(tensor, position);
        if (span.isInput && !span.isNeeded)
            continue;
        live[span.born] += tensor.bytes;
        live[span.last == kOpenEnd ? order.size() : span.last + 1] -= tensor.bytes;
    }
    std::vector<Bytes> byLayer(order.size());
    Bytes running;
    for (std::size_t i = 0; i < order.size(); ++i) {
        running += live[i];
        byLayer[order[i].index()] = running;
    }
    return byLayer;
}

} // namespace millrace::graph
