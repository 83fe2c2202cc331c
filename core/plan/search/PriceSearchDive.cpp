// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/search/PriceSearch.h"
#include "plan/search/Tuning.h"

#include <algorithm>

namespace millrace::plan
{

/// Where narrow searches find nothing, and it is dives that may.
bool PriceSearch::isTightForDives() const
{
    return -m_pricing.excessShare() < tuning::kTight && mayDive();
}

bool PriceSearch::mayDive() const
{
    const Reach& reach = m_pricing.relaxation().reach();
    return m_space.devices.size() > tuning::kFewDevices && reach.knowsSenders() &&
           reach.linkShare() > tuning::kDiveLinks;
}

/// A better plan by dives, where devices are too many for a search to the end soon, and so few that
/// sharing the work evenly is no plan yet.
Verdict PriceSearch::improve(double gap)
{
    if (!mayDive())
        return Verdict::Unknown;
    const auto start = static_cast<double>(m_search.work());
    const double most = tuning::kDiveShare * (start - m_workBefore) - m_workOwed;
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
    m_phase = Phase::Dive;
    const double best = std::min(m_incumbent.best(), m_top);
    const double low = std::max(m_lower, best * tuning::kLowest);
    const double nearest = low + tuning::kNearest * (best - low);
    double threshold = std::min(nearest, low * (1 + m_leftOver));
    double leftOver = 0;
    for (int look = 0; look < tuning::kLooks && (look == 0 || threshold < nearest); ++look) {
        if (refuted(threshold, tuning::kManyPasses * m_fewPasses))
            return Verdict::Refuted;
        if (m_stopped())
            return Verdict::Unknown;
        leftOver = -m_pricing.excessShare();
        if (leftOver > tuning::kNearEnough * m_leftOver || threshold >= nearest)
            break;
        threshold = std::min(nearest, threshold * (1 + m_leftOver - leftOver));
    }
    threshold = m_pricing.relaxation().threshold();
    const Verdict verdict = m_search.dive(m_kept);
    trace(Source::Dive, verdict);
    if (verdict == Verdict::Refuted) {
        raise(threshold);
        return verdict;
    }
    if (verdict == Verdict::Found) {
        m_leftOver *= tuning::kTighter;
        m_kept = tuning::kFewKept;
    } else {
        m_leftOver *= threshold < nearest ? tuning::kLooser : 1;
        m_kept = std::min(m_kept + tuning::kMoreKept, tuning::kMostKept);
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
    double lower = threshold * (1 - tuning::kBeyond * leftOver);
    if (lower <= m_lower * (1 + tuning::kLeastGain))
        lower = m_lower + (threshold - m_lower) * tuning::kLow;
    bool isRaised = false;
    for (int tries = 0;
         tries < tuning::kBoundTries && lower > m_lower * (1 + tuning::kLeastGain) && !m_stopped();
         ++tries) {
        if (refuted(lower, tuning::kBoundPasses * m_fewPasses, Pricing::kThorough)) {
            isRaised = true;
            lower += (threshold - lower) * tuning::kNext;
        } else {
            const double left = -m_pricing.excessShare();
            const double slope = std::max({left, leftOver - left, 1e-9}) / (threshold - lower);
            threshold = lower;
            leftOver = left;
            lower =
                std::min(lower - tuning::kBeyond * left / slope, lower * (1 - tuning::kLeastGain));
        }
    }
    m_boundPause = isRaised ? 0 : 2 * m_boundPause + 1;
}

} // namespace millrace::plan
