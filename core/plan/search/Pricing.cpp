// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/search/Pricing.h"

#include "plan/search/Tuning.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace millrace::plan
{
namespace
{

constexpr double kScale = WalkRelaxation::kScale;

std::vector<double> negated(std::vector<double> values)
{
    for (double& value : values)
        value = -value;
    return values;
}

} // namespace

Pricing::Pricing(const StageSpace& space, std::function<bool()> stopped)
    : m_space(space), m_relaxation(space, stopped), m_stopped(std::move(stopped)),
      m_count(space.devices.size()), m_cuts(space.cuts.size()), m_prices(m_count + 2, 0)
{
}

void Pricing::setPrices(std::vector<double> prices)
{
    m_prices = std::move(prices);
    m_direction.clear();
    m_isPriced = true;
}

/// The share of the work or of the weights that each device can take within the threshold,
/// whichever adds up to less: a bound of its own when it is below the whole.
void Pricing::startFromCoverage()
{
    double least = std::numeric_limits<double>::infinity();
    const Reach& reach = m_relaxation.reach();
    EndScan scan(m_space, reach);
    for (const std::vector<double>* measure : {&m_space.work, &m_space.weight}) {
        const double whole = measure->back();
        if (!(whole > 0))
            continue;
        std::vector<double> shares(m_prices.size(), 0);
        const std::vector<double> falling = negated(*measure);
        const LeastOfBlocks<double> leastOfBlocks(falling);
        for (std::size_t from = 0; from < m_cuts; ++from) {
            if (!reach.isSliding())
                scan.moveTo(from);
            for (std::size_t d = 0; d < m_count; ++d) {
                const double most = reach.isSliding()
                                        ? (*measure)[reach.furthest(d, from)]
                                        : -scan.least(d, falling.data(), leastOfBlocks, 0.0).value;
                shares[d] = std::max(shares[d], (most - (*measure)[from]) / whole);
            }
        }
        const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
        if (sum >= least)
            continue;
        least = sum;
        m_prices = std::move(shares);
    }
    m_isPriced = true;
}

void Pricing::normalise()
{
    double sum = m_prices[m_count] + m_prices[m_count + 1];
    std::size_t free = 0;
    for (std::size_t d = 0; d < m_count; ++d) {
        sum += m_relaxation.isFree(d) ? m_prices[d] : 0;
        free += m_relaxation.isFree(d) ? 1 : 0;
    }
    if (!(sum > 0)) {
        std::fill_n(m_prices.begin(), m_count, kScale / static_cast<double>(std::max(free, 1UL)));
        return;
    }
    for (double& price : m_prices)
        price *= kScale / sum;
}

void Pricing::run()
{
    WalkRelaxation::Prices prices;
    for (std::size_t d = 0; d < m_count; ++d)
        prices.device.push_back(m_relaxation.isFree(d) ? static_cast<Price>(m_prices[d]) : 0);
    // Limits on the number of stages count only where there are any.
    prices.tooMany = static_cast<Price>(m_prices[m_count]);
    prices.tooFew = static_cast<Price>(m_prices[m_count + 1]);
    m_relaxation.run(prices);
}

void Pricing::runForRefutation()
{
    run();
    // What follows a beginning remembers nothing.
    if (m_isRemembering && m_relaxation.beginning().stages.empty() && !m_stopped() &&
        !m_relaxation.isRefuted() && m_relaxation.rememberReturns())
        run();
}

double Pricing::excess() const
{
    // Where a run was stopped, the cheapest walk is as little as can be.
    return static_cast<double>(m_relaxation.cheapest()) -
           static_cast<double>(m_relaxation.budget());
}

bool Pricing::hasNoWalk(double threshold)
{
    m_relaxation.setThreshold(threshold);
    WalkRelaxation::Prices free;
    free.device.assign(m_count, 0);
    m_relaxation.run(free);
    return !m_stopped() && !m_relaxation.walkExists();
}

bool Pricing::evaluate(double threshold)
{
    if (m_relaxation.threshold() != threshold)
        m_relaxation.setThreshold(threshold);
    if (!m_isPriced)
        startFromCoverage();
    normalise();
    run();
    return !m_stopped() && m_relaxation.isRefuted();
}

/// By how much more often than allowed the cheapest walk is on each device.
std::vector<double> Pricing::slope() const
{
    std::vector<double> slope(m_prices.size(), 0);
    for (std::size_t d = 0; d < m_count; ++d)
        slope[d] = m_relaxation.isFree(d) ? -1 : 0;
    const auto walk = m_relaxation.cheapestWalk();
    for (const WalkRelaxation::Visit& visit : walk)
        slope[visit.device] += 1;
    const auto stages = static_cast<double>(walk.size() + m_relaxation.beginning().stages.size());
    const StageCount& limits = m_space.problem.stages;
    if (limits.max && *limits.max < static_cast<int>(m_count))
        slope[m_count] = stages - *limits.max;
    if (limits.min > 1)
        slope[m_count + 1] = limits.min - stages;
    return slope;
}

/// Dearer what the cheapest walk visits often, cheaper what it leaves out.
void Pricing::step(double target, double length)
{
    std::vector<double> direction = slope();
    if (m_direction.size() == direction.size()) {
        const double turn =
            std::inner_product(direction.begin(), direction.end(), m_direction.begin(), 0.0);
        const double old =
            std::inner_product(m_direction.begin(), m_direction.end(), m_direction.begin(), 0.0);
        if (turn < 0 && old > 0)
            for (std::size_t i = 0; i < direction.size(); ++i)
                direction[i] -= 1.5 * turn / old * m_direction[i];
    }
    double norm = 0;
    for (std::size_t i = 0; i < direction.size(); ++i)
        if (direction[i] > 0 || m_prices[i] > 0)
            norm += direction[i] * direction[i];
    if (norm <= 0)
        return;
    const double factor = length * target / norm;
    for (std::size_t i = 0; i < direction.size(); ++i)
        m_prices[i] = std::max(0.0, m_prices[i] + factor * direction[i]);
    m_direction = std::move(direction);
}

/// With the least cost onwards from each cut as a potential, a device needs no higher price than
/// the largest fall of the potential over one of its stages: the budget shrinks, the cheapest walk
/// does not.
void Pricing::tighten()
{
    const std::size_t start = m_relaxation.start();
    std::vector<double> potential(m_cuts, WalkRelaxation::kUnreachable);
    potential.back() = 0;
    for (std::size_t cut = start; cut + 1 < m_cuts; ++cut) {
        const Price* from = m_relaxation.costsFrom(cut);
        potential[cut] = *std::min_element(from, from + m_count);
    }
    const Reach& reach = m_relaxation.reach();
    if (reach.isSliding())
        for (std::size_t cut = start + 1; cut < m_cuts; ++cut)
            potential[cut] = std::min(potential[cut], potential[cut - 1]);
    const LeastOfBlocks<double> leastOfBlocks(potential);
    EndScan scan(m_space, reach);
    std::vector<double> most(m_count, 0);
    for (std::size_t from = start; from + 1 < m_cuts; ++from) {
        if (!reach.isSliding())
            scan.moveTo(from);
        for (std::size_t d = 0; d < m_count; ++d) {
            if (m_relaxation.costsFrom(from)[d] >= WalkRelaxation::kUnreachable)
                continue;
            const double least = reach.isSliding() ? potential[reach.furthest(d, from)]
                                                   : scan.least(d, potential.data(), leastOfBlocks,
                                                                potential[from] - most[d])
                                                         .value;
            most[d] = std::max(most[d], potential[from] - least);
        }
    }
    const double perStage = m_prices[m_count] - m_prices[m_count + 1];
    for (std::size_t d = 0; d < m_count; ++d)
        m_prices[d] = std::min(m_prices[d], std::max(0.0, most[d] - perStage));
}

void Pricing::raise(const std::vector<int>& counts, double share)
{
    const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
    if (total <= 0)
        return;
    for (std::size_t d = 0; d < m_count; ++d)
        m_prices[d] += share * kScale * counts[d] / total;
    m_direction.clear();
    normalise();
    run();
}

void Pricing::restore(const std::vector<double>& prices)
{
    m_prices = prices;
    m_direction.clear();
    run();
}

/// With many devices the shares at this very threshold are often the better start.
bool Pricing::refuteByCoverage()
{
    const std::vector<double> before = m_prices;
    const double excessBefore = excess();
    startFromCoverage();
    normalise();
    run();
    if (m_stopped() || m_relaxation.isRefuted())
        return !m_stopped();
    if (excess() > excessBefore)
        return false;
    m_prices = before;
    run();
    return false;
}

bool Pricing::refute(double threshold, int passes, Steps steps)
{
    if (evaluate(threshold))
        return true;
    if (passes > 1 && m_count >= tuning::kCoverageDevices && m_coverageAt != threshold &&
        m_relaxation.beginning().stages.empty()) {
        m_coverageAt = threshold;
        if (refuteByCoverage())
            return true;
    }
    std::vector<double> best = m_prices;
    double bestExcess = excess();
    double length = 1;
    int worse = 0;
    bool isAtBest = true;
    for (int pass = 1; pass < passes && length > steps.shortest && !m_stopped(); ++pass) {
        if (!m_relaxation.walkExists())
            return true;
        if (pass % 2 == 0)
            tighten();
        step(steps.aim * kScale - excess(), length);
        normalise();
        runForRefutation();
        if (m_stopped())
            break;
        if (m_relaxation.isRefuted())
            return true;
        isAtBest = excess() > bestExcess;
        if (isAtBest) {
            bestExcess = excess();
            best = m_prices;
            worse = 0;
        } else if (++worse == steps.patience) {
            worse = 0;
            length /= 2;
            m_prices = best;
            m_direction.clear();
            run();
            isAtBest = true;
        }
    }
    if (!isAtBest) {
        m_prices = best;
        run();
    }
    return !m_stopped() && m_relaxation.isRefuted();
}

} // namespace millrace::plan
