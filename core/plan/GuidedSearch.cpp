// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/GuidedSearch.h"

#include "plan/Recut.h"

#include <algorithm>
#include <numeric>

namespace millrace::plan
{
namespace
{

constexpr int kClearTries = 5, kMemoryRounds = 30;
constexpr double kConflictShare = 0.03;

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
      m_cheapLabels(space.cuts.isChain()
                        ? 0
                        : static_cast<std::int64_t>(space.devices.size() * space.cuts.size())),
      m_clearTries(space.devices.size() <= kFewDevices ? 0 : kClearTries)
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
    for (std::int64_t labels = 0;; options.width *= 3) {
        m_result = labelSearch(m_space, m_pricing.relaxation(), options, m_stopped);
        m_incumbent.countSteps(m_result.labels);
        labels += m_result.labels;
        if (m_result.verdict != Verdict::Unknown || m_stopped() || labels > m_cheapLabels ||
            options.width > kWidest)
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
    double share = kConflictShare;
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

Verdict GuidedSearch::runWithMemories(std::size_t width)
{
    if (m_memories.empty())
        m_memories.assign(m_space.devices.size(), Bits(m_space.devices.size()));
    LabelOptions options;
    options.width = width;
    options.memories = &m_memories;
    for (int round = 0; round < kMemoryRounds && !m_stopped(); ++round) {
        m_result = labelSearch(m_space, m_pricing.relaxation(), options, m_stopped);
        m_incumbent.countSteps(m_result.labels);
        if (m_result.verdict == Verdict::Found)
            keep(m_result.stages);
        if (m_result.verdict != Verdict::Repeats)
            return m_result.verdict;
        remember(m_result.stages);
    }
    return Verdict::Unknown;
}

void GuidedSearch::remember(const std::vector<StagePlace>& walk)
{
    std::size_t shortest = walk.size();
    std::vector<std::pair<std::size_t, std::size_t>> cycles;
    for (std::size_t end = 1; end < walk.size(); ++end)
        for (std::size_t begin = end; begin-- > 0;)
            if (walk[begin].device == walk[end].device) {
                shortest = std::min(shortest, end - begin);
                cycles.emplace_back(begin, end);
                break;
            }
    for (const auto& [begin, end] : cycles)
        if (end - begin <= shortest + 1)
            for (std::size_t k = begin + 1; k < end; ++k)
                m_memories[walk[k].device].set(walk[begin].device);
}

} // namespace millrace::plan
