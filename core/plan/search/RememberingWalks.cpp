// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/search/RememberingWalks.h"

#include <algorithm>
#include <bit>

namespace millrace::plan
{
namespace
{

constexpr std::size_t kMostQueues = 8; ///< per device; others forget a little

bool isCheaper(const RememberingWalks::Label& a, const RememberingWalks::Label& b)
{
    return a.cost < b.cost;
}

} // namespace

bool RememberingWalks::Labels::add(Label label)
{
    for (const Label& cheaper : labels())
        if ((cheaper.remembered & ~label.remembered) == 0)
            return true;
    if (m_size + 1 == kMost)
        label.remembered = 0;
    m_labels[m_size++] = label;
    return label.remembered != 0;
}

RememberingWalks::RememberingWalks(const StageSpace& space, const Reach& reach)
    : m_space(space), m_reach(reach), m_scan(space, reach), m_count(space.devices.size()),
      m_cuts(space.cuts.size()), m_memory(m_count, 0)
{
}

bool RememberingWalks::remember(std::size_t at, std::size_t device)
{
    const Devices bit = Devices{1} << device;
    if ((m_memory[at] & bit) != 0 ||
        static_cast<std::size_t>(std::popcount(m_memory[at])) == kMostRemembered)
        return false;
    m_memory[at] |= bit;
    m_isAny = true;
    return true;
}

void RememberingWalks::start(const std::vector<Price>& entry)
{
    m_entry = entry;
    for (std::vector<Labels>* all : {&m_from, &m_after}) {
        all->resize(m_cuts * m_count);
        for (Labels& labels : *all)
            labels.clear();
    }
    if (m_reach.isSliding()) {
        m_queues.resize(m_count);
        m_inUse.assign(m_count, 0);
    } else {
        m_least.assign(m_cuts * m_count, kUnreachable);
        m_leastAfter.assign(m_count, LeastOfBlocks<Price>(m_cuts));
        m_bestEnd.resize(m_cuts * m_count, 0);
    }
    for (std::size_t d = 0; d < m_count; ++d) {
        if (m_reach.isSliding())
            (void)queueOf(d, 0);
        if (m_reach.endsAtSink(d))
            (void)m_after[(m_cuts - 1) * m_count + d].add({});
    }
}

/// Where there are too many, one that remembers less: never dearer.
RememberingWalks::Queue& RememberingWalks::queueOf(std::size_t device, Devices remembered)
{
    std::vector<Queue>& queues = m_queues[device];
    Queue* nearest = nullptr;
    for (std::size_t k = 0; k < m_inUse[device]; ++k) {
        if (queues[k].remembered == remembered)
            return queues[k];
        if (nearest == nullptr)
            nearest = &queues[k];
        if ((queues[k].remembered & ~remembered) == 0 &&
            std::popcount(queues[k].remembered) > std::popcount(nearest->remembered))
            nearest = &queues[k];
    }
    if (m_inUse[device] == kMostQueues)
        return *nearest;
    if (m_inUse[device]++ == queues.size())
        queues.push_back({0, 0, 0, std::vector<Queue::End>(m_cuts)});
    Queue& queue = queues[m_inUse[device] - 1];
    queue.remembered = remembered;
    queue.head = queue.tail = 0;
    return queue;
}

/// The cut comes into the window.
void RememberingWalks::push(std::size_t device, std::size_t cut)
{
    std::uint16_t number = 0;
    for (const Label& label : after(cut, device)) {
        Queue& queue = queueOf(device, label.remembered);
        while (queue.tail > queue.head && queue.ends[queue.tail - 1].cost > label.cost)
            --queue.tail;
        // Where two labels of a cut share a queue, the cheaper one is there already.
        const bool isThere = queue.tail > queue.head && queue.ends[queue.tail - 1].to == cut;
        if (!isThere)
            queue.ends[queue.tail++] = {label.cost, static_cast<Cut>(cut), number};
        ++number;
    }
}

/// What is too far leaves it; the nearest of what is left begins a stage.
void RememberingWalks::pull(std::size_t device, std::size_t cut)
{
    const Cut furthest = m_reach.furthest(device, cut);
    m_nearest.clear();
    for (std::size_t k = 0; k < m_inUse[device]; ++k) {
        Queue& queue = m_queues[device][k];
        while (queue.head < queue.tail && queue.ends[queue.head].to > furthest)
            ++queue.head;
        if (queue.head == queue.tail)
            continue;
        const Queue::End& end = queue.ends[queue.head];
        m_nearest.push_back({end.cost, end.to, 0, end.label, queue.remembered});
    }
    if (!m_space.isSliding && !m_space.mayBegin[cut * m_count + device])
        return;
    static_assert(Labels::kMost == 2, "the second one forgets, so that there need be no third");
    const auto first = std::min_element(m_nearest.begin(), m_nearest.end(), isCheaper);
    if (first == m_nearest.end())
        return;
    const Devices remembered = first->remembered;
    begin(device, cut, *first);
    std::erase_if(m_nearest, [remembered](const Label& label) {
        return (remembered & ~label.remembered) == 0;
    });
    const auto second = std::min_element(m_nearest.begin(), m_nearest.end(), isCheaper);
    if (second != m_nearest.end())
        begin(device, cut, *second);
}

void RememberingWalks::begin(std::size_t device, std::size_t cut, Label label)
{
    label.cost = std::min(kHopeless, label.cost + m_entry[device]);
    (void)m_from[cut * m_count + device].add(label);
}

void RememberingWalks::beginStages(std::size_t cut)
{
    if (!m_reach.isSliding())
        m_scan.moveTo(cut);
    for (std::size_t d = 0; d < m_count; ++d) {
        if (!m_reach.isSliding()) {
            beginStage(d, cut);
            continue;
        }
        if (m_space.isSliding || m_space.mayEnd[(cut + 1) * m_count + d])
            push(d, cut + 1);
        pull(d, cut);
    }
}

void RememberingWalks::beginStage(std::size_t device, std::size_t cut)
{
    Price* least = m_least.data() + device * m_cuts;
    if (!after(cut + 1, device).empty()) {
        least[cut + 1] = after(cut + 1, device).front().cost;
        m_leastAfter[device].put(cut + 1, least[cut + 1]);
    }
    Cut& guess = m_bestEnd[cut * m_count + device];
    const auto best = m_scan.least(device, least, m_leastAfter[device], kUnreachable, guess);
    guess = best.to;
    if (best.to == 0)
        return;
    const Devices remembered = after(best.to, device).front().remembered;
    begin(device, cut, {best.value, best.to, 0, 0, remembered});
    if (remembered == 0)
        return;
    if (const Label other = otherEnd(device, remembered); other.to != 0)
        begin(device, cut, other);
}

/// The cheapest way on that does not remember all of these devices.
RememberingWalks::Label RememberingWalks::otherEnd(std::size_t device, Devices remembered) const
{
    Label best{kUnreachable, 0, 0, 0, 0};
    const Price* least = m_least.data() + device * m_cuts;
    m_scan.each(
        device, m_leastAfter[device], [&](Price cost) { return cost < best.cost; },
        [&](std::size_t to) {
            if (least[to] >= best.cost)
                return;
            std::uint16_t number = 0;
            for (const Label& label : after(to, device)) {
                if (label.cost < best.cost && (remembered & ~label.remembered) != 0 &&
                    m_scan.isEnd(device, to))
                    best = {label.cost, static_cast<Cut>(to), 0, number, label.remembered};
                ++number;
            }
        });
    return best;
}

/// As WalkRelaxation does, but a device is served again by who does not remember as much.
void RememberingWalks::chooseNext(std::size_t cut)
{
    m_open.clear();
    for (std::size_t d = 0; d < m_count; ++d) {
        std::uint16_t number = 0;
        for (const Label& label : from(cut, d))
            m_open.push_back({label.cost, static_cast<std::uint16_t>(d), number++});
    }
    std::sort(m_open.begin(), m_open.end());
    Devices uncovered = ~Devices{0} >> (kMostDevices - m_count);
    for (const Open& open : m_open) {
        const Devices remembered =
            from(cut, open.device)[open.label].remembered | Devices{1} << open.device;
        Devices covered = uncovered & m_reach.senders(open.device, cut) & ~remembered;
        for (; covered != 0; covered &= covered - 1) {
            const auto d = static_cast<std::size_t>(std::countr_zero(covered));
            if (!m_after[cut * m_count + d].add(
                    {open.cost, 0, open.device, open.label, remembered & m_memory[d]}))
                uncovered &= ~(Devices{1} << d);
        }
        if (uncovered == 0)
            return;
    }
}

} // namespace millrace::plan
