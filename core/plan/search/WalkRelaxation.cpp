// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/search/WalkRelaxation.h"

#include "plan/search/Tuning.h"

#include <algorithm>
#include <limits>

namespace millrace::plan
{
namespace
{

constexpr std::uint16_t kNone = 0xffff;

} // namespace

WalkRelaxation::WalkRelaxation(const StageSpace& space, std::function<bool()> stopped)
    : m_space(space), m_reach(space), m_remembering(space, m_reach), m_scan(space, m_reach),
      m_next(space, m_reach), m_stopped(std::move(stopped)), m_count(space.devices.size()),
      m_cuts(space.cuts.size()), m_entry(m_count), m_after(m_cuts * m_count),
      m_from(m_cuts * m_count), m_bestEnd(m_cuts * m_count, 0), m_bestNext(m_cuts * m_count, kNone),
      m_queues(m_count)
{
    setBeginning({});
    if (m_reach.isSliding())
        m_queueEnds.resize(m_cuts * m_count);
    else
        m_afterOf.resize(m_cuts * m_count);
}

void WalkRelaxation::setBeginning(Beginning beginning)
{
    m_beginning = std::move(beginning);
    m_isFree.assign(m_count, true);
    for (const StagePlace& stage : m_beginning.stages)
        m_isFree[stage.device] = false;
    m_free.clear();
    for (std::size_t d = 0; d < m_count; ++d)
        if (m_isFree[d])
            m_free.push_back(static_cast<std::uint16_t>(d));
    std::vector<std::uint16_t> senders = m_free;
    if (!m_beginning.stages.empty())
        senders.push_back(static_cast<std::uint16_t>(m_beginning.stages.back().device));
    std::sort(senders.begin(), senders.end());
    m_next.setDevices(m_free, std::move(senders));
}

void WalkRelaxation::run(const Prices& prices)
{
    ++m_runs;
    const StageCount& stages = m_space.problem.stages;
    const auto begun = static_cast<Price>(m_beginning.stages.size());
    const auto perStage = static_cast<Price>(prices.tooMany - prices.tooFew);
    for (std::size_t d = 0; d < m_count; ++d)
        m_entry[d] = prices.device[d] + perStage;
    m_moved = prices.moved;
    m_budget = prices.allowance +
               prices.tooMany * (static_cast<Price>(stages.max.value_or(0)) - begun) -
               prices.tooFew * (static_cast<Price>(stages.min) - begun);
    for (std::size_t d = 0; d < m_count; ++d)
        m_budget += m_isFree[d] ? prices.device[d] : 0;
    m_cheapest = std::numeric_limits<Price>::min(); // proves nothing when stopped on the way
    m_isRemembering = m_remembering.isAny() && m_moved.empty() && m_beginning.stages.empty();
    if (m_isRemembering)
        return runRemembering();
    m_queues.assign(m_count, {});
    m_next.start();
    if (!m_reach.isSliding())
        m_leastAfter.assign(m_count, LeastOfBlocks<Price>(m_cuts));
    const std::size_t last = m_cuts - 1;
    for (std::size_t d = 0; d < m_count; ++d)
        m_after[last * m_count + d] = m_reach.endsAtSink(d) ? 0 : kUnreachable;
    for (std::size_t cut = last; cut-- > start();) {
        if (cut % tuning::kAsked == 0 && m_stopped())
            return;
        if (m_reach.isSliding())
            beginSliding(cut);
        else
            beginStages(cut);
        if (cut > 0)
            m_next.choose(cut, {m_from.data() + cut * m_count, m_after.data() + cut * m_count,
                                m_bestNext.data() + cut * m_count, kUnreachable});
    }
    findCheapest();
}

void WalkRelaxation::runRemembering()
{
    const auto least = [](std::span<const RememberingWalks::Label> labels) {
        return labels.empty() ? kUnreachable : labels.front().cost;
    };
    m_remembering.start(m_entry);
    for (std::size_t cut = m_cuts; cut-- > 0;) {
        if (cut % tuning::kAsked == 0 && m_stopped())
            return;
        if (cut + 1 < m_cuts)
            m_remembering.beginStages(cut);
        if (cut > 0 && cut + 1 < m_cuts)
            m_remembering.chooseNext(cut);
        for (std::size_t d = 0; d < m_count; ++d) {
            m_from[cut * m_count + d] = least(m_remembering.from(cut, d));
            m_after[cut * m_count + d] = least(m_remembering.after(cut, d));
        }
    }
    findCheapest();
}

void WalkRelaxation::findCheapest()
{
    if (!m_beginning.stages.empty()) {
        m_cheapest = costAfter(start(), m_beginning.stages.back().device);
        return;
    }
    m_cheapest = kUnreachable;
    for (std::size_t d = 0; d < m_count; ++d)
        if (m_reach.startsFromSource(d))
            m_cheapest = std::min(m_cheapest, m_from[d]);
}

bool WalkRelaxation::rememberReturns()
{
    bool isAny = false;
    const std::vector<Visit> walk = cheapestWalk();
    for (std::size_t i = 2; i < walk.size(); ++i)
        if (walk[i].device == walk[i - 2].device &&
            m_remembering.remember(walk[i - 1].device, walk[i].device))
            isAny = true;
    return isAny;
}

/// The least over a window that only moves down: ends come in at its near side and, too far, leave
/// at the other.
void WalkRelaxation::beginSliding(std::size_t cut)
{
    const std::size_t count = m_count;
    const Price* after = m_after.data() + (cut + 1) * count;
    const Cut* furthest = m_reach.furthest(cut);
    Price* from = m_from.data() + cut * count;
    Cut* best = m_bestEnd.data() + cut * count;
    const bool isExact = m_space.isSliding;
    const bool hasMoves = !m_moved.empty();
    std::fill(from, from + count, kUnreachable);
    for (const std::uint16_t d : m_free) {
        Queue& queue = m_queues[d];
        End* ends = m_queueEnds.data() + d * m_cuts;
        if (after[d] < kUnreachable && (isExact || m_space.mayEnd[(cut + 1) * count + d])) {
            const Price cost = hasMoves ? after[d] + m_moved[d][cut + 1] : after[d];
            while (queue.tail > queue.head && ends[queue.tail - 1].cost > cost)
                --queue.tail;
            ends[queue.tail++] = {cost, static_cast<Cut>(cut + 1)};
        }
        while (queue.head < queue.tail && ends[queue.head].to > furthest[d])
            ++queue.head;
        if (queue.head == queue.tail || (!isExact && !m_space.mayBegin[cut * count + d]))
            continue;
        const End& end = ends[queue.head];
        const Price rest = hasMoves ? end.cost - m_moved[d][cut] : end.cost;
        from[d] = std::min(kHopeless, rest + m_entry[d]);
        best[d] = end.to;
    }
}

void WalkRelaxation::beginStages(std::size_t cut)
{
    m_scan.moveTo(cut);
    for (std::size_t d = 0; d < m_count; ++d) {
        if (!m_isFree[d]) {
            m_from[cut * m_count + d] = kUnreachable;
            continue;
        }
        Price* after = m_afterOf.data() + d * m_cuts;
        after[cut + 1] = m_after[(cut + 1) * m_count + d];
        if (!m_moved.empty() && after[cut + 1] < kUnreachable)
            after[cut + 1] += m_moved[d][cut + 1];
        m_leastAfter[d].put(cut + 1, after[cut + 1]);
        // Where it was best with other prices it is often best again.
        Cut& end = m_bestEnd[cut * m_count + d];
        const auto best = m_scan.least(d, after, m_leastAfter[d], kUnreachable, end);
        const Price before = m_moved.empty() ? 0 : m_moved[d][cut];
        m_from[cut * m_count + d] =
            best.to != 0 ? std::min(kHopeless, best.value - before + m_entry[d]) : kUnreachable;
        end = best.to;
    }
}

std::vector<WalkRelaxation::Visit> WalkRelaxation::rememberingWalk(std::size_t device) const
{
    std::vector<Visit> visits;
    std::size_t label = 0;
    for (std::size_t cut = 0; cut + 1 < m_cuts;) {
        const RememberingWalks::Label& stage = m_remembering.from(cut, device)[label];
        visits.push_back({device, cut, stage.to});
        const auto onwards = m_remembering.after(stage.to, device);
        cut = stage.to;
        device = onwards[stage.next].device;
        label = onwards[stage.next].next;
    }
    return visits;
}

std::optional<std::size_t> WalkRelaxation::firstDevice() const
{
    if (!walkExists())
        return {};
    if (!m_beginning.stages.empty())
        return m_bestNext[start() * m_count + m_beginning.stages.back().device];
    std::optional<std::size_t> first;
    for (std::size_t d = 0; d < m_count; ++d)
        if (m_reach.startsFromSource(d) && (!first || m_from[d] < m_from[*first]))
            first = d;
    return first;
}

std::vector<WalkRelaxation::Visit> WalkRelaxation::cheapestWalk() const
{
    std::vector<Visit> visits;
    const std::optional<std::size_t> first = firstDevice();
    if (!first)
        return visits;
    std::size_t device = *first;
    if (m_isRemembering)
        return rememberingWalk(device);
    for (std::size_t cut = start(); cut + 1 < m_cuts;) {
        const std::size_t to = m_bestEnd[cut * m_count + device];
        visits.push_back({device, cut, to});
        device = m_bestNext[to * m_count + device];
        cut = to;
    }
    return visits;
}

} // namespace millrace::plan
