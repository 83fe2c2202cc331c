// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/CutSpace.h"

#include "graph/Graph.h"
#include "plan/CutEnumeration.h"

#include <algorithm>
#include <cmath>

namespace millrace::plan
{
namespace
{

std::int64_t copies(double count, Bytes payload)
{
    return static_cast<std::int64_t>(std::ceil(count * static_cast<double>(payload.value)));
}

/// Of the linear orders the one with the smaller payloads on average: the file's own or a compact
/// one.
std::vector<LayerId> linearOrder(const Problem& problem)
{
    std::vector<LayerId> given;
    for (std::size_t i = 0; i < problem.layers.size(); ++i)
        given.emplace_back(i);
    const auto compact = graph::compactOrder(problem.layers.size(), problem.tensors);
    if (!compact)
        return given;
    const auto total = [&problem](const std::vector<LayerId>& order) {
        double sum = 0;
        for (const Bytes bytes : graph::linearPayloads(order, problem.tensors))
            sum += static_cast<double>(bytes.value);
        return sum;
    };
    return total(*compact) < total(given) ? *compact : given;
}

/// Whether each layer of the order needs the one before, so that no other order exists.
bool isOnlyOrder(const Problem& problem, const std::vector<LayerId>& order)
{
    std::vector<std::size_t> position(order.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        position[order[i].index()] = i;
    std::vector<bool> needsPrevious(order.size(), false);
    for (const graph::DataflowTensor& tensor : problem.tensors)
        for (const LayerId consumer : tensor.consumers)
            if (tensor.producer &&
                position[tensor.producer->index()] + 1 == position[consumer.index()])
                needsPrevious[position[consumer.index()]] = true;
    return std::all_of(needsPrevious.begin() + 1, needsPrevious.end(),
                       [](bool yes) { return yes; });
}

/// The peak of what the layers between two cuts need while each runs.
std::int64_t largestActivation(const Problem& problem, const std::vector<LayerId>& layers)
{
    std::int64_t most = 0;
    for (const LayerId layer : layers)
        most = std::max(most, problem.layers[layer.index()].activationBytes.value);
    return most;
}

} // namespace

CutSpace CutSpace::linear(const Problem& problem)
{
    CutSpace space(problem);
    const std::vector<LayerId> order = linearOrder(problem);
    const std::vector<Bytes> payloads = graph::linearPayloads(order, problem.tensors);
    const std::size_t window = (order.size() + kMaxLinearCuts - 1) / kMaxLinearCuts;
    space.m_isComplete = window == 1 && isOnlyOrder(problem, order);
    Bits inside(order.size());
    space.m_inside.push_back(inside);
    space.m_added.emplace_back();
    std::size_t done = 0;
    while (done < order.size()) {
        const std::size_t end = std::min(order.size(), done + window);
        std::size_t best = end;
        for (std::size_t k = done + 1; k < end && end < order.size(); ++k)
            if (payloads[k] < payloads[best])
                best = k;
        space.m_added.emplace_back();
        for (; done < best; ++done) {
            inside.set(order[done].index());
            space.m_added.back().push_back(order[done]);
        }
        space.m_inside.push_back(inside);
        space.m_payload.push_back(payloads[best]);
    }
    space.m_payload.insert(space.m_payload.begin(), payloads.front());
    space.finish();
    return space;
}

std::optional<CutSpace> CutSpace::convex(const Problem& problem, double most,
                                         const std::function<bool()>& stopped)
{
    auto cuts = cutsUpTo(problem, most, kMaxConvexCuts, stopped);
    if (!cuts)
        return std::nullopt;
    CutSpace space(problem);
    space.m_isChain = false;
    space.m_inside = std::move(*cuts);
    for (const Bits& inside : space.m_inside) {
        space.m_added.emplace_back();
        inside.each([&](std::size_t layer) { space.m_added.back().emplace_back(layer); });
        std::vector<bool> flags(problem.layers.size(), false);
        inside.each([&](std::size_t layer) { flags[layer] = true; });
        space.m_payload.push_back(graph::payload(flags, problem.tensors));
    }
    space.finish();
    return space;
}

void CutSpace::finish()
{
    const Problem& problem = *m_problem;
    m_weights.assign(size(), 0);
    for (std::size_t cut = 1; cut < size(); ++cut) {
        m_weights[cut] = m_isChain ? m_weights[cut - 1] : 0;
        for (const LayerId layer : m_added[cut])
            m_weights[cut] += problem.layers[layer.index()].weightBytes.value;
    }
    for (const SharedWeight& shared : problem.sharedWeights) {
        std::vector<bool> uses(problem.layers.size(), false);
        for (const LayerId layer : shared.layers)
            uses[layer.index()] = true;
        m_sharedUsers.push_back(
            sums([&](LayerId layer) { return uses[layer.index()] ? 1.0 : 0.0; }));
    }
    if (m_isChain)
        return;
    std::vector<std::size_t> rank(problem.layers.size());
    for (std::size_t i = 0; i < problem.layers.size(); ++i)
        m_byActivation.emplace_back(i);
    std::stable_sort(m_byActivation.begin(), m_byActivation.end(), [&](LayerId a, LayerId b) {
        return problem.layers[a.index()].activationBytes >
               problem.layers[b.index()].activationBytes;
    });
    for (std::size_t i = 0; i < m_byActivation.size(); ++i)
        rank[m_byActivation[i].index()] = i;
    for (const Bits& inside : m_inside) {
        Bits ranked(problem.layers.size());
        inside.each([&](std::size_t layer) { ranked.set(rank[layer]); });
        m_ranked.push_back(std::move(ranked));
    }
}

void CutSpace::eachStage(
    std::size_t from, const std::function<void(std::size_t to, std::int64_t memory)>& visit) const
{
    const MemoryModel& model = m_problem->memoryModel;
    const std::int64_t common =
        model.fixed.value - m_weights[from] + copies(model.inCopies, m_payload[from]);
    std::int64_t activation = 0;
    for (std::size_t to = from + 1; to < size(); ++to) {
        if (m_isChain) {
            activation = std::max(activation, largestActivation(*m_problem, m_added[to]));
        } else {
            if (!m_inside[to].contains(m_inside[from]))
                continue;
            const LayerId largest = m_byActivation[m_ranked[to].firstNotIn(m_ranked[from])];
            activation = m_problem->layers[largest.index()].activationBytes.value;
        }
        std::int64_t bytes =
            common + m_weights[to] + activation + copies(model.outCopies, m_payload[to]);
        for (std::size_t s = 0; s < m_sharedUsers.size(); ++s)
            if (m_sharedUsers[s][to] > m_sharedUsers[s][from])
                bytes += m_problem->sharedWeights[s].bytes.value;
        visit(to, bytes);
    }
}

std::vector<LayerId> CutSpace::layers(std::size_t from, std::size_t to) const
{
    Bits between = m_inside[to];
    between.subtract(m_inside[from]);
    std::vector<LayerId> result;
    between.each([&](std::size_t layer) { result.emplace_back(layer); });
    return result;
}

} // namespace millrace::plan
