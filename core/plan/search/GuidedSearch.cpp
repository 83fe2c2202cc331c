// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/search/GuidedSearch.h"

#include "plan/search/Dive.h"
#include "plan/search/Recut.h"
#include "plan/search/Tuning.h"

#include <algorithm>
#include <numeric>

namespace millrace::plan
{
namespace
{

/// Labels that cost less than the prices before: a search of so few is made wider at once.
std::int64_t cheapLabels(const StageSpace& space)
{
    const std::size_t count = space.devices.size();
    if (count >= tuning::kManyDevices)
        return 0;
    return static_cast<std::int64_t>((space.cuts.isChain() ? 2U : 1U) * count * space.cuts.size());
}

/// Whether half of what labels missed was one device.
bool isOneWanted(const std::vector<int>& conflicts)
{
    const int all = std::accumulate(conflicts.begin(), conflicts.end(), 0);
    return all > 0 && 2 * *std::max_element(conflicts.begin(), conflicts.end()) >= all;
}

} // namespace

GuidedSearch::GuidedSearch(const StageSpace& space, Pricing& pricing, Incumbent& incumbent,
                           const std::function<bool()>& stopped)
    : m_space(space), m_pricing(pricing), m_incumbent(incumbent), m_stopped(stopped),
      m_cheapLabels(cheapLabels(space)),
      m_clearTries(space.devices.size() <= tuning::kFewDevices ? 0 : tuning::kClearTries)
{
}

void GuidedSearch::keep(const std::vector<StagePlace>& stages)
{
    m_incumbent.offer(m_space, stages);
    if (m_space.problem.overlap == Overlap::No)
        return;
    std::vector<std::size_t> order;
    for (const StagePlace& place : stages)
        order.push_back(place.device);
    m_incumbent.offer(m_space, bestCuts(m_space, order, m_incumbent.best()));
}

Verdict GuidedSearch::run(std::size_t width)
{
    LabelOptions options;
    options.width = width;
    for (std::int64_t labels = 0;; options.width *= tuning::kWidenCheap) {
        m_result = labelSearch(m_space, m_pricing.relaxation(), options, m_stopped);
        m_incumbent.countSteps(m_result.labels);
        m_work += m_result.labels;
        labels += m_result.labels;
        if (m_result.verdict != Verdict::Unknown || m_stopped() || labels > m_cheapLabels ||
            3 * m_result.labels > 2 * m_cheapLabels || options.width > tuning::kWidest)
            break;
    }
    if (m_result.verdict == Verdict::Found)
        keep(m_result.stages);
    return m_result.verdict;
}

Verdict GuidedSearch::runWithConflicts(std::size_t width, int tries)
{
    Verdict verdict = m_result.verdict;
    const std::vector<double> prices = m_pricing.prices();
    double share = tuning::kConflictShare;
    for (int done = 0; verdict == Verdict::Unknown && !m_stopped(); ++done) {
        const bool isClear = isOneWanted(m_result.conflicts);
        if (done >= (isClear ? std::max(tries, m_clearTries) : tries))
            break;
        m_pricing.raise(m_result.conflicts, share);
        m_incumbent.countSteps(1);
        share *= isClear ? 2 : 1;
        verdict =
            m_pricing.relaxation().isRefuted() && !m_stopped() ? Verdict::Refuted : run(width);
    }
    if (verdict == Verdict::Unknown)
        m_pricing.restore(prices);
    return verdict;
}

Verdict GuidedSearch::dive(std::size_t kept)
{
    m_result = Dive(m_space, m_pricing, m_stopped).run(kept, m_random);
    m_incumbent.countSteps(m_result.labels);
    m_work += m_result.labels;
    if (m_result.verdict == Verdict::Found)
        keep(m_result.stages);
    return m_result.verdict;
}

} // namespace millrace::plan
