// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/search/Solve.h"

#include "plan/Infeasible.h"
#include "plan/search/Bounds.h"
#include "plan/search/PriceSearch.h"
#include "plan/search/Ties.h"
#include "plan/search/Tuning.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace millrace::plan
{
namespace
{

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class Solver
{
public:
    Solver(const Problem& problem, const SolveOptions& options, std::stop_token stop,
           PlanSink& sink)
        : m_problem(problem), m_options(options),
          m_incumbent(problem, options, std::move(stop), sink),
          m_stopped([this] { return m_incumbent.stopped(); })
    {
    }

    Solved run()
    {
        if (auto reasons = simpleReasons(m_problem); !reasons.empty())
            return {infeasible(std::move(reasons)), {}};
        if (m_options.warmStart)
            for (const Pipeline& pipeline : m_options.warmStart->solution.pipelines)
                m_incumbent.offerUnchecked(pipeline.stages);
        if (m_options.warmStart)
            m_incumbent.trace(Phase::Start, Source::WarmStart,
                              m_incumbent.hasPlan() ? Verdict::Found : Verdict::Unknown,
                              m_options.warmStart->solution.bottleneckTime.value);
        if (m_incumbent.stopped())
            return {finished(m_incumbent.outcome()), {}};
        const ClassTimes times(m_problem);
        m_incumbent.raise(boundOverAllCuts(m_problem, times));
        m_incumbent.trace(Phase::Start, Source::Bound, Verdict::Refuted, m_incumbent.lower());
        const CutSpace order = CutSpace::linear(m_problem);
        const StageSpace space(m_problem, order, times, m_stopped);
        if (order.isComplete())
            return searchWhole(space);
        PriceSearch search(space, m_incumbent, PriceSearch::Bounds::InSpace, m_incumbent.lower(),
                           kInfinity);
        start(search, space);
        PriceSearch::End end = search.run(tuning::kGapOfOrder);
        m_prices = search.prices();
        m_expected = search.lower();
        if (auto plan = searchAllCuts(times))
            return *plan;
        m_searchSpace = SearchSpace::Linear;
        if (end == PriceSearch::End::Closed)
            end = search.run(0);
        return conclude(space, end, search);
    }

private:
    Solved searchWhole(const StageSpace& space)
    {
        PriceSearch search(space, m_incumbent, PriceSearch::Bounds::Everywhere, m_incumbent.lower(),
                           kInfinity);
        start(search, space);
        const PriceSearch::End end = search.run(0);
        return conclude(space, end, search);
    }
    /// All cuts that plans better than the best one can have. Where these are too many, those for
    /// much better ones: either there is one, or the bound rises to there and nothing is returned.
    std::optional<Solved> searchAllCuts(const ClassTimes& times)
    {
        const double worst = m_incumbent.best();
        double within = worst;
        for (int tries = 0; tries < tuning::kFewerCuts && !m_incumbent.stopped(); ++tries) {
            const auto cuts =
                CutSpace::convex(m_problem, largestPayload(m_problem, within), m_stopped);
            if (cuts && !m_incumbent.stopped()) {
                const StageSpace space(m_problem, *cuts, times, m_stopped);
                if (tries == 0)
                    return searchWhole(space);
                PriceSearch search(space, m_incumbent, PriceSearch::Bounds::Everywhere,
                                   m_incumbent.lower(), within);
                start(search, space);
                const PriceSearch::End end = search.run(0);
                if (m_incumbent.best() > within)
                    return {};
                return conclude(space, end, search);
            }
            if (!m_incumbent.hasPlan())
                return {};
            within = std::sqrt(within * std::max(m_incumbent.lower(), worst * tuning::kLeastShare));
        }
        return {};
    }
    void start(PriceSearch& search, const StageSpace& space)
    {
        if (m_options.warmStart)
            for (const Pipeline& pipeline : m_options.warmStart->solution.pipelines)
                search.recut(pipeline.stages);
        if (!m_prices.empty())
            search.setPrices(m_prices, m_expected);
        else if (m_options.warmStart &&
                 m_options.warmStart->memory.devicePrices.size() == m_problem.devices.size())
            search.setPrices(pricesBefore(space), m_options.warmStart->solution.lowerBound.value);
    }
    /// Devices that had none get the mean.
    [[nodiscard]] std::vector<double> pricesBefore(const StageSpace& space) const
    {
        std::vector<double> prices;
        for (const DeviceId device : space.devices) {
            const double price = m_options.warmStart->memory.devicePrices[device.index()];
            prices.push_back(price >= 0 && std::isfinite(price)
                                 ? price
                                 : 1.0 / static_cast<double>(m_problem.devices.size()));
        }
        prices.resize(prices.size() + 2, 0);
        return prices;
    }
    [[nodiscard]] std::vector<double> pricesNow(const StageSpace& space,
                                                const PriceSearch& search) const
    {
        const std::vector<double>& prices = search.bestPrices();
        const double sum = std::accumulate(prices.begin(), prices.end(), 0.0);
        std::vector<double> byDevice(m_problem.devices.size(), -1);
        for (std::size_t d = 0; d < space.devices.size() && sum > 0; ++d)
            byDevice[space.devices[d].index()] = prices[d] / sum;
        return byDevice;
    }

    Solved conclude(const StageSpace& space, PriceSearch::End end, const PriceSearch& search)
    {
        if (end == PriceSearch::End::Infeasible)
            return {infeasible(searchReasons(space)), {}};
        if (m_incumbent.hasPlan() &&
            m_incumbent.best() - search.lower() <= kTolerance * m_incumbent.best())
            settleTies(space, m_incumbent, devicesBefore());
        Solution plan = m_incumbent.outcome();
        if (plan.hasStages() && plan.status != Status::Optimal) {
            if (m_searchSpace == SearchSpace::Linear)
                plan.notes.emplace_back("only the cuts of one order of the layers were searched; "
                                        "the lower bound holds for all cuts");
            if (end == PriceSearch::End::CutShort)
                plan.notes.emplace_back("too many devices for an exhaustive search; the plan may "
                                        "not be the best");
        }
        return {finished(std::move(plan)), {pricesNow(space, search)}};
    }

    [[nodiscard]] std::vector<std::optional<DeviceId>> devicesBefore() const
    {
        if (!m_options.warmStart)
            return {};
        std::vector<std::optional<DeviceId>> devices(m_problem.layers.size());
        for (const auto& [at, stage] : m_options.warmStart->solution.stages())
            for (const LayerId layer : stage.layers)
                if (layer.value >= 0 && layer.index() < devices.size())
                    devices[layer.index()] = stage.device;
        return devices;
    }

    [[nodiscard]] std::vector<std::string> searchReasons(const StageSpace& space)
    {
        std::vector<std::string> reasons;
        if (Pricing(space, m_stopped).hasNoWalk(std::numeric_limits<double>::max()))
            reasons.emplace_back("no chain of stages leads from the first to the last layer: every "
                                 "way of cutting needs more memory than a device has, or a link "
                                 "that is missing. Give a device more memory or add a link");
        else
            reasons.emplace_back(
                "the devices that are switched on cannot hold the model together, each used once "
                "and joined by the links there are. Switch on another device, give one more "
                "memory, or add a link");
        if (!m_problem.pins.empty())
            reasons.emplace_back("the pins may be the reason; remove one and plan again");
        if (m_problem.stages.max &&
            *m_problem.stages.max < static_cast<int>(m_problem.devices.size()))
            reasons.push_back(fmt::format("the limit of {} stages may be the reason; allow more",
                                          *m_problem.stages.max));
        if (m_searchSpace == SearchSpace::Linear)
            reasons.emplace_back("only the cuts of one order of the layers were tried; the model "
                                 "has too many others");
        return reasons;
    }

    [[nodiscard]] Solution infeasible(std::vector<std::string> reasons)
    {
        Solution plan;
        plan.status = Status::Infeasible;
        plan.whyInfeasible = std::move(reasons);
        return finished(std::move(plan));
    }

    [[nodiscard]] Solution finished(Solution plan)
    {
        plan.singleDevice = bestSingleDevice(m_problem);
        plan.solver.algorithm = "exact";
        plan.solver.searchSpace = m_searchSpace;
        plan.solver.elapsed = m_incumbent.elapsed();
        return plan;
    }

    const Problem& m_problem;
    const SolveOptions& m_options;
    Incumbent m_incumbent;
    std::function<bool()> m_stopped;
    SearchSpace m_searchSpace = SearchSpace::Convex;
    std::vector<double> m_prices; ///< of the order's cuts, and its bound
    double m_expected = 0;
};

} // namespace

Result<Solved> solve(const Problem& problem, const SolveOptions& options, std::stop_token stop,
                     PlanSink& sink)
{
    if (const auto ok = validate(problem); !ok)
        return tl::unexpected(ok.error());
    return Solver(problem, options, std::move(stop), sink).run();
}

} // namespace millrace::plan
