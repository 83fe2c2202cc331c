// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/Checking.h"
#include "plan/RulesAnew.h"

#include <algorithm>

namespace millrace::plan
{
namespace
{

class Figures
{
public:
    explicit Figures(Checking& checking) : m_checking(checking) {}

    void run()
    {
        checkHops();
        checkStages();
        checkTotals();
    }

private:
    /// Bytes over hop k: made before it (or fed) and needed after it (or given out).
    [[nodiscard]] std::int64_t hopBytes(int hop) const
    {
        std::int64_t bytes = 0;
        const int last = static_cast<int>(m_checking.chain.stages.size());
        for (const auto& tensor : m_checking.problem.tensors) {
            const int made = tensor.producer ? m_checking.stageOf(*tensor.producer) : -1;
            int needed = tensor.isOutput ? last : -1;
            for (const LayerId consumer : tensor.consumers)
                needed = std::max(needed, m_checking.stageOf(consumer));
            if (made < hop && needed >= hop)
                bytes += tensor.bytes.value;
        }
        return bytes;
    }

    void checkHops()
    {
        const std::size_t last = m_checking.chain.stages.size();
        if (m_checking.chain.hops.size() != last + 1) {
            m_checking.differ("there are {} hops, {} stages need {}", m_checking.chain.hops.size(),
                              last, last + 1);
            return;
        }
        for (std::size_t k = 0; k <= last; ++k) {
            const auto from = k == 0 ? m_checking.problem.source
                                     : std::optional(m_checking.chain.stages[k - 1].device);
            const auto to = k == last ? m_checking.problem.sink
                                      : std::optional(m_checking.chain.stages[k].device);
            const Hop& hop = m_checking.chain.hops[k];
            expectEnd(fmt::format("hop {}: from", k), hop.from, from);
            expectEnd(fmt::format("hop {}: to", k), hop.to, to);
            const std::int64_t bytes = hopBytes(static_cast<int>(k));
            m_checking.expect(fmt::format("hop {}: bytes", k), static_cast<double>(hop.bytes.value),
                              static_cast<double>(bytes));
            m_hopSeconds.push_back(linkSeconds(m_checking.problem, from, to, bytes));
            m_hopDelay.push_back(linkDelay(m_checking.problem, from, to));
            if (!std::isfinite(m_hopSeconds.back()))
                m_checking.differ("hop {}: there is no link from {} to {}", k,
                                  m_checking.deviceName(*from), m_checking.deviceName(*to));
            m_checking.expect(fmt::format("hop {}: seconds", k), hop.seconds.value,
                              m_hopSeconds.back());
        }
    }
    void expectEnd(const std::string& what, std::optional<DeviceId> given,
                   std::optional<DeviceId> right)
    {
        const auto text = [this](std::optional<DeviceId> end) -> std::string {
            if (!end)
                return "null";
            const bool known = end->value >= 0 && static_cast<std::size_t>(end->value) <
                                                      m_checking.problem.devices.size();
            return known ? m_checking.deviceName(*end) : "a device that does not exist";
        };
        if (given != right)
            m_checking.differ("{} is {}, {} by the problem", what, text(given), text(right));
    }

    void checkStages()
    {
        for (std::size_t k = 0; k < m_checking.chain.stages.size(); ++k) {
            const Stage& stage = m_checking.chain.stages[k];
            const Device& device =
                m_checking.problem.devices[static_cast<std::size_t>(stage.device.value)];
            double seconds = 0;
            std::int64_t memory = m_checking.problem.memoryModel.fixed.value;
            std::int64_t activation = 0;
            for (const LayerId id : stage.layers) {
                const Layer& layer = m_checking.problem.layers[static_cast<std::size_t>(id.value)];
                memory += layer.weightBytes.value;
                activation = std::max(activation, layer.activationBytes.value);
                if (const auto time = layer.seconds.find(device.className);
                    time != layer.seconds.end())
                    seconds += time->second.value;
                else
                    m_checking.differ("{}: class {} cannot run layer {}", m_checking.stageName(k),
                                      device.className, layer.name);
            }
            for (const SharedWeight& shared : m_checking.problem.sharedWeights)
                for (const LayerId layer : shared.layers)
                    if (m_checking.stageOf(layer) == static_cast<int>(k)) {
                        memory += shared.bytes.value;
                        break;
                    }
            memory += activation;
            memory +=
                roundedUp(m_checking.problem.memoryModel.inCopies, hopBytes(static_cast<int>(k)));
            memory += roundedUp(m_checking.problem.memoryModel.outCopies,
                                hopBytes(static_cast<int>(k) + 1));
            m_checking.expect(m_checking.stageName(k) + ": compute_s", stage.compute.value,
                              seconds);
            m_checking.expect(m_checking.stageName(k) + ": memory_bytes",
                              static_cast<double>(stage.memory.value), static_cast<double>(memory));
            if (memory > device.memory.value)
                m_checking.differ("{} needs {} bytes, the device has {}", m_checking.stageName(k),
                                  memory, device.memory.value);
            m_stageSeconds.push_back(seconds);
        }
    }
    /// What one stage or hop adds to the choice of the bottleneck.
    [[nodiscard]] double cost(BottleneckKind kind, std::size_t index) const
    {
        switch (kind) {
        case BottleneckKind::Compute:
            return m_stageSeconds[index];
        case BottleneckKind::Transfer:
            return m_hopSeconds[index];
        case BottleneckKind::Stage:
            return m_hopSeconds[index] + m_hopDelay[index] + m_stageSeconds[index] +
                   m_hopSeconds[index + 1] + m_hopDelay[index + 1];
        }
        return 0;
    }

    void checkTotals()
    {
        if (m_hopSeconds.size() != m_stageSeconds.size() + 1)
            return;
        double worst = 0;
        double endToEnd = 0;
        const bool overlap = m_checking.problem.overlap == Overlap::Yes;
        for (std::size_t k = 0; k < m_stageSeconds.size(); ++k) {
            endToEnd += m_stageSeconds[k];
            worst =
                std::max(worst, cost(overlap ? BottleneckKind::Compute : BottleneckKind::Stage, k));
        }
        for (std::size_t k = 0; k < m_hopSeconds.size(); ++k) {
            endToEnd += m_hopSeconds[k] + m_hopDelay[k];
            if (overlap)
                worst = std::max(worst, m_hopSeconds[k]);
        }
        m_checking.expect("bottleneck_s", m_checking.plan.bottleneckTime.value, worst);
        m_checking.expect("end_to_end_s", m_checking.chain.endToEnd.value, endToEnd);
        checkBottleneckRow(worst, overlap);
    }
    void checkBottleneckRow(double worst, bool overlap)
    {
        const auto [kind, index] = m_checking.chain.bottleneck;
        const std::size_t rows =
            kind == BottleneckKind::Transfer ? m_hopSeconds.size() : m_stageSeconds.size();
        const bool fitting = overlap == (kind != BottleneckKind::Stage);
        if (!fitting || index < 0 || static_cast<std::size_t>(index) >= rows ||
            !m_checking.same(cost(kind, static_cast<std::size_t>(index)), worst))
            m_checking.differ("bottleneck does not name the slowest stage or hop");
    }

    Checking& m_checking;
    std::vector<double> m_stageSeconds, m_hopSeconds, m_hopDelay;
};

} // namespace

void checkFigures(Checking& checking)
{
    Figures(checking).run();
}

} // namespace millrace::plan
