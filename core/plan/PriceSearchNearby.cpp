// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/PriceSearch.h"

#include <algorithm>

namespace millrace::plan
{
namespace
{

/// Searches nearby: labels per cut, how many at most, how near the plan at least, and how much of
/// the work compared with that of all others.
constexpr std::size_t kNearbyWidth = 20;
constexpr int kNearbyTries = 8;
constexpr double kNearestDrop = 0.001;
constexpr double kNearbyShare = 3;

} // namespace

/// A better plan by many narrow searches, where devices are too many for a search to the end soon.
Verdict PriceSearch::improve(double gap)
{
    const std::size_t count = m_space.devices.size();
    if (count <= GuidedSearch::kFewDevices || count >= GuidedSearch::kManyDevices)
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
    if (m_stopped())
        return Verdict::Unknown;
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

} // namespace millrace::plan
