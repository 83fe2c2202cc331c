// SPDX-License-Identifier: GPL-3.0-or-later
// Everything here is computed from the problem's rules anew, on purpose without the solver's or
// fillFigures()' helpers.
#include "plan/RulesAnew.h"
#include "plan/Solve.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace millrace::plan
{
namespace
{

class Checker
{
public:
    Checker(const Problem& problem, const Solution& plan)
        : m_problem(problem), m_plan(plan),
          m_chain(plan.pipelines.empty() ? Pipeline{} : plan.pipelines.front())
    {
    }

    std::vector<std::string> run()
    {
        if (m_plan.pipelines.size() > 1) // what is not looked at must not pass
            differ("there are {} pipelines, only one can be checked", m_plan.pipelines.size());
        if (m_chain.stages.empty()) {
            checkWithoutStages();
            return m_differences;
        }
        if (!checkLayers())
            return m_differences; // figures of a plan that is no plan mean nothing
        checkDevices();
        checkHops();
        checkStages();
        checkTotals();
        checkBound();
        return m_differences;
    }

private:
    template <class... Args>
    void differ(fmt::format_string<Args...> format, Args&&... args)
    {
        m_differences.push_back(fmt::format(format, std::forward<Args>(args)...));
    }
    static bool same(double a, double b)
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
        return m_problem.devices[static_cast<std::size_t>(id.value)].name;
    }
    [[nodiscard]] std::string stageName(std::size_t k) const
    {
        return fmt::format("stage {} ({})", k + 1, deviceName(m_chain.stages[k].device));
    }

    void checkWithoutStages()
    {
        if (m_plan.status == Status::Optimal || m_plan.status == Status::Feasible)
            differ("status is {}, but there are no stages", name(m_plan.status));
        if (m_plan.status == Status::Infeasible && m_plan.whyInfeasible.empty())
            differ("why_infeasible is empty");
        if (!m_chain.hops.empty())
            differ("there are {} hops, but no stages", m_chain.hops.size());
        const std::optional<double> alone = checkSingleDevice();
        // The published algorithms may find nothing where there is a plan; only the exact one
        // claims.
        const bool claims = m_plan.solver.algorithm == name(Algorithm::Exact);
        if (m_plan.status == Status::Infeasible && claims && alone && mayUseOneDevice())
            differ("status is infeasible, but one device can hold the model alone");
    }
    /// Whether the whole model on one device is a plan like any other.
    [[nodiscard]] bool mayUseOneDevice() const
    {
        return m_problem.stages.min <= 1 && m_problem.pins.empty();
    }

    /// Every layer in exactly one stage, no stage empty, nothing needed before it is made.
    bool checkLayers()
    {
        m_stageOf.assign(m_problem.layers.size(), -1);
        for (std::size_t k = 0; k < m_chain.stages.size(); ++k) {
            const Stage& stage = m_chain.stages[k];
            if (stage.device.value < 0 ||
                static_cast<std::size_t>(stage.device.value) >= m_problem.devices.size()) {
                differ("stage {} runs on a device that does not exist", k + 1);
                return false;
            }
            if (stage.layers.empty())
                differ("{} has no layers", stageName(k));
            if (!std::is_sorted(stage.layers.begin(), stage.layers.end()))
                differ("{}: its layers do not ascend", stageName(k));
            for (const LayerId layer : stage.layers) {
                if (layer.value < 0 ||
                    static_cast<std::size_t>(layer.value) >= m_problem.layers.size()) {
                    differ("{} has layer {}, which does not exist", stageName(k), layer.value);
                    return false;
                }
                int& where = m_stageOf[static_cast<std::size_t>(layer.value)];
                if (where >= 0)
                    differ("layer {} stands in stages {} and {}", layer.value, where + 1, k + 1);
                where = static_cast<int>(k);
            }
        }
        for (std::size_t i = 0; i < m_stageOf.size(); ++i)
            if (m_stageOf[i] < 0)
                differ("layer {} is in no stage", i);
        for (const auto& tensor : m_problem.tensors)
            for (const LayerId consumer : tensor.consumers)
                if (tensor.producer && stageOf(*tensor.producer) > stageOf(consumer))
                    differ("layer {} runs before layer {}, whose result it needs", consumer.value,
                           tensor.producer->value);
        return m_differences.empty();
    }
    [[nodiscard]] int stageOf(LayerId layer) const
    {
        return m_stageOf[static_cast<std::size_t>(layer.value)];
    }

    void checkDevices()
    {
        std::set<std::int32_t> used;
        for (std::size_t k = 0; k < m_chain.stages.size(); ++k) {
            const Stage& stage = m_chain.stages[k];
            if (!used.insert(stage.device.value).second)
                differ("{}: the device has another stage already", stageName(k));
            if (!m_problem.devices[static_cast<std::size_t>(stage.device.value)].enabled)
                differ("{}: the device is disabled", stageName(k));
        }
        const int count = static_cast<int>(m_chain.stages.size());
        if (count < m_problem.stages.min || (m_problem.stages.max && count > *m_problem.stages.max))
            differ("{} stages, the problem allows {} to {}", count, m_problem.stages.min,
                   m_problem.stages.max ? std::to_string(*m_problem.stages.max) : "any number");
        for (const Pin& pin : m_problem.pins)
            if (m_chain.stages[static_cast<std::size_t>(stageOf(pin.layer))].device != pin.device)
                differ(
                    "layer {} runs on {}, it is pinned to {}", pin.layer.value,
                    deviceName(m_chain.stages[static_cast<std::size_t>(stageOf(pin.layer))].device),
                    deviceName(pin.device));
    }

    /// Bytes over hop k: made before it (or fed) and needed after it (or given out).
    [[nodiscard]] std::int64_t hopBytes(int hop) const
    {
        std::int64_t bytes = 0;
        const int last = static_cast<int>(m_chain.stages.size());
        for (const auto& tensor : m_problem.tensors) {
            const int made = tensor.producer ? stageOf(*tensor.producer) : -1;
            int needed = tensor.isOutput ? last : -1;
            for (const LayerId consumer : tensor.consumers)
                needed = std::max(needed, stageOf(consumer));
            if (made < hop && needed >= hop)
                bytes += tensor.bytes.value;
        }
        return bytes;
    }

    void checkHops()
    {
        const std::size_t last = m_chain.stages.size();
        if (m_chain.hops.size() != last + 1) {
            differ("there are {} hops, {} stages need {}", m_chain.hops.size(), last, last + 1);
            return;
        }
        for (std::size_t k = 0; k <= last; ++k) {
            const auto from =
                k == 0 ? m_problem.source : std::optional(m_chain.stages[k - 1].device);
            const auto to = k == last ? m_problem.sink : std::optional(m_chain.stages[k].device);
            const Hop& hop = m_chain.hops[k];
            expectEnd(fmt::format("hop {}: from", k), hop.from, from);
            expectEnd(fmt::format("hop {}: to", k), hop.to, to);
            const std::int64_t bytes = hopBytes(static_cast<int>(k));
            expect(fmt::format("hop {}: bytes", k), static_cast<double>(hop.bytes.value),
                   static_cast<double>(bytes));
            m_hopSeconds.push_back(linkSeconds(m_problem, from, to, bytes));
            m_hopDelay.push_back(linkDelay(m_problem, from, to));
            if (!std::isfinite(m_hopSeconds.back()))
                differ("hop {}: there is no link from {} to {}", k, deviceName(*from),
                       deviceName(*to));
            expect(fmt::format("hop {}: seconds", k), hop.seconds.value, m_hopSeconds.back());
        }
    }
    void expectEnd(const std::string& what, std::optional<DeviceId> given,
                   std::optional<DeviceId> right)
    {
        const auto text = [this](std::optional<DeviceId> end) -> std::string {
            if (!end)
                return "null";
            const bool known =
                end->value >= 0 && static_cast<std::size_t>(end->value) < m_problem.devices.size();
            return known ? deviceName(*end) : "a device that does not exist";
        };
        if (given != right)
            differ("{} is {}, {} by the problem", what, text(given), text(right));
    }

    void checkStages()
    {
        for (std::size_t k = 0; k < m_chain.stages.size(); ++k) {
            const Stage& stage = m_chain.stages[k];
            const Device& device = m_problem.devices[static_cast<std::size_t>(stage.device.value)];
            double seconds = 0;
            std::int64_t memory = m_problem.memoryModel.fixed.value;
            std::int64_t activation = 0;
            for (const LayerId id : stage.layers) {
                const Layer& layer = m_problem.layers[static_cast<std::size_t>(id.value)];
                memory += layer.weightBytes.value;
                activation = std::max(activation, layer.activationBytes.value);
                if (const auto time = layer.seconds.find(device.className);
                    time != layer.seconds.end())
                    seconds += time->second.value;
                else
                    differ("{}: class {} cannot run layer {}", stageName(k), device.className,
                           layer.name);
            }
            for (const SharedWeight& shared : m_problem.sharedWeights)
                for (const LayerId layer : shared.layers)
                    if (stageOf(layer) == static_cast<int>(k)) {
                        memory += shared.bytes.value;
                        break;
                    }
            memory += activation;
            memory += roundedUp(m_problem.memoryModel.inCopies, hopBytes(static_cast<int>(k)));
            memory += roundedUp(m_problem.memoryModel.outCopies, hopBytes(static_cast<int>(k) + 1));
            expect(stageName(k) + ": compute_s", stage.compute.value, seconds);
            expect(stageName(k) + ": memory_bytes", static_cast<double>(stage.memory.value),
                   static_cast<double>(memory));
            if (memory > device.memory.value)
                differ("{} needs {} bytes, the device has {}", stageName(k), memory,
                       device.memory.value);
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
        const bool overlap = m_problem.overlap == Overlap::Yes;
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
        expect("bottleneck_s", m_plan.bottleneckTime.value, worst);
        expect("end_to_end_s", m_chain.endToEnd.value, endToEnd);
        checkBottleneckRow(worst, overlap);
    }
    void checkBottleneckRow(double worst, bool overlap)
    {
        const auto [kind, index] = m_chain.bottleneck;
        const std::size_t rows =
            kind == BottleneckKind::Transfer ? m_hopSeconds.size() : m_stageSeconds.size();
        const bool fitting = overlap == (kind != BottleneckKind::Stage);
        if (!fitting || index < 0 || static_cast<std::size_t>(index) >= rows ||
            !same(cost(kind, static_cast<std::size_t>(index)), worst))
            differ("bottleneck does not name the slowest stage or hop");
    }

    /// The right figure, for what else depends on it.
    std::optional<double> checkSingleDevice()
    {
        const std::optional<double> best = bestAlone(m_problem);
        if (m_plan.singleDevice.has_value() != best.has_value())
            differ("single_device_s is {}, by the problem {}",
                   m_plan.singleDevice ? "given" : "null",
                   best ? fmt::format("{}", *best) : "no device can hold the model");
        else if (best)
            expect("single_device_s", m_plan.singleDevice->value, *best);
        return best;
    }

    void checkBound()
    {
        const double bottleneck = m_plan.bottleneckTime.value;
        const double bound = m_plan.lowerBound.value;
        const std::optional<double> alone = checkSingleDevice();
        if (!(bound >= 0))
            differ("lower_bound_s is {}, which is no time", bound);
        if (alone && mayUseOneDevice() && bound > *alone && !same(bound, *alone))
            differ("lower_bound_s {} is above {}, which one device alone reaches", bound, *alone);
        if (bound > bottleneck && !same(bound, bottleneck))
            differ("lower_bound_s {} is above bottleneck_s {}", bound, bottleneck);
        if (m_plan.status == Status::Optimal && !same(bound, bottleneck))
            differ("status is optimal, but lower_bound_s {} is not bottleneck_s {}", bound,
                   bottleneck);
        if (m_plan.status == Status::Infeasible)
            differ("status is infeasible, but there are stages");
    }

    const Problem& m_problem;
    const Solution& m_plan;
    const Pipeline m_chain;
    std::vector<int> m_stageOf;
    std::vector<double> m_stageSeconds, m_hopSeconds, m_hopDelay;
    std::vector<std::string> m_differences;
};

} // namespace

std::vector<std::string> check(const Problem& problem, const Solution& plan)
{
    return Checker(problem, plan).run();
}

} // namespace millrace::plan
