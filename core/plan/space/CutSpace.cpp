// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/space/CutSpace.h"

#include "graph/Graph.h"
#include "plan/space/CutEnumeration.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace millrace::plan
{
namespace
{

/// Cuts times devices: a search keeps some 20 bytes for each.
constexpr std::size_t kMaxStates = 6000000;

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
    const std::size_t limit =
        std::min(kMaxConvexCuts, kMaxStates / std::max<std::size_t>(1, problem.devices.size()));
    auto sets = cutsUpTo(problem, most, limit, stopped);
    if (!sets)
        return std::nullopt;
    CutSpace space(problem);
    space.m_isChain = false;
    for (LayerSet& set : *sets) {
        space.m_inside.push_back(std::move(set.inside));
        space.m_payload.push_back(set.payload);
    }
    space.fillSteps();
    const std::vector<double> work = space.sums([&problem](LayerId layer) {
        double seconds = 0;
        for (const auto& [name, time] : problem.layers[layer.index()].seconds)
            seconds += time.value;
        return seconds;
    });
    std::vector<std::size_t> rising(space.size());
    std::iota(rising.begin(), rising.end(), std::size_t{0});
    std::sort(rising.begin(), rising.end(), [&](std::size_t a, std::size_t b) {
        return std::tie(work[a], space.m_counts[a], space.m_inside[a]) <
               std::tie(work[b], space.m_counts[b], space.m_inside[b]);
    });
    CutSpace sorted(problem);
    sorted.m_isChain = false;
    for (const std::size_t cut : rising) {
        sorted.m_inside.push_back(std::move(space.m_inside[cut]));
        sorted.m_payload.push_back(space.m_payload[cut]);
    }
    sorted.finish();
    return sorted;
}

/// Sorted as texts, so that neighbours begin alike.
void CutSpace::fillSteps()
{
    for (const Bits& inside : m_inside)
        m_counts.push_back(inside.count());
    m_order.resize(size());
    std::iota(m_order.begin(), m_order.end(), std::size_t{0});
    m_kept.assign(size(), 0);
    if (m_isChain) {
        for (std::size_t cut = 1; cut < size(); ++cut)
            m_kept[cut] = m_kept[cut - 1] + m_added[cut - 1].size();
        return;
    }
    std::sort(m_order.begin(), m_order.end(), [this](std::size_t a, std::size_t b) {
        const std::size_t differs = m_inside[a].firstDifference(m_inside[b]);
        return differs < m_problem->layers.size() && m_inside[b].test(differs);
    });
    m_added.resize(size());
    const Bits none(m_problem->layers.size());
    const Bits* before = &none;
    for (const std::size_t cut : m_order) {
        const std::size_t differs = before->firstDifference(m_inside[cut]);
        m_kept[cut] = m_inside[cut].countBelow(differs);
        m_inside[cut].eachFrom(differs,
                               [&](std::size_t layer) { m_added[cut].emplace_back(layer); });
        before = &m_inside[cut];
    }
}

void CutSpace::finish()
{
    const Problem& problem = *m_problem;
    fillSteps();
    for (const double bytes : sums([&problem](LayerId layer) {
             return static_cast<double>(problem.layers[layer.index()].weightBytes.value);
         }))
        m_weights.push_back(static_cast<std::int64_t>(bytes));
    for (const Bytes bytes : m_payload) {
        m_received.push_back(copies(problem.memoryModel.inCopies, bytes));
        m_sent.push_back(copies(problem.memoryModel.outCopies, bytes));
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
    fillRanks();
    fillBorders();
    fillGrowths();
    for (std::size_t cut = 0; cut < size(); ++cut)
        m_leastOnwards.push_back(m_weights[cut] + m_sent[cut]);
    for (std::size_t cut = size() - 1; cut-- > 0;)
        m_leastOnwards[cut] = std::min(m_leastOnwards[cut], m_leastOnwards[cut + 1]);
}

void CutSpace::eachStage(
    std::size_t from, const std::function<void(std::size_t to, std::int64_t memory)>& visit) const
{
    const std::int64_t common =
        m_problem->memoryModel.fixed.value - m_weights[from] + m_received[from];
    std::int64_t activation = 0;
    for (std::size_t to = from + 1; to < size(); ++to) {
        activation = std::max(activation, largestActivation(*m_problem, m_added[to]));
        std::int64_t bytes = common + m_weights[to] + activation + m_sent[to];
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
