// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/space/CutEnumeration.h"

#include <algorithm>

namespace millrace::plan
{
namespace
{

/// With more, who needs whom is a table too large.
constexpr std::size_t kMostLayers = 16384;

/// Each ready layer is taken in or left out for good, and with it all that need it. What these need
/// from elsewhere crosses the cut and is paid at once, and so is an output once it is made: what is
/// paid never falls, and is the payload in the end.
class Enumeration
{
public:
    Enumeration(const Problem& problem, double most, std::size_t limit,
                const std::function<bool()>& stopped)
        : m_problem(problem), m_most(most), m_limit(limit), m_stopped(stopped),
          m_layers(problem.layers.size()), m_inside(m_layers), m_made(m_layers), m_barred(m_layers),
          m_after(m_layers), m_missing(m_layers, 0), m_reasons(problem.tensors.size(), 0),
          m_isMade(problem.tensors.size(), false)
    {
        for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
            const graph::DataflowTensor& tensor = problem.tensors[t];
            m_reasons[t] = tensor.isOutput ? 1 : 0;
            m_isMade[t] = !tensor.producer;
            if (!tensor.producer)
                m_paid += tensor.isOutput ? tensor.bytes.value : 0;
            else
                m_made[tensor.producer->index()].push_back(t);
            for (const LayerId consumer : tensor.consumers) {
                m_barred[consumer.index()].push_back(t);
                if (!tensor.producer)
                    continue;
                m_after[tensor.producer->index()].push_back(consumer.index());
                ++m_missing[consumer.index()];
            }
        }
        fillBarred();
    }

    std::optional<std::vector<LayerSet>> run()
    {
        for (std::size_t layer = m_layers; layer-- > 0;)
            if (m_missing[layer] == 0)
                m_ready.push_back(layer);
        for (const bool isFull : {false, true}) {
            LayerSet set{Bits(m_layers), {}};
            for (std::size_t layer = 0; layer < m_layers && isFull; ++layer)
                set.inside.set(layer);
            set.payload = graph::payload(std::vector<bool>(m_layers, isFull), m_problem.tensors);
            m_found.push_back(std::move(set));
        }
        explore();
        if (m_gaveUp)
            return std::nullopt;
        return std::move(m_found);
    }

private:
    /// By layer: the tensors from elsewhere that it or any layer that needs it takes.
    void fillBarred()
    {
        std::vector<Bits> onwards(m_layers, Bits(m_layers));
        for (std::size_t layer = m_layers; layer-- > 0;) {
            std::vector<std::size_t>& barred = m_barred[layer];
            onwards[layer].set(layer);
            for (const std::size_t next : m_after[layer]) {
                onwards[layer] |= onwards[next];
                barred.insert(barred.end(), m_barred[next].begin(), m_barred[next].end());
            }
            std::sort(barred.begin(), barred.end());
            barred.erase(std::unique(barred.begin(), barred.end()), barred.end());
            std::erase_if(barred, [&](std::size_t t) {
                const auto& producer = m_problem.tensors[t].producer;
                return producer && onwards[layer].test(producer->index());
            });
        }
    }

    /// All sets that hold what is inside, and of the ready layers any; leaves all as it was.
    void explore()
    {
        if (++m_steps % 64 == 0 && (m_stopped() || m_steps > 64 * m_limit))
            m_gaveUp = true;
        const std::vector<std::size_t> ready = m_ready;
        const std::int64_t paid = m_paid;
        std::vector<std::size_t> taken;
        // Taking in is a loop, so that the depth is only that of the layers left out.
        while (!m_gaveUp && static_cast<double>(m_paid) <= m_most) {
            if (m_ready.empty()) {
                keep();
                break;
            }
            const std::size_t layer = m_ready.back();
            m_ready.pop_back();
            const std::int64_t before = m_paid;
            for (const std::size_t t : m_barred[layer])
                if (m_reasons[t]++ == 0 && m_isMade[t])
                    m_paid += m_problem.tensors[t].bytes.value;
            explore();
            for (const std::size_t t : m_barred[layer])
                --m_reasons[t];
            m_paid = before;
            take(layer);
            taken.push_back(layer);
        }
        for (const std::size_t layer : taken) {
            m_inside.reset(layer);
            for (const std::size_t t : m_made[layer])
                m_isMade[t] = false;
            for (const std::size_t next : m_after[layer])
                ++m_missing[next];
        }
        m_ready = ready;
        m_paid = paid;
    }
    void take(std::size_t layer)
    {
        m_inside.set(layer);
        for (const std::size_t t : m_made[layer]) {
            m_isMade[t] = true;
            if (m_reasons[t] > 0)
                m_paid += m_problem.tensors[t].bytes.value;
        }
        for (const std::size_t next : m_after[layer])
            if (--m_missing[next] == 0)
                m_ready.push_back(next);
    }
    void keep()
    {
        const std::size_t size = m_inside.count();
        if (size == 0 || size == m_layers)
            return;
        m_found.push_back({m_inside, {m_paid}});
        m_gaveUp = m_gaveUp || m_found.size() > m_limit;
    }

    const Problem& m_problem;
    double m_most;
    std::size_t m_limit;
    const std::function<bool()>& m_stopped;
    std::size_t m_layers;
    Bits m_inside;
    std::vector<std::vector<std::size_t>> m_made, m_barred; ///< tensors of a layer
    std::vector<std::vector<std::size_t>> m_after;
    std::vector<int> m_missing; ///< inputs of a layer that are not made yet
    std::vector<int> m_reasons; ///< why a tensor crosses once it is made
    std::vector<bool> m_isMade;
    std::vector<std::size_t> m_ready;
    std::int64_t m_paid = 0;
    std::size_t m_steps = 0;
    bool m_gaveUp = false;
    std::vector<LayerSet> m_found;
};

} // namespace

std::optional<std::vector<LayerSet>> cutsUpTo(const Problem& problem, double most,
                                              std::size_t limit,
                                              const std::function<bool()>& stopped)
{
    if (problem.layers.size() > kMostLayers)
        return std::nullopt;
    return Enumeration(problem, most, limit, stopped).run();
}

} // namespace millrace::plan
