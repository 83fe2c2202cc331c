// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/search/Ties.h"

#include "plan/search/Tuning.h"
#include "plan/search/WalkRelaxation.h"

#include <algorithm>

namespace millrace::plan
{
namespace
{

using Price = WalkRelaxation::Price;

/// The stage count and, below its unit, the weights moved: one price for both orders them.
class Settling
{
public:
    Settling(const StageSpace& space, Incumbent& incumbent,
             const std::vector<std::optional<DeviceId>>& before)
        : m_space(space), m_incumbent(incumbent),
          m_stopped([this] { return m_incumbent.stopped(); }), m_relaxation(space, m_stopped),
          m_unit((Price{1} << 27) / static_cast<Price>(incumbent.plan()->stageCount() + 1))
    {
        m_prices.device.assign(space.devices.size(), 0);
        m_prices.tooMany = m_unit;
        if (!before.empty())
            fillMoved(before);
    }

    void run()
    {
        m_relaxation.setThreshold(m_incumbent.best() * (1 + kTolerance / 100));
        const StageCount& limits = m_space.problem.stages;
        Price least = costOfBest();
        while (least > 0 && !m_incumbent.stopped()) {
            m_prices.allowance = least - 1 - m_unit * static_cast<Price>(limits.max.value_or(0));
            m_relaxation.run(m_prices);
            if (m_relaxation.isRefuted())
                return trace(Verdict::Refuted);
            LabelOptions options;
            options.width = std::max<std::size_t>(
                2, std::min(tuning::kSettleWork, tuning::kSettleWorkInAll / m_space.cuts.size()) /
                       m_space.devices.size());
            const LabelResult result = labelSearch(m_space, m_relaxation, options, m_stopped);
            m_incumbent.countSteps(result.labels);
            const Price cost = result.verdict == Verdict::Found ? costOf(result.stages) : least;
            const bool isBetter = cost < least;
            if (isBetter)
                m_incumbent.replace(m_space, result.stages);
            trace(result.verdict);
            if (!isBetter)
                return;
            least = cost;
        }
    }

private:
    void trace(Verdict verdict)
    {
        m_incumbent.trace(Phase::Settle, Source::Ties, verdict, m_relaxation.threshold());
    }
    void fillMoved(const std::vector<std::optional<DeviceId>>& before)
    {
        const double whole = std::max(1.0, m_space.weight.back());
        for (const DeviceId device : m_space.devices) {
            const std::vector<double> bytes = m_space.cuts.sums([&](LayerId layer) {
                return before[layer.index()] == device
                           ? 0.0
                           : static_cast<double>(
                                 m_space.problem.layers[layer.index()].weightBytes.value);
            });
            std::vector<Price> scaled;
            for (const double b : bytes)
                scaled.push_back(static_cast<Price>(b / whole * (m_unit - 1)));
            m_prices.moved.push_back(std::move(scaled));
        }
        m_before = &before;
    }
    [[nodiscard]] Price costOf(const std::vector<StagePlace>& stages) const
    {
        Price cost = 0;
        for (const StagePlace& stage : stages)
            cost +=
                m_unit + (m_prices.moved.empty() ? 0
                                                 : m_prices.moved[stage.device][stage.to] -
                                                       m_prices.moved[stage.device][stage.from]);
        return cost;
    }
    /// The best plan may use other cuts than the space has, so it is priced by its layers.
    [[nodiscard]] Price costOfBest() const
    {
        double moved = 0;
        const std::vector<Stage>& stages = m_incumbent.plan()->pipelines.front().stages;
        for (const Stage& stage : stages)
            for (const LayerId layer : stage.layers)
                if (m_before != nullptr && (*m_before)[layer.index()] != stage.device)
                    moved += static_cast<double>(
                        m_space.problem.layers[layer.index()].weightBytes.value);
        const double whole = std::max(1.0, m_space.weight.back());
        return m_unit * static_cast<Price>(stages.size()) +
               static_cast<Price>(moved / whole * (m_unit - 1));
    }

    const StageSpace& m_space;
    Incumbent& m_incumbent;
    std::function<bool()> m_stopped;
    WalkRelaxation m_relaxation;
    Price m_unit;
    WalkRelaxation::Prices m_prices;
    const std::vector<std::optional<DeviceId>>* m_before = nullptr;
};

} // namespace

void settleTies(const StageSpace& space, Incumbent& incumbent,
                const std::vector<std::optional<DeviceId>>& before)
{
    if (incumbent.hasPlan() && !incumbent.stopped())
        Settling(space, incumbent, before).run();
}

} // namespace millrace::plan
