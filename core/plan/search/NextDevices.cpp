// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/search/NextDevices.h"

#include "plan/search/Tuning.h"

#include <algorithm>

namespace millrace::plan
{
namespace
{

constexpr std::uint16_t kNone = 0xffff;

} // namespace

void NextDevices::setDevices(std::vector<std::uint16_t> free, std::vector<std::uint16_t> senders)
{
    m_free = std::move(free);
    m_senders = std::move(senders);
    m_senderBits = 0;
    for (const std::uint16_t d : m_senders)
        m_senderBits |= std::uint64_t{1} << d % 64;
}

void NextDevices::start()
{
    m_rising.clear();
    for (const std::uint16_t d : m_free)
        m_rising.push_back({0, d});
}

void NextDevices::choose(std::size_t cut, const Costs& costs)
{
    if (m_reach.knowsSenders())
        chooseByBits(cut, costs);
    else
        chooseInOrder(cut, costs);
}

/// Each device in rising order serves all senders that reach it and are not served yet.
void NextDevices::chooseInOrder(std::size_t cut, const Costs& costs)
{
    const std::size_t count = m_space.devices.size();
    m_open.clear();
    for (std::size_t d = 0; d < count; ++d)
        if (costs.from[d] < costs.unreachable)
            m_open.push_back(std::int64_t{costs.from[d]} * 65536 + static_cast<std::int64_t>(d));
    std::fill(costs.after, costs.after + count, costs.unreachable);
    if (m_open.empty())
        return;
    m_uncovered = m_senders;
    const double payload = m_space.payload[cut];
    for (std::size_t turn = 0; turn < m_open.size() && !m_uncovered.empty(); ++turn) {
        const auto rest = m_open.begin() + static_cast<std::ptrdiff_t>(turn);
        if (turn == tuning::kSelections && m_reach.knowsReceivers())
            return chooseAmongReceivers(cut, costs);
        if (turn < tuning::kSelections)
            std::iter_swap(rest, std::min_element(rest, m_open.end()));
        else if (turn == tuning::kSelections)
            std::sort(rest, m_open.end());
        const auto device = static_cast<std::uint16_t>(*rest & 65535);
        const Price cost = costs.from[device];
        const double* carries = m_reach.carriesTo(device);
        std::size_t left = 0;
        for (const std::uint16_t d : m_uncovered) {
            if (payload <= carries[d]) {
                costs.after[d] = cost;
                costs.next[d] = device;
            } else {
                m_uncovered[left++] = d;
            }
        }
        m_uncovered.resize(left);
    }
}

/// The order of the cut before is nearly that of this one.
void NextDevices::chooseByBits(std::size_t cut, const Costs& costs)
{
    std::fill(costs.after, costs.after + m_space.devices.size(), costs.unreachable);
    for (std::size_t i = 0; i < m_rising.size(); ++i) {
        const Open open{costs.from[m_rising[i].device], m_rising[i].device};
        std::size_t to = i;
        for (; to > 0 && m_rising[to - 1].cost > open.cost; --to)
            m_rising[to] = m_rising[to - 1];
        m_rising[to] = open;
    }
    std::uint64_t uncovered = m_senderBits;
    for (const Open& open : m_rising) {
        if (open.cost >= costs.unreachable)
            return;
        std::uint64_t covered = uncovered & m_reach.senders(open.device, cut);
        uncovered &= ~covered;
        for (; covered != 0; covered &= covered - 1) {
            const auto d = static_cast<std::size_t>(__builtin_ctzll(covered));
            costs.after[d] = open.cost;
            costs.next[d] = open.device;
        }
        if (uncovered == 0)
            return;
    }
}

/// For what no cheap device serves: few links carry so much, so it is quicker to look at those.
void NextDevices::chooseAmongReceivers(std::size_t cut, const Costs& costs)
{
    for (const std::uint16_t d : m_uncovered) {
        Price best = costs.unreachable;
        std::uint16_t next = kNone;
        for (const std::uint16_t receiver : m_reach.receivers(d, m_space.payload[cut]))
            if (costs.from[receiver] < best) {
                best = costs.from[receiver];
                next = receiver;
            }
        costs.after[d] = best;
        costs.next[d] = next;
    }
}

} // namespace millrace::plan
