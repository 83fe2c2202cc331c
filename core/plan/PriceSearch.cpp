// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/PriceSearch.h"

#include "plan/Bounds.h"
#include "plan/Recut.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace millrace::plan
{
namespace
{

/// From this gap on it pays to ask for the proof at once.
constexpr double kNearlyClosed = 0.015;
constexpr std::size_t kNarrow = 6; ///< labels per cut
constexpr std::size_t kWidest = GuidedSearch::kWidest;
/// So many devices share the work so evenly that the first bound is nearly the optimum.
constexpr std::size_t kManyDevices = 256;
/// Walks remember where fewer pairs of devices than this share can hand a cut over.
constexpr double kFewLinks = 0.35;
/// Searches nearby: labels per cut, how many at most, how near the plan at least, and how much of
/// the work compared with that of all others.
constexpr std::size_t kNearbyWidth = 20;
constexpr int kNearbyTries = 8;
constexpr double kNearestDrop = 0.001;
constexpr double kNearbyShare = 3;
constexpr int kManyPasses = 4; ///< times the few ones, for prices that lead many searches
constexpr int kConflictTries = 2;
/// Where walks can share the devices out, the best prices say nothing: they lie on devices that
/// every walk is on once, and come to just the budget.
constexpr double kCollapsed = 0.001;

/// Prices before searches: fewer where a pass takes long.
int fewPasses(const StageSpace& space)
{
    if (!space.cuts.isChain())
        return 1;
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
      m_lower(lower), m_fewPasses(fewPasses(space)),
      m_narrow(space.devices.size() >= kManyDevices ? 2 : kNarrow)
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

bool PriceSearch::refuted(double threshold, int passes)
{
    const std::int64_t before = m_pricing.relaxation().runs();
    const bool none = m_pricing.refute(threshold, passes);
    m_incumbent.countSteps(m_pricing.relaxation().runs() - before);
    if (none) {
        raise(threshold);
        m_certified = m_pricing.prices();
    } else if (!m_certified.empty() && m_pricing.excessShare() > -kCollapsed && !m_stopped()) {
        m_pricing.setPrices(m_certified);
        (void)m_pricing.evaluate(threshold);
    }
    return none;
}

/// Whether the links at the threshold are so few that walks go to and fro on them.
bool PriceSearch::hasFewLinks() const
{
    const Reach& reach = m_pricing.relaxation().reach();
    const std::size_t count = m_space.devices.size();
    const std::size_t last = m_space.cuts.last();
    std::size_t links = 0;
    for (std::size_t cut = 1; cut < last; ++cut)
        for (std::size_t d = 0; d < count; ++d)
            links += static_cast<std::size_t>(std::popcount(reach.senders(d, cut)));
    return static_cast<double>(links) <
           kFewLinks * static_cast<double>(count * (count - 1)) * static_cast<double>(last - 1);
}

bool PriceSearch::refutedRemembering(double threshold, int passes)
{
    if (m_pricing.isRemembering() || !m_pricing.relaxation().mayRemember() || !hasFewLinks())
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
        Verdict verdict = m_search.run(width);
        if (verdict == Verdict::Unknown && effort > 0)
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
        if (refuted(threshold, kManyPasses * m_fewPasses))
            return Verdict::Refuted;
        verdict = m_stopped() ? Verdict::Unknown : m_search.run(width);
        if (verdict == Verdict::Unknown && !m_stopped())
            verdict = m_search.runWithConflicts(width, 0);
    }
    return verdict;
}

/// A better plan by many narrow searches, where devices are too many for a search to the end soon.
Verdict PriceSearch::improve(double gap)
{
    const std::size_t count = m_space.devices.size();
    if (count <= GuidedSearch::kFewDevices || count >= kManyDevices)
        return Verdict::Unknown;
    const auto start = static_cast<double>(m_search.labels());
    const double most = kNearbyShare * (start - m_labelsBefore) - m_labelsOwed;
    Verdict verdict = Verdict::Unknown;
    while (verdict != Verdict::Refuted && !m_stopped() && !isClosed(gap) &&
           static_cast<double>(m_search.labels()) - start < most)
        if (const Verdict next = improveOnce(); next != Verdict::Unknown)
            verdict = next;
    if (verdict == Verdict::Unknown && !m_stopped())
        raiseBound();
    m_labelsBefore = static_cast<double>(m_search.labels());
    m_labelsOwed = m_labelsBefore - start - most;
    return verdict;
}

/// The nearer to the plan, the better the prices are made and the more often it is tried.
Verdict PriceSearch::improveOnce()
{
    const double best = std::min(m_incumbent.best(), m_top);
    const double open = 1 - m_lower / best;
    m_drop = std::clamp(m_drop, std::min(kNearestDrop, open / 2), open / 2);
    const double threshold = best * (1 - m_drop);
    int passes = 1;
    if (threshold == m_centreAt)
        m_pricing.setPrices(m_centre);
    else
        passes = static_cast<int>(std::clamp(0.01 / m_drop, 1.0 / kManyPasses, 1.0) * kManyPasses *
                                  m_fewPasses);
    if (refuted(threshold, passes))
        return Verdict::Refuted;
    m_centre = m_pricing.prices();
    m_centreAt = threshold;
    const int tries = std::clamp(static_cast<int>(0.04 / m_drop), 2, kNearbyTries);
    const Verdict verdict = m_search.runNearby(kNearbyWidth, tries);
    if (verdict == Verdict::Refuted)
        raise(threshold);
    m_drop *= verdict == Verdict::Found ? 1.3 : 0.5;
    return verdict;
}

/// Part of the way up to the plan, by prices alone.
void PriceSearch::raiseBound()
{
    const double best = std::min(m_incumbent.best(), m_top);
    const bool isRefuted = refuted(m_lower + m_rise * (best - m_lower), kManyPasses * m_fewPasses);
    m_rise = std::clamp(m_rise * (isRefuted ? 1.5 : 0.5), 0.02, 0.5);
}

PriceSearch::End PriceSearch::close(double gap)
{
    std::size_t width = m_narrow;
    double target = 0.5; // where between bound and plan to look, on a logarithmic scale
    while (!m_stopped()) {
        if (isClosed(gap))
            return End::Closed;
        const double best = std::min(m_incumbent.best(), m_top);
        const double low = std::max(m_lower, best * 1e-6);
        const bool nearly = best - low < kNearlyClosed * best || target > 0.9;
        const double threshold =
            nearly ? best * (1 - kTolerance / 2) : low * std::pow(best / low, target);
        const Verdict verdict = nearly ? prove(threshold, width) : decide(threshold, width, 2);
        if (m_stopped())
            break;
        if (verdict == Verdict::Found || verdict == Verdict::Refuted) {
            // What is found but no better is equal but for rounding.
            if (verdict == Verdict::Refuted || m_incumbent.best() >= best)
                raise(threshold);
            target = 0.5;
        } else if (improve(gap) != Verdict::Unknown) {
            target = 0.5;
        } else if (!nearly) {
            target = 1 - (1 - target) / 2;
        } else if (width >= kWidest) {
            return End::CutShort;
        } else {
            width *= 3;
            target = 0.5;
        }
    }
    return End::Stopped;
}

} // namespace millrace::plan
