// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/PriceSearch.h"

#include <algorithm>

namespace millrace::plan
{
namespace
{

/// Where fewer pairs of devices than this share can hand a cut over, dives end on devices that no
/// free one is linked to.
constexpr double kLeastLinks = 0.25;
/// Where prices leave less of the budget over, nearly all devices are wanted.
constexpr double kTight = 0.08;
/// How much of the work dives may be, compared with that of all other searches.
constexpr double kDiveShare = 3;
/// The highest threshold for dives, as a share of the way from the bound (0) to the plan (1).
constexpr double kNearest = 0.9;
/// By how much the budget that is left over to start with changes, when a dive found a plan or not.
constexpr double kTighter = 0.8, kLooser = 1.15;
constexpr int kLooks = 3; ///< for a threshold with as much left over
/// Compared with the passes before other searches, for a bound.
constexpr int kBoundPasses = 6;
constexpr int kBoundTries = 3;
/// The share of the budget that prices leave over tells how far below the threshold a bound can be
/// proven. It is tried this much farther below.
constexpr double kBeyond = 1.3;
/// Where nothing can be told: how far to go from the bound to the threshold.
constexpr double kLow = 0.5;
/// The same after the bound was raised.
constexpr double kNext = 0.33;
/// A bound that rises by less than this share is not worth the passes.
constexpr double kLeastGain = 0.0005;

} // namespace

/// Where narrow searches find nothing, and it is dives that may.
bool PriceSearch::isTightForDives() const
{
    return -m_pricing.excessShare() < kTight && mayDive();
}

bool PriceSearch::mayDive() const
{
    const Reach& reach = m_pricing.relaxation().reach();
    return m_space.devices.size() > GuidedSearch::kFewDevices && reach.knowsSenders() &&
           reach.linkShare() > kLeastLinks;
}

/// A better plan by dives, where devices are too many for a search to the end soon, and so few that
/// sharing the work evenly is no plan yet.
Verdict PriceSearch::improve(double gap)
{
    if (!mayDive())
        return Verdict::Unknown;
    const auto start = static_cast<double>(m_search.work());
    const double most = kDiveShare * (start - m_workBefore) - m_workOwed;
    Verdict verdict = Verdict::Unknown;
    do {
        if (const Verdict next = dive(); next != Verdict::Unknown)
            verdict = next;
    } while (verdict != Verdict::Refuted && !m_stopped() && !isClosed(gap) &&
             static_cast<double>(m_search.work()) - start < most);
    m_workBefore = static_cast<double>(m_search.work());
    m_workOwed = m_workBefore - start - most;
    return verdict;
}

/// At the threshold where as much of the budget is left over as dives needed before, as near as a
/// few looks come to it.
Verdict PriceSearch::dive()
{
    const double best = std::min(m_incumbent.best(), m_top);
    const double low = std::max(m_lower, best * 1e-6);
    const double nearest = low + kNearest * (best - low);
    double threshold = std::min(nearest, low * (1 + m_leftOver));
    double leftOver = 0;
    for (int look = 0; look < kLooks && (look == 0 || threshold < nearest); ++look) {
        if (refuted(threshold, kManyPasses * m_fewPasses))
            return Verdict::Refuted;
        if (m_stopped())
            return Verdict::Unknown;
        leftOver = -m_pricing.excessShare();
        if (leftOver > 0.9 * m_leftOver || threshold >= nearest)
            break;
        threshold = std::min(nearest, threshold * (1 + m_leftOver - leftOver));
    }
    threshold = m_pricing.relaxation().threshold();
    const Verdict verdict = m_search.dive(m_kept);
    if (verdict == Verdict::Refuted) {
        raise(threshold);
        return verdict;
    }
    if (verdict == Verdict::Found) {
        m_leftOver *= kTighter;
        m_kept = kFewKept;
    } else {
        m_leftOver *= threshold < nearest ? kLooser : 1;
        m_kept = std::min(m_kept + kMoreKept, kMostKept);
    }
    raiseBound();
    return verdict;
}

/// By prices made thoroughly, to where they nearly refute: what they leave over at the threshold
/// where they stand tells. The more often that was in vain, the less often it is tried.
void PriceSearch::raiseBound()
{
    if (m_boundTurns++ < m_boundPause)
        return;
    m_boundTurns = 0;
    double threshold = m_pricing.relaxation().threshold();
    double leftOver = -m_pricing.excessShare();
    double lower = threshold * (1 - kBeyond * leftOver);
    if (lower <= m_lower * (1 + kLeastGain))
        lower = m_lower + (threshold - m_lower) * kLow;
    bool isRaised = false;
    for (int tries = 0; tries < kBoundTries && lower > m_lower * (1 + kLeastGain) && !m_stopped();
         ++tries) {
        if (refuted(lower, kBoundPasses * m_fewPasses, Pricing::kThorough)) {
            isRaised = true;
            lower += (threshold - lower) * kNext;
        } else {
            const double left = -m_pricing.excessShare();
            const double slope = std::max({left, leftOver - left, 1e-9}) / (threshold - lower);
            threshold = lower;
            leftOver = left;
            lower = std::min(lower - kBeyond * left / slope, lower * (1 - kLeastGain));
        }
    }
    m_boundPause = isRaised ? 0 : 2 * m_boundPause + 1;
}

} // namespace millrace::plan
