// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/CutSpace.h"

#include "graph/Graph.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace millrace::plan
{
namespace
{

struct Neighbours {
    explicit Neighbours(const Problem& problem)
        : before(problem.layers.size(), Bits(problem.layers.size())), after(problem.layers.size())
    {
        for (const graph::DataflowTensor& tensor : problem.tensors)
            for (const LayerId consumer : tensor.consumers)
                if (tensor.producer && !before[consumer.index()].test(tensor.producer->index())) {
                    before[consumer.index()].set(tensor.producer->index());
                    after[tensor.producer->index()].push_back(consumer);
                }
    }
    std::vector<Bits> before;
    std::vector<std::vector<LayerId>> after;
};

std::int64_t copies(double count, Bytes payload)
{
    return static_cast<std::int64_t>(std::ceil(count * static_cast<double>(payload.value)));
}

std::vector<bool> flags(const Bits& inside, std::size_t count)
{
    std::vector<bool> result(count, false);
    inside.each([&](std::size_t i) { result[i] = true; });
    return result;
}

/// Of the linear order with the smaller payloads on average: the file's own or a compact one.
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

} // namespace

CutSpace::CutSpace(const Problem& problem, const std::function<bool()>& stopped)
{
    if (!enumerateConvex(problem, stopped))
        useLinearOrder(problem);
    for (const Bits& inside : m_inside)
        m_payload.push_back(graph::payload(flags(inside, problem.layers.size()), problem.tensors));
    fillAbove();
    fillMemory(problem, stopped);
}

/// Breadth first by the number of layers inside, each cut once; false when there are too many.
bool CutSpace::enumerateConvex(const Problem& problem, const std::function<bool()>& stopped)
{
    const std::size_t count = problem.layers.size();
    if (count >= kMaxConvexCuts || stopped())
        return false;
    const Neighbours neighbours(problem);
    m_inside = {Bits(count)};
    m_covers = {{}};
    std::map<Bits, std::size_t> index = {{m_inside.front(), 0}};
    std::vector<Bits> ready = {Bits(count)};
    for (std::size_t layer = 0; layer < count; ++layer)
        if (!neighbours.before[layer].any())
            ready.front().set(layer);
    for (std::size_t cut = 0; cut < m_inside.size(); ++cut) {
        bool tooMany = false;
        const Bits readyHere = ready[cut];
        readyHere.each([&](std::size_t layer) {
            if (tooMany)
                return;
            Bits larger = m_inside[cut];
            larger.set(layer);
            const auto [at, isNew] = index.try_emplace(larger, m_inside.size());
            if (isNew) {
                tooMany = m_inside.size() == kMaxConvexCuts;
                Bits readyThere = readyHere;
                readyThere.reset(layer);
                for (const LayerId next : neighbours.after[layer])
                    if (larger.contains(neighbours.before[next.index()]))
                        readyThere.set(next.index());
                m_inside.push_back(std::move(larger));
                m_covers.emplace_back();
                ready.push_back(std::move(readyThere));
            }
            m_covers[at->second].push_back({cut, {LayerId(layer)}});
        });
        if (tooMany || (cut % 64 == 0 && stopped()))
            return false;
    }
    return true;
}

/// Every cut of the order, or of a very long one the cuts with the smallest payload of each window.
void CutSpace::useLinearOrder(const Problem& problem)
{
    m_kind = SearchSpace::Linear;
    m_inside.clear();
    m_covers.clear();
    const std::vector<LayerId> order = linearOrder(problem);
    const std::vector<Bytes> payloads = graph::linearPayloads(order, problem.tensors);
    const std::size_t window = (order.size() + kMaxLinearCuts - 1) / kMaxLinearCuts;
    Bits inside(order.size());
    m_inside.push_back(inside);
    m_covers.emplace_back();
    std::size_t done = 0;
    while (done < order.size()) {
        const std::size_t end = std::min(order.size(), done + window);
        std::size_t best = end;
        for (std::size_t k = done + 1; k < end && end < order.size(); ++k)
            if (payloads[k] < payloads[best])
                best = k;
        Cover cover{m_inside.size() - 1, {}};
        for (; done < best; ++done) {
            inside.set(order[done].index());
            cover.added.push_back(order[done]);
        }
        m_inside.push_back(inside);
        m_covers.push_back({std::move(cover)});
    }
}

void CutSpace::fillAbove()
{
    const std::size_t count = m_inside.size();
    m_above.assign(count, Bits(count));
    std::vector<std::vector<std::size_t>> upper(count);
    for (std::size_t cut = 0; cut < count; ++cut)
        for (const Cover& cover : m_covers[cut])
            upper[cover.lower].push_back(cut);
    for (std::size_t cut = count; cut-- > 0;)
        for (const std::size_t higher : upper[cut]) {
            m_above[cut].set(higher);
            m_above[cut] |= m_above[higher];
        }
}

void CutSpace::fillMemory(const Problem& problem, const std::function<bool()>& stopped)
{
    const std::size_t count = m_inside.size();
    const MemoryModel& model = problem.memoryModel;
    std::vector<std::int64_t> weights(count, 0);
    for (std::size_t cut = 1; cut < count; ++cut) {
        const Cover& cover = m_covers[cut].front();
        weights[cut] = weights[cover.lower];
        for (const LayerId layer : cover.added)
            weights[cut] += problem.layers[layer.index()].weightBytes.value;
    }
    std::vector<std::vector<double>> sharedUsers;
    for (const SharedWeight& shared : problem.sharedWeights) {
        std::vector<bool> uses(problem.layers.size(), false);
        for (const LayerId layer : shared.layers)
            uses[layer.index()] = true;
        sharedUsers.push_back(sums([&](LayerId layer) { return uses[layer.index()] ? 1.0 : 0.0; }));
    }
    m_memory.assign(count * count, 0);
    std::vector<std::int64_t> activation(count);
    for (std::size_t from = 0; from < count && !stopped(); ++from) {
        activation[from] = 0;
        m_above[from].each([&](std::size_t to) {
            // Some cut right below `to` still holds `from`: what it lacks are the last layers of
            // the stage.
            const auto cover =
                std::find_if(m_covers[to].begin(), m_covers[to].end(), [&](const Cover& candidate) {
                    return candidate.lower == from || m_above[from].test(candidate.lower);
                });
            activation[to] = activation[cover->lower];
            for (const LayerId layer : cover->added)
                activation[to] =
                    std::max(activation[to], problem.layers[layer.index()].activationBytes.value);
            std::int64_t bytes = model.fixed.value + weights[to] - weights[from] + activation[to] +
                                 copies(model.inCopies, m_payload[from]) +
                                 copies(model.outCopies, m_payload[to]);
            for (std::size_t s = 0; s < sharedUsers.size(); ++s)
                if (sharedUsers[s][to] > sharedUsers[s][from])
                    bytes += problem.sharedWeights[s].bytes.value;
            m_memory[from * count + to] = bytes;
        });
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

std::optional<std::size_t> CutSpace::find(const std::vector<bool>& inside) const
{
    Bits wanted(inside.size());
    for (std::size_t i = 0; i < inside.size(); ++i)
        if (inside[i])
            wanted.set(i);
    const auto found = std::find(m_inside.begin(), m_inside.end(), wanted);
    if (found == m_inside.end())
        return std::nullopt;
    return static_cast<std::size_t>(found - m_inside.begin());
}

} // namespace millrace::plan
