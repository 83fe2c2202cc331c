// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/CutEnumeration.h"

#include <algorithm>

namespace millrace::plan
{
namespace
{

/// Each ready layer is taken in or left out for good. What a layer left out needs crosses the cut
/// and is paid at once, and so is an output once it is made: branches beyond the limit end early.
class Enumeration
{
public:
    Enumeration(const Problem& problem, double most, std::size_t limit,
                const std::function<bool()>& stopped)
        : m_tensors(problem.tensors), m_most(most), m_limit(limit), m_stopped(stopped),
          m_layers(problem.layers.size()), m_inside(m_layers), m_inputs(m_layers),
          m_outputs(m_layers), m_after(m_layers), m_missing(m_layers, 0),
          m_reasons(m_tensors.size(), 0)
    {
        for (std::size_t t = 0; t < m_tensors.size(); ++t) {
            const graph::DataflowTensor& tensor = m_tensors[t];
            if (tensor.producer && tensor.isOutput)
                m_outputs[tensor.producer->index()].push_back(t);
            for (const LayerId consumer : tensor.consumers) {
                m_inputs[consumer.index()].push_back(t);
                if (!tensor.producer)
                    continue;
                m_after[tensor.producer->index()].push_back(consumer.index());
                ++m_missing[consumer.index()];
            }
        }
    }

    std::optional<std::vector<Bits>> run()
    {
        for (std::size_t layer = m_layers; layer-- > 0;)
            if (m_missing[layer] == 0)
                m_ready.push_back(layer);
        Bits all(m_layers);
        for (std::size_t layer = 0; layer < m_layers; ++layer)
            all.set(layer);
        m_found = {Bits(m_layers), all};
        explore();
        if (m_gaveUp)
            return std::nullopt;
        std::sort(m_found.begin(), m_found.end(), [](const Bits& a, const Bits& b) {
            return a.count() != b.count() ? a.count() < b.count() : a < b;
        });
        return std::move(m_found);
    }

private:
    /// All sets that hold what is inside, and of the ready layers any; leaves all as it was.
    void explore()
    {
        const std::vector<std::size_t> ready = m_ready;
        const double paid = m_paid;
        std::vector<std::size_t> taken;
        // Taking in is a loop, so that the depth is only that of the layers left out.
        while (!m_gaveUp && m_paid <= m_most) {
            if (m_ready.empty()) {
                keep();
                break;
            }
            const std::size_t layer = m_ready.back();
            m_ready.pop_back();
            const double before = m_paid;
            pay(m_inputs[layer]);
            explore();
            refund(m_inputs[layer]);
            m_paid = before;
            take(layer);
            taken.push_back(layer);
        }
        for (const std::size_t layer : taken) {
            m_inside.reset(layer);
            refund(m_outputs[layer]);
            for (const std::size_t next : m_after[layer])
                ++m_missing[next];
        }
        m_ready = ready;
        m_paid = paid;
    }
    void take(std::size_t layer)
    {
        m_inside.set(layer);
        pay(m_outputs[layer]);
        for (const std::size_t next : m_after[layer])
            if (--m_missing[next] == 0)
                m_ready.push_back(next);
    }
    void pay(const std::vector<std::size_t>& tensors)
    {
        for (const std::size_t t : tensors)
            if (m_reasons[t]++ == 0)
                m_paid += static_cast<double>(m_tensors[t].bytes.value);
    }
    void refund(const std::vector<std::size_t>& tensors)
    {
        for (const std::size_t t : tensors)
            --m_reasons[t];
    }

    void keep()
    {
        if (++m_leaves % 64 == 0 && (m_stopped() || m_leaves > 8 * m_limit))
            m_gaveUp = true;
        const std::size_t size = m_inside.count();
        if (size == 0 || size == m_layers || payload() > m_most)
            return;
        m_found.push_back(m_inside);
        m_gaveUp = m_gaveUp || m_found.size() > m_limit;
    }
    /// Also of tensors whose consumers are out only because something else they need is.
    [[nodiscard]] double payload() const
    {
        double bytes = 0;
        for (const graph::DataflowTensor& tensor : m_tensors) {
            if (tensor.producer && !m_inside.test(tensor.producer->index()))
                continue;
            if (tensor.isOutput ||
                std::any_of(tensor.consumers.begin(), tensor.consumers.end(),
                            [this](LayerId consumer) { return !m_inside.test(consumer.index()); }))
                bytes += static_cast<double>(tensor.bytes.value);
        }
        return bytes;
    }

    const std::vector<graph::DataflowTensor>& m_tensors;
    double m_most;
    std::size_t m_limit;
    const std::function<bool()>& m_stopped;
    std::size_t m_layers;
    Bits m_inside;
    std::vector<std::vector<std::size_t>> m_inputs, m_outputs; ///< tensors of a layer
    std::vector<std::vector<std::size_t>> m_after;
    std::vector<int> m_missing; ///< inputs of a layer that are not made yet
    std::vector<int> m_reasons; ///< why a tensor crosses: layers left out, or an output
    std::vector<std::size_t> m_ready;
    double m_paid = 0;
    std::size_t m_leaves = 0;
    bool m_gaveUp = false;
    std::vector<Bits> m_found;
};

} // namespace

std::optional<std::vector<Bits>> cutsUpTo(const Problem& problem, double most, std::size_t limit,
                                          const std::function<bool()>& stopped)
{
    return Enumeration(problem, most, limit, stopped).run();
}

} // namespace millrace::plan
