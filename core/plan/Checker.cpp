// SPDX-License-Identifier: GPL-3.0-or-later
// Everything in the checker's files is computed from the problem's rules anew, on purpose without
// the solver's or fillFigures()' helpers.
#include "plan/Checker.h"

#include "plan/Checking.h"
#include "plan/RulesAnew.h"

namespace millrace::plan
{
namespace
{

/// What a plan says of itself beside its figures: its status and the bounds on all plans.
class Claims
{
public:
    explicit Claims(Checking& checking) : m_checking(checking) {}

    void checkWithoutStages()
    {
        if (m_checking.plan.status == Status::Optimal || m_checking.plan.status == Status::Feasible)
            m_checking.differ("status is {}, but there are no stages",
                              name(m_checking.plan.status));
        if (m_checking.plan.status == Status::Infeasible && m_checking.plan.whyInfeasible.empty())
            m_checking.differ("why_infeasible is empty");
        if (!m_checking.chain.hops.empty())
            m_checking.differ("there are {} hops, but no stages", m_checking.chain.hops.size());
        const std::optional<double> alone = checkSingleDevice();
        // The published algorithms may find nothing where there is a plan; only the exact one
        // claims.
        const bool claims = m_checking.plan.solver.algorithm == "exact";
        if (m_checking.plan.status == Status::Infeasible && claims && alone && mayUseOneDevice())
            m_checking.differ("status is infeasible, but one device can hold the model alone");
    }
    void checkBound()
    {
        const double bottleneck = m_checking.plan.bottleneckTime.value;
        const double bound = m_checking.plan.lowerBound.value;
        const std::optional<double> alone = checkSingleDevice();
        if (!(bound >= 0))
            m_checking.differ("lower_bound_s is {}, which is no time", bound);
        if (alone && mayUseOneDevice() && bound > *alone && !m_checking.same(bound, *alone))
            m_checking.differ("lower_bound_s {} is above {}, which one device alone reaches", bound,
                              *alone);
        if (bound > bottleneck && !m_checking.same(bound, bottleneck))
            m_checking.differ("lower_bound_s {} is above bottleneck_s {}", bound, bottleneck);
        if (m_checking.plan.status == Status::Optimal && !m_checking.same(bound, bottleneck))
            m_checking.differ("status is optimal, but lower_bound_s {} is not bottleneck_s {}",
                              bound, bottleneck);
        if (m_checking.plan.status == Status::Infeasible)
            m_checking.differ("status is infeasible, but there are stages");
    }

private:
    /// Whether the whole model on one device is a plan like any other.
    [[nodiscard]] bool mayUseOneDevice() const
    {
        return m_checking.problem.stages.min <= 1 && m_checking.problem.pins.empty();
    }

    /// The right figure, for what else depends on it.
    std::optional<double> checkSingleDevice()
    {
        const std::optional<double> best = bestAlone(m_checking.problem);
        if (m_checking.plan.singleDevice.has_value() != best.has_value())
            m_checking.differ("single_device_s is {}, by the problem {}",
                              m_checking.plan.singleDevice ? "given" : "null",
                              best ? fmt::format("{}", *best) : "no device can hold the model");
        else if (best)
            m_checking.expect("single_device_s", m_checking.plan.singleDevice->value, *best);
        return best;
    }

    Checking& m_checking;
};

} // namespace

std::vector<std::string> check(const Problem& problem, const Solution& plan)
{
    Checking checking(problem, plan);
    Claims claims(checking);
    if (plan.pipelines.size() > 1) // what is not looked at must not pass
        checking.differ("there are {} pipelines, only one can be checked", plan.pipelines.size());
    if (checking.chain.stages.empty()) {
        claims.checkWithoutStages();
    } else if (checkLayers(checking)) { // figures of a plan that is no plan mean nothing
        checkDevices(checking);
        checkFigures(checking);
        claims.checkBound();
    }
    return std::move(checking.differences);
}

} // namespace millrace::plan
