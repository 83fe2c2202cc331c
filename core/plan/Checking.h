// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/Plan.h"

#include <cmath>

namespace millrace::plan
{

/// What the checker's parts share: the plan in question, where its layers are, and what was found
/// wrong with it.
class Checking
{
public:
    /// They must outlive it.
    Checking(const Problem& ofProblem, const Solution& solution)
        : problem(ofProblem), plan(solution),
          chain(solution.pipelines.empty() ? Pipeline{} : solution.pipelines.front())
    {
    }

    template <class... Args>
    void differ(fmt::format_string<Args...> format, Args&&... args)
    {
        differences.push_back(fmt::format(format, std::forward<Args>(args)...));
    }
    [[nodiscard]] static bool same(double a, double b)
    {
        return a == b || std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
    }
    void expect(const std::string& what, double given, double computed)
    {
        if (!same(given, computed))
            differ("{} is {}, {} by the problem", what, given, computed);
    }
    [[nodiscard]] const std::string& deviceName(DeviceId id) const
    {
        return problem.devices[static_cast<std::size_t>(id.value)].name;
    }
    [[nodiscard]] std::string stageName(std::size_t k) const
    {
        return fmt::format("stage {} ({})", k + 1, deviceName(chain.stages[k].device));
    }
    [[nodiscard]] int stageOf(LayerId layer) const
    {
        return stageOfLayer[static_cast<std::size_t>(layer.value)];
    }

    const Problem& problem;
    const Solution& plan;
    const Pipeline chain;
    std::vector<int> stageOfLayer; ///< filled by checkLayers()
    std::vector<std::string> differences;
};

/// Every layer in exactly one stage, no stage empty, nothing needed before it is made. When false,
/// it is no plan and nothing else may be asked about it.
[[nodiscard]] bool checkLayers(Checking& checking);
/// Each used once and enabled; limits on stages; pins.
void checkDevices(Checking& checking);
/// Every figure of the stages and hops, the bottleneck and the time end to end.
void checkFigures(Checking& checking);

} // namespace millrace::plan
