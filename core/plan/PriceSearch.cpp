// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/PriceSearch.h"

#include "plan/Bounds.h"
#include "plan/Recut.h"

#include <algorithm>
#include <cmath>

namespace millrace::plan
{
namespace
{

/// From this gap on it pays to ask for the proof at once.
constexpr double kNearlyClosed = 0.01;
constexpr double kMiddle = 0.5; ///< between bound and plan, on a logarithmic scale
/// Where passes take long, for the threshold after one that was refuted.
constexpr double kNearPlan = 0.75;
constexpr std::size_t kNarrow = 6; ///< labels per cut
constexpr std::size_t kWidest = GuidedSearch::kWidest;
/// Walks remember where fewer pairs of devices than this share can hand a cut over.
constexpr double kFewLinks = 0.35;
/// The cheapest walk may pay just the budget for two reasons. Either the threshold is nearly
/// refuted, or the prices have collapsed onto devices that every walk visits once, which says
/// nothing. Below this share of the budget the prices that refuted the bound guide
/// every second search.
constexpr double kCollapsed = 0.001;
constexpr std::int64_t kHard = 8; ///< labels per cut and device
constexpr int kConflictTries = 2;

/// Prices before searches: fewer where a pass takes long.
int fewPasses(const StageSpace& space)
{
    if (!space.cuts.isChain())
        return 2;
    const std::size_t states = space.devices.size() * space.cuts.size();
    return std::clamp(static_cast<int>(120000 / states), 1,
                      space.devices.size() <= GuidedSearch::kFewDevices ? 8 : 12);
}

} // namespace

PriceSearch::PriceSearch(const StageSpace& space, Incumbent& incumbent, Bounds bounds, double lower,
                         double within)
    : m_space(space), m_incumbent(incumbent), m_bounds(bounds),
      m_stopped([&incumbent] { return incumbent.stopped(); }), m_pricing(space, m_stopped),
      m_search(space, m_pricing, incumbent, m_stopped), m_top(std::min(ceiling(space), within)),
      m_lower(lower), m_afterRefuted(space.cuts.isChain() ? kMiddle : kNearPlan),
      m_fewPasses(fewPasses(space)),
      m_narrow(space.devices.size() >= GuidedSearch::kManyDevices ? 2 : kNarrow)
{
}

bool PriceSearch::isClosed(double gap) const
{
    if (m_incumbent.isClosed())
        return true;
    const double best = std::min(m_incumbent.best(), m_top);
    return m_incumbent.hasPlan() && best - m_lower <= std::max(kTolerance, gap) * best;
}

void PriceSearch::raise(double threshold)
{
    m_lower = std::max(m_lower, threshold);
    if (m_bounds == Bounds::Everywhere)
        m_incumbent.raise(m_lower);
}

bool PriceSearch::refuted(double threshold, int passes, Pricing::Steps steps)
{
    const std::int64_t before = m_pricing.relaxation().runs();
    const bool none = m_pricing.refute(threshold, passes, steps);
    m_incumbent.countSteps(m_pricing.relaxation().runs() - before);
    if (none) {
        raise(threshold);
        m_certified = m_pricing.prices();
    } else if (!m_certified.empty() && m_pricing.excessShare() > -kCollapsed && !m_stopped()) {
        m_isOtherTurn = !m_isOtherTurn;
        if (m_isOtherTurn)
            return none;
        m_pricing.setPrices(m_certified);
        (void)m_pricing.evaluate(threshold);
    }
    return none;
}

/// Walks go to and fro on few links.
bool PriceSearch::refutedRemembering(double threshold, int passes)
{
    const WalkRelaxation& relaxation = m_pricing.relaxation();
    if (m_pricing.isRemembering() || !relaxation.mayRemember() ||
        relaxation.reach().linkShare() > kFewLinks || isTightForDives())
        return false;
    m_pricing.remember();
    return refuted(threshold, passes);
}

void PriceSearch::recut(const std::vector<Stage>& before)
{
    std::vector<std::size_t> order;
    for (const Stage& stage : before) {
        const auto at = std::find(m_space.devices.begin(), m_space.devices.end(), stage.device);
        const auto position = static_cast<std::size_t>(at - m_space.devices.begin());
        if (at != m_space.devices.end() &&
            std::find(order.begin(), order.end(), position) == order.end())
            order.push_back(position);
    }
    const StageCount& limits = m_space.problem.stages;
    const auto count = static_cast<int>(order.size());
    if (m_space.problem.overlap == Overlap::Yes && !m_stopped() && count >= limits.min &&
        count <= limits.max.value_or(count))
        m_incumbent.offer(m_space, bestCuts(m_space, order, std::min(m_incumbent.best(), m_top)));
}

PriceSearch::End PriceSearch::run(double gap)
{
    climb();
    if (!m_incumbent.hasPlan() && !m_stopped())
        if (const End end = findFirst(); !m_incumbent.hasPlan())
            return end;
    return m_stopped() ? End::Stopped : close(gap);
}

/// From below in growing steps while the prices refute; the first failure shows where plans begin.
void PriceSearch::climb()
{
    const bool hasPlan = m_incumbent.hasPlan();
    double rise = hasPlan ? 0.03 : 0.3;
    double threshold = std::max(m_lower, m_top * 1e-6);
    if (m_expected > m_lower && hasPlan) {
        if (!descend())
            return;
        threshold = m_lower * (1 + rise);
    }
    while (threshold < std::min(m_top, m_incumbent.best()) && !m_stopped() &&
           refuted(threshold, m_fewPasses)) {
        threshold *= 1 + rise;
        rise *= hasPlan ? 2 : 1;
    }
}

/// Down from the bound that is expected, in growing steps; whether that holds at once.
bool PriceSearch::descend()
{
    const double best = m_incumbent.best();
    double drop = std::max(kNearlyClosed, 1 - m_expected / best);
    bool isRefuted = refuted(std::min(m_expected, best * (1 - kTolerance)), m_fewPasses);
    const bool isFirst = isRefuted;
    for (; !isRefuted && best * (1 - 2 * drop) > m_lower && !m_stopped(); drop *= 2)
        isRefuted = refuted(best * (1 - 2 * drop), m_fewPasses);
    return isFirst;
}

/// Loose thresholds first with few labels, then wider.
PriceSearch::End PriceSearch::findFirst()
{
    for (std::size_t width = m_narrow; width <= kWidest; width *= 4) {
        for (double factor = m_narrow < kNarrow ? 1.02 : 1.1;; factor *= factor) {
            const double threshold = std::min(m_top, std::max(m_lower, m_top * 1e-6) * factor);
            if (threshold >= m_top && m_pricing.hasNoWalk(m_top))
                return m_stopped() ? End::Stopped : End::Infeasible;
            const bool none = refuted(threshold, m_fewPasses);
            if (m_stopped())
                return End::Stopped;
            Verdict verdict = Verdict::Refuted;
            if (!none)
                verdict = m_search.run(width);
            if (verdict == Verdict::Unknown && width > m_narrow)
                verdict = m_search.runWithConflicts(width, kConflictTries);
            if (verdict == Verdict::Found)
                return End::Closed;
            if (m_stopped())
                return End::Stopped;
            if (verdict == Verdict::Refuted && threshold >= m_top)
                return End::Infeasible;
            if (threshold >= m_top)
                break;
        }
    }
    return End::CutShort;
}

/// Prices and searches in turns, each with more effort than before.
Verdict PriceSearch::decide(double threshold, std::size_t width, int efforts)
{
    for (int effort = 0; effort < efforts; ++effort) {
        if (refuted(threshold, m_fewPasses << (2 * effort)))
            return Verdict::Refuted;
        if (effort > 0 && refutedRemembering(threshold, kManyPasses * m_fewPasses))
            return Verdict::Refuted;
        if (m_stopped())
            return Verdict::Unknown;
        const bool isTight = isTightForDives();
        Verdict verdict = m_search.run(width);
        if (verdict == Verdict::Unknown && isTight) {
            raiseBound();
            return verdict;
        }
        if (verdict == Verdict::Unknown && effort > 0 && m_space.cuts.isChain())
            verdict = m_search.runWithConflicts(width, kConflictTries);
        if (verdict != Verdict::Unknown)
            return verdict;
        width *= 2;
    }
    return Verdict::Unknown;
}

/// Just below the plan: prices once, then only wider searches can help.
Verdict PriceSearch::prove(double threshold, std::size_t width)
{
    const bool isNew = threshold != m_proving;
    m_proving = threshold;
    if (refuted(threshold, isNew ? 1 : kManyPasses * m_fewPasses))
        return Verdict::Refuted;
    if (m_stopped())
        return Verdict::Unknown;
    Verdict verdict = m_search.run(width);
    if (isNew && verdict == Verdict::Unknown && !m_stopped()) {
        if (refuted(threshold, kManyPasses * m_fewPasses) ||
            refutedRemembering(threshold, kManyPasses * m_fewPasses))
            return Verdict::Refuted;
        verdict = m_stopped() ? Verdict::Unknown : m_search.run(width);
        if (verdict == Verdict::Unknown && !m_stopped())
            verdict = m_search.runWithConflicts(width, 0);
    }
    return verdict;
}

PriceSearch::End PriceSearch::close(double gap)
{
    std::size_t width = m_narrow;
    double target = kMiddle; // where between bound and plan to look, on a logarithmic scale
    bool wasProof = false;
    std::int64_t spent = 0; // on the search of the last turn
    const auto hard =
        kHard * static_cast<std::int64_t>(m_space.devices.size() * m_space.cuts.size());
    while (!m_stopped()) {
        if (isClosed(gap))
            return End::Closed;
        const double best = std::min(m_incumbent.best(), m_top);
        const double low = std::max(m_lower, best * 1e-6);
        // After a long search for a proof in vain, the bound comes nearer with less.
        const bool isHard = wasProof && spent > hard;
        const bool nearly = (best - low < kNearlyClosed * best || target > 0.9) && !isHard;
        const std::int64_t before = m_search.work();
        wasProof = nearly;
        const double threshold =
            nearly ? best * (1 - kTolerance / 2) : low * std::pow(best / low, target);
        const Verdict verdict =
            nearly ? prove(threshold, width) : decide(threshold, width, isHard ? 1 : 2);
        spent = m_search.work() - before;
        if (m_stopped())
            break;
        if (verdict == Verdict::Found || verdict == Verdict::Refuted) {
            // A plan that was found below the threshold, but is no better than the best one,
            // differs from it by rounding only. So the threshold counts as refuted.
            if (verdict == Verdict::Refuted || m_incumbent.best() >= best)
                raise(threshold);
            target = verdict == Verdict::Refuted ? m_afterRefuted : kMiddle;
        } else if (improve(gap) == Verdict::Found || isHard) {
            target = kMiddle;
        } else if (!nearly) {
            target = 1 - (1 - target) / 2;
        } else if (width >= kWidest) {
            return End::CutShort;
        } else {
            width *= 3;
            target = kMiddle;
        }
    }
    return End::Stopped;
}

} // namespace millrace::plan
