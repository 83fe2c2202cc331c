// SPDX-License-Identifier: GPL-3.0-or-later
// What a CutSpace knows where its cuts are no chain.
#include "plan/space/CutSpace.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <random>
#include <unordered_map>

namespace millrace::plan
{

/// From cut to cut with only the layers that differ: the last ones inside leave, others enter.
template <class Leave, class Enter, class At>
void CutSpace::walk(const Leave& leave, const Enter& enter, const At& at) const
{
    std::vector<LayerId> inside;
    for (const std::size_t cut : m_order) {
        for (; inside.size() > m_kept[cut]; inside.pop_back())
            leave(inside.back().index());
        for (const LayerId layer : m_added[cut]) {
            inside.push_back(layer);
            enter(layer.index());
        }
        at(cut);
    }
}

void CutSpace::fillRanks()
{
    const std::vector<Layer>& layers = m_problem->layers;
    for (std::size_t i = 0; i < layers.size(); ++i)
        m_byActivation.emplace_back(i);
    std::stable_sort(m_byActivation.begin(), m_byActivation.end(), [&](LayerId a, LayerId b) {
        return layers[a.index()].activationBytes > layers[b.index()].activationBytes;
    });
    std::vector<std::size_t> rank(layers.size());
    for (std::size_t i = 0; i < layers.size(); ++i)
        rank[m_byActivation[i].index()] = i;
    Bits ranked(layers.size());
    m_ranked.resize(size());
    walk([&](std::size_t layer) { ranked.reset(rank[layer]); },
         [&](std::size_t layer) { ranked.set(rank[layer]); },
         [&](std::size_t cut) { m_ranked[cut] = ranked; });
}

void CutSpace::fillBorders()
{
    const std::size_t layers = m_problem->layers.size();
    std::vector<std::vector<std::size_t>> before(layers);
    for (const graph::DataflowTensor& tensor : m_problem->tensors)
        for (const LayerId consumer : tensor.consumers)
            if (tensor.producer)
                before[consumer.index()].push_back(tensor.producer->index());
    std::vector<int> needed(layers, 0); // by how many inside
    Bits border(layers);
    m_border.resize(size());
    m_holders.assign(layers, Bits(size()));
    const auto leave = [&](std::size_t layer) {
        border.reset(layer);
        for (const std::size_t producer : before[layer])
            if (--needed[producer] == 0)
                border.set(producer);
    };
    const auto enter = [&](std::size_t layer) {
        border.set(layer);
        for (const std::size_t producer : before[layer])
            if (needed[producer]++ == 0)
                border.reset(producer);
    };
    walk(leave, enter, [&](std::size_t cut) {
        border.each([&](std::size_t layer) { m_border[cut].push_back(layer); });
        m_inside[cut].each([&](std::size_t layer) { m_holders[layer].set(cut); });
    });
}

/// By cut: the layers whose inputs are all inside.
std::vector<std::vector<std::size_t>> CutSpace::readyLayers() const
{
    const std::size_t layers = m_problem->layers.size();
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
    const auto leave = [&](std::size_t layer) {
        ready.set(layer);
        for (const std::size_t next : after[layer])
            if (missing[next]++ == 0)
                ready.reset(next);
    };
    const auto enter = [&](std::size_t layer) {
        ready.reset(layer);
        for (const std::size_t next : after[layer])
            if (--missing[next] == 0)
                ready.set(next);
    };
    std::vector<std::vector<std::size_t>> result(size());
    walk(leave, enter, [&](std::size_t cut) {
        ready.each([&](std::size_t layer) { result[cut].push_back(layer); });
    });
    return result;
}

/// Sets are looked up by the sum of a random number for each layer.
void CutSpace::fillGrowths()
{
    std::mt19937_64 random;
    std::vector<std::uint64_t> keys(m_problem->layers.size());
    std::generate(keys.begin(), keys.end(), std::ref(random));
    std::uint64_t sum = 0;
    std::vector<std::uint64_t> sums(size());
    std::unordered_map<std::uint64_t, std::size_t> cuts;
    walk([&](std::size_t layer) { sum -= keys[layer]; },
         [&](std::size_t layer) { sum += keys[layer]; },
         [&](std::size_t cut) {
             sums[cut] = sum;
             cuts.emplace(sum, cut);
         });
    const auto ready = readyLayers();
    m_growths.resize(size());
    for (std::size_t cut = 0; cut < size(); ++cut)
        for (const std::size_t layer : ready[cut]) {
            const auto grown = cuts.find(sums[cut] + keys[layer]);
            if (grown != cuts.end() && m_payload[grown->second] <= m_payload[cut] &&
                isAbove(grown->second, cut) && isAlone(cut, grown->second, LayerId(layer)))
                m_growths[cut].push_back({LayerId(layer), grown->second});
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

} // namespace millrace::plan
