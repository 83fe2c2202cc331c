// SPDX-License-Identifier: GPL-3.0-or-later
#include "BruteForce.h"

#include <algorithm>
#include <cmath>

namespace millrace::test
{
namespace
{

using plan::Problem;
using Set = unsigned; ///< of layers or devices

class Search
{
public:
    explicit Search(const Problem& problem)
        : m_problem(problem), m_all((1U << problem.layers.size()) - 1)
    {
        for (Set set = 0; set <= m_all; ++set)
            if (isDownClosed(set))
                m_cuts.push_back(set);
    }

    std::optional<double> run()
    {
        place(0, 0, -1, 0, 0, 0);
        return std::isfinite(m_best) ? std::optional(m_best) : std::nullopt;
    }

private:
    bool isDownClosed(Set set) const
    {
        for (const auto& tensor : m_problem.tensors)
            for (const LayerId consumer : tensor.consumers)
                if (tensor.producer && (set >> consumer.value & 1U) != 0 &&
                    (set >> tensor.producer->value & 1U) == 0)
                    return false;
        return true;
    }
    double payload(Set inside) const
    {
        double bytes = 0;
        for (const auto& tensor : m_problem.tensors) {
            const bool made = !tensor.producer || (inside >> tensor.producer->value & 1U) != 0;
            bool needed = tensor.isOutput;
            for (const LayerId consumer : tensor.consumers)
                needed = needed || (inside >> consumer.value & 1U) == 0;
            bytes += made && needed ? static_cast<double>(tensor.bytes.value) : 0;
        }
        return bytes;
    }
    double hop(int from, int to, Set cut) const
    {
        if (from < 0 || to < 0 || from == to)
            return 0;
        const DeviceId a(from);
        const DeviceId b(to);
        if (m_problem.bandwidth.at(a, b).value <= 0)
            return HUGE_VAL;
        double seconds = 8 * payload(cut) / m_problem.bandwidth.at(a, b).value +
                         m_problem.occupancy.at(a, b).value;
        if (m_problem.overlap == plan::Overlap::No)
            seconds += m_problem.delay.at(a, b).value;
        return seconds;
    }
    /// Compute seconds of a stage, infinite when a rule forbids it.
    double stage(int device, Set from, Set to) const
    {
        const plan::Device& on = m_problem.devices[static_cast<std::size_t>(device)];
        const plan::MemoryModel& model = m_problem.memoryModel;
        double seconds = 0;
        std::int64_t memory = model.fixed.value;
        std::int64_t activation = 0;
        const Set layers = to & ~from;
        for (std::size_t i = 0; i < m_problem.layers.size(); ++i) {
            if ((layers >> i & 1U) == 0)
                continue;
            const plan::Layer& layer = m_problem.layers[i];
            if (layer.seconds.count(on.className) == 0)
                return HUGE_VAL;
            seconds += layer.seconds.at(on.className).value;
            memory += layer.weightBytes.value;
            activation = std::max(activation, layer.activationBytes.value);
        }
        for (const plan::SharedWeight& shared : m_problem.sharedWeights) {
            bool used = false;
            for (const LayerId layer : shared.layers)
                used = used || (layers >> layer.value & 1U) != 0;
            memory += used ? shared.bytes.value : 0;
        }
        memory += activation +
                  static_cast<std::int64_t>(std::ceil(model.inCopies * payload(from))) +
                  static_cast<std::int64_t>(std::ceil(model.outCopies * payload(to)));
        if (memory > on.memory.value)
            return HUGE_VAL;
        for (const plan::Pin& pin : m_problem.pins)
            if ((layers >> pin.layer.value & 1U) != 0 && pin.device.value != device)
                return HUGE_VAL;
        return seconds;
    }
    /// `done`: layers placed; `cost`: receive + compute of the last stage, when nothing overlaps;
    /// `worst`: so far.
    void place(Set done, Set used, int last, double cost, double worst, int stages)
    {
        if (worst >= m_best)
            return;
        const bool overlap = m_problem.overlap == plan::Overlap::Yes;
        if (done == m_all && stages > 0) {
            const double send = hop(last, m_problem.sink ? m_problem.sink->value : -1, done);
            const double final = std::max(worst, overlap ? send : cost + send);
            const bool allowed = stages >= m_problem.stages.min &&
                                 (!m_problem.stages.max || stages <= *m_problem.stages.max);
            if (allowed)
                m_best = std::min(m_best, final);
            return;
        }
        const int sender = stages == 0 ? (m_problem.source ? m_problem.source->value : -1) : last;
        for (int d = 0; d < static_cast<int>(m_problem.devices.size()); ++d) {
            if ((used >> d & 1U) != 0 || !m_problem.devices[static_cast<std::size_t>(d)].enabled)
                continue;
            const double receive = hop(sender, d, done);
            for (const Set next : m_cuts) {
                if (next == done || (next & done) != done)
                    continue;
                const double compute = stage(d, done, next);
                double now = worst;
                if (overlap)
                    now = std::max({now, receive, compute});
                else if (stages > 0)
                    now = std::max(now, cost + receive);
                place(next, used | 1U << d, d, receive + compute, now, stages + 1);
            }
        }
    }

    const Problem& m_problem;
    Set m_all;
    std::vector<Set> m_cuts;
    double m_best = HUGE_VAL;
};

} // namespace

std::optional<double> bruteForce(const Problem& problem)
{
    return Search(problem).run();
}

} // namespace millrace::test
