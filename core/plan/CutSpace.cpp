// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/CutSpace.h"

#include "graph/Graph.h"
#include "plan/CutEnumeration.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>
#include <tuple>
#include <unordered_map>

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

/// From cut to cut in that order, each time only with the layers that differ.
void CutSpace::fillBorders()
{
    const std::size_t layers = m_problem->layers.size();
    std::vector<std::vector<std::size_t>> before(layers);
    for (const graph::DataflowTensor& tensor : m_problem->tensors)
        for (const LayerId consumer : tensor.consumers)
            if (tensor.producer)
                before[consumer.index()].push_back(tensor.producer->index());
    std::vector<std::size_t> rank(layers);
    for (std::size_t i = 0; i < layers; ++i)
        rank[m_byActivation[i].index()] = i;
    std::vector<int> needed(layers, 0);
    std::vector<LayerId> inside;
    Bits border(layers);
    Bits ranked(layers);
    m_ranked.resize(size());
    m_border.resize(size());
    m_holders.assign(layers, Bits(size()));
    for (const std::size_t cut : m_order) {
        for (; inside.size() > m_kept[cut]; inside.pop_back()) {
            const std::size_t layer = inside.back().index();
            border.reset(layer);
            ranked.reset(rank[layer]);
            for (const std::size_t producer : before[layer])
                if (--needed[producer] == 0)
                    border.set(producer);
        }
        for (const LayerId layer : m_added[cut]) {
            inside.push_back(layer);
            border.set(layer.index());
            ranked.set(rank[layer.index()]);
            for (const std::size_t producer : before[layer.index()])
                if (needed[producer]++ == 0)
                    border.reset(producer);
        }
        m_ranked[cut] = ranked;
        border.each([&](std::size_t layer) { m_border[cut].push_back(layer); });
        for (const LayerId layer : inside)
            m_holders[layer.index()].set(cut);
    }
}

/// Sets are looked up by a sum of random numbers, one for each layer.
void CutSpace::fillGrowths()
{
    const std::size_t layers = m_problem->layers.size();
    std::mt19937_64 random;
    std::vector<std::uint64_t> keys(layers);
    std::generate(keys.begin(), keys.end(), std::ref(random));
    std::vector<std::vector<std::size_t>> after(layers);
    std::vector<int> missing(layers, 0);
    for (const graph::DataflowTensor& tensor : m_problem->tensors)
        for (const LayerId consumer : tensor.consumers)
            if (tensor.producer) {
                after[tensor.producer->index()].push_back(consumer.index());
                ++missing[consumer.index()];
            }
    Bits ready(layers);
    for (std::size_t layer = 0; layer < layers; ++layer)
        if (missing[layer] == 0)
            ready.set(layer);
    std::vector<LayerId> inside;
    std::vector<std::uint64_t> sums(1, 0);
    std::unordered_map<std::uint64_t, std::size_t> cuts;
    std::vector<std::vector<std::size_t>> readyAt(size());
    std::vector<std::uint64_t> sumOf(size());
    for (const std::size_t cut : m_order) {
        for (; inside.size() > m_kept[cut]; inside.pop_back(), sums.pop_back()) {
            ready.set(inside.back().index());
            for (const std::size_t next : after[inside.back().index()])
                if (missing[next]++ == 0)
                    ready.reset(next);
        }
        for (const LayerId layer : m_added[cut]) {
            inside.push_back(layer);
            sums.push_back(sums.back() + keys[layer.index()]);
            ready.reset(layer.index());
            for (const std::size_t next : after[layer.index()])
                if (--missing[next] == 0)
                    ready.set(next);
        }
        sumOf[cut] = sums.back();
        cuts.emplace(sums.back(), cut);
        ready.each([&](std::size_t layer) { readyAt[cut].push_back(layer); });
    }
    m_growths.resize(size());
    for (std::size_t cut = 0; cut < size(); ++cut)
        for (const std::size_t layer : readyAt[cut]) {
            const auto grown = cuts.find(sumOf[cut] + keys[layer]);
            if (grown != cuts.end() && m_payload[grown->second] <= m_payload[cut] &&
                isAbove(grown->second, cut) && isAlone(cut, grown->second, LayerId(layer)))
                m_growths[cut].push_back({LayerId(layer), grown->second});
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
    for (std::size_t i = 0; i < problem.layers.size(); ++i)
        m_byActivation.emplace_back(i);
    std::stable_sort(m_byActivation.begin(), m_byActivation.end(), [&](LayerId a, LayerId b) {
        return problem.layers[a.index()].activationBytes >
               problem.layers[b.index()].activationBytes;
    });
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

bool CutSpace::fitsInto(std::int64_t memory, std::size_t from, std::size_t to) const
{
    std::int64_t left = memory - m_problem->memoryModel.fixed.value - m_received[from] -
                        m_sent[to] - (m_weights[to] - m_weights[from]);
    for (std::size_t s = 0; s < m_sharedUsers.size() && left >= 0; ++s)
        if (m_sharedUsers[s][to] > m_sharedUsers[s][from])
            left -= m_problem->sharedWeights[s].bytes.value;
    if (left < 0)
        return false;
    const LayerId largest = m_byActivation[m_ranked[to].firstNotIn(m_ranked[from])];
    return m_problem->layers[largest.index()].activationBytes.value <= left;
}

std::size_t CutSpace::lastInto(std::int64_t memory, std::size_t from) const
{
    const std::int64_t left =
        memory - m_problem->memoryModel.fixed.value - m_received[from] + m_weights[from];
    const auto begin = m_leastOnwards.begin() + static_cast<std::ptrdiff_t>(from);
    const auto end = std::partition_point(begin, m_leastOnwards.end(),
                                          [left](std::int64_t least) { return least <= left; });
    return from + static_cast<std::size_t>(std::max<std::ptrdiff_t>(end - begin, 1) - 1);
}

void CutSpace::above(std::size_t cut, std::size_t upTo, std::vector<std::uint64_t>& words) const
{
    const std::size_t first = cut / 64;
    words.assign(upTo / 64 - first + 1, ~std::uint64_t{0});
    if (!m_isChain)
        for (const std::size_t layer : m_border[cut])
            for (std::size_t w = 0; w < words.size(); ++w)
                words[w] &= m_holders[layer].word(first + w);
    words.front() &= ~std::uint64_t{0} << (cut % 64) << 1;
    words.back() &= ~std::uint64_t{0} >> (63 - upTo % 64);
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
