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
constexpr double kNearlyClosed = 0.015;
constexpr std::size_t kNarrow = 6, kWidest = 200000; ///< labels per cut
constexpr int kPasses = 40;

} // namespace

PriceSearch::PriceSearch(const StageSpace& space, Incumbent& incumbent, Bounds bounds, double lower)
    : m_space(space), m_incumbent(incumbent), m_bounds(bounds),
      m_stopped([&incumbent] { return incumbent.stopped(); }), m_pricing(space, m_stopped),
      m_top(ceiling(space)), m_lower(lower)
{
}

bool PriceSearch::isClosed(double gap) const
{
    if (m_incumbent.isClosed())
        return true;
    const double best = m_incumbent.best();
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
    if (none)
        raise(threshold);
    return none;
}

void PriceSearch::keep(const std::vector<StagePlace>& stages)
{
    m_incumbent.offer(m_space, stages);
    if (m_space.problem.overlap == Overlap::No)
        return;
    std::vector<std::size_t> order;
    for (const StagePlace& place : stages)
        order.push_back(place.device);
    m_incumbent.offer(m_space, bestCuts(m_space, order, m_incumbent.best()));
}

Verdict PriceSearch::search(std::size_t width)
{
    LabelOptions options;
    options.width = width;
    const LabelResult result = labelSearch(m_space, m_pricing.relaxation(), options, m_stopped);
    m_incumbent.countSteps(result.labels);
    if (result.verdict == Verdict::Found)
        keep(result.stages);
    return result.verdict;
}

PriceSearch::End PriceSearch::run(double gap)
{
    if (!climb() && !m_incumbent.hasPlan() && !m_stopped())
        if (const End end = findFirst(); !m_incumbent.hasPlan())
            return end;
    if (m_stopped())
        return End::Stopped;
    if (!m_incumbent.hasPlan())
        return End::Infeasible;
    return close(gap);
}

/// From below, in steps that get finer where the prices fail; the first failures show where plans
/// begin. False when the bound is zero or even the top is refuted.
bool PriceSearch::climb()
{
    double threshold = std::max(m_lower, m_top * 1e-6);
    while (threshold < m_top && !m_stopped() && refuted(threshold, kPasses / 4))
        threshold *= 1.5;
    for (double rise = 0.3; rise > 0.02 && m_lower > 0 && !m_stopped();) {
        threshold = m_lower * (1 + rise);
        if (threshold >= std::min(m_incumbent.best(), m_top)) {
            rise /= 3;
            continue;
        }
        if (refuted(threshold, kPasses))
            continue;
        if (!m_stopped())
            search(kNarrow);
        rise /= 3;
    }
    return m_incumbent.hasPlan();
}

/// Loose thresholds first with few labels, then wider; devices that the search ran out of are made
/// dearer.
PriceSearch::End PriceSearch::findFirst()
{
    if (m_pricing.hasNoWalk(m_top))
        return m_stopped() ? End::Stopped : End::Infeasible;
    for (std::size_t width = kNarrow; width <= kWidest; width *= 4) {
        for (double factor = 1.3;; factor *= factor) {
            const double threshold = std::min(m_top, std::max(m_lower, m_top * 1e-6) * factor);
            const bool none = refuted(threshold, kPasses / 2);
            if (m_stopped())
                return End::Stopped;
            const Verdict verdict = none ? Verdict::Refuted : search(width);
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

PriceSearch::End PriceSearch::close(double gap)
{
    std::size_t width = kNarrow;
    double target = 0.5; // where between bound and plan to look, on a logarithmic scale
    while (!m_stopped()) {
        if (isClosed(gap))
            return End::Closed;
        const double best = m_incumbent.best();
        const double low = std::max(m_lower, best * 1e-6);
        const bool nearly = best - low < kNearlyClosed * best || target > 0.9;
        const double threshold =
            nearly ? best * (1 - kTolerance / 2) : low * std::pow(best / low, target);
        if (refuted(threshold, kPasses)) {
            target = 0.5;
            continue;
        }
        if (m_stopped())
            break;
        const Verdict verdict = search(width);
        if (m_stopped())
            break;
        if (verdict == Verdict::Refuted ||
            (verdict == Verdict::Found && m_incumbent.best() >= best)) {
            raise(threshold); // found what is equal but for rounding
            target = 0.5;
        } else if (verdict == Verdict::Found) {
            target = 0.5;
        } else if (!nearly) {
            target = 1 - (1 - target) / 2;
        } else if (width >= kWidest) {
            return End::CutShort;
        } else {
            width *= 2;
            target = 0.5;
        }
    }
    return End::Stopped;
}

} // namespace millrace::plan
