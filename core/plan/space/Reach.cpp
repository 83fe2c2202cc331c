// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/space/Reach.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace millrace::plan
{
namespace
{

/// Times are sums and quotients in floating point; a threshold that equals one must let it pass.
constexpr double kRounding = 1 + 1e-12;
/// From so many devices on, lists of receivers pay.
constexpr std::size_t kMany = 64;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Of rising times, the first from `from` on that is not within; looked for around `guess`, in
/// growing steps.
template <class Within>
std::size_t firstBeyond(const std::vector<double>& times, std::size_t from, std::size_t guess,
                        const Within& isWithin)
{
    std::size_t low = std::max(from, guess);
    std::size_t high = low;
    for (std::size_t step = 1; high < times.size() && isWithin(times[high]); step *= 2) {
        low = high + 1;
        high += step;
    }
    for (std::size_t step = 1; low > from && !isWithin(times[low - 1]); step *= 2) {
        high = low - 1;
        low = low - from > step ? low - step : from;
    }
    const auto at = [&times](std::size_t i) {
        return times.begin() + static_cast<std::ptrdiff_t>(std::min(i, times.size()));
    };
    return static_cast<std::size_t>(std::partition_point(at(low), at(high), isWithin) -
                                    times.begin());
}

} // namespace

Reach::Reach(const StageSpace& space)
    : m_space(space), m_count(space.devices.size()), m_cuts(space.cuts.size()),
      m_isSliding(space.cuts.isChain() && space.problem.overlap == Overlap::Yes)
{
    if (m_count >= kMany)
        sortReceivers();
    m_byPayload.resize(m_cuts);
    std::iota(m_byPayload.begin(), m_byPayload.end(), std::size_t{0});
    std::sort(m_byPayload.begin(), m_byPayload.end(), [&space](std::size_t a, std::size_t b) {
        return space.payload[a] > space.payload[b];
    });
    if (!m_isSliding)
        for (const std::vector<double>& time : space.time) {
            std::vector<double>& onwards = m_timeOnwards.emplace_back(time);
            for (std::size_t cut = m_cuts - 1; cut-- > 0;)
                onwards[cut] = std::min(onwards[cut], onwards[cut + 1]);
        }
    if (space.problem.overlap == Overlap::Yes)
        return;
    const Problem& problem = space.problem;
    m_receive.assign(m_count, {kInfinity, kInfinity});
    m_send.assign(m_count, {kInfinity, kInfinity});
    for (std::size_t a = 0; a < m_count; ++a)
        for (std::size_t b = 0; b < m_count; ++b) {
            const DeviceId from = space.devices[a];
            const DeviceId to = space.devices[b];
            const double bandwidth = problem.bandwidth.at(from, to).value;
            if (a == b || bandwidth <= 0)
                continue;
            const double message =
                problem.occupancy.at(from, to).value + problem.delay.at(from, to).value;
            for (Affine* end : {&m_send[a], &m_receive[b]}) {
                end->perByte = std::min(end->perByte, 8 / bandwidth);
                end->perMessage = std::min(end->perMessage, message);
            }
        }
}

void Reach::sortReceivers()
{
    const Problem& problem = m_space.problem;
    std::vector<std::uint16_t> receivers(m_count * m_count);
    std::vector<double> bandwidth(m_count);
    for (std::size_t a = 0; a < m_count; ++a) {
        const DeviceId from = m_space.devices[a];
        std::uint16_t* row = receivers.data() + a * m_count;
        std::iota(row, row + m_count, std::uint16_t{0});
        const std::size_t any = a == 0 ? 1 : 0;
        for (std::size_t b = 0; b < m_count; ++b) {
            const DeviceId to = m_space.devices[b];
            bandwidth[b] = a == b ? 0 : problem.bandwidth.at(from, to).value;
            if (a != b &&
                (problem.occupancy.at(from, to) !=
                     problem.occupancy.at(from, m_space.devices[any]) ||
                 problem.delay.at(from, to) != problem.delay.at(from, m_space.devices[any])))
                return;
        }
        std::sort(row, row + m_count, [&](std::uint16_t x, std::uint16_t y) {
            return std::pair(-bandwidth[x], x) < std::pair(-bandwidth[y], y);
        });
    }
    m_receivers = std::move(receivers);
    m_receiverCarries.resize(m_count * m_count);
}

std::span<const std::uint16_t> Reach::receivers(std::size_t from, double payload) const
{
    const double* carries = m_receiverCarries.data() + from * m_count;
    const double* end = std::partition_point(
        carries, carries + m_count, [payload](double carried) { return payload <= carried; });
    return {m_receivers.data() + from * m_count, static_cast<std::size_t>(end - carries)};
}

void Reach::setThreshold(double threshold)
{
    m_threshold = threshold;
    m_within = threshold * kRounding;
    fillLinks();
    if (knowsSenders())
        fillSenders();
    if (m_isSliding)
        fillFurthest();
    else
        fillWindows();
}

/// Two pointers per device: neither memory nor time lets a later start end earlier.
void Reach::fillFurthest()
{
    m_furthest.resize(m_cuts * m_count);
    for (std::size_t d = 0; d < m_count; ++d) {
        const double* time = m_space.time[d].data();
        std::size_t byTime = 0;
        std::size_t before = 0;
        for (std::size_t from = 0; from < m_cuts; ++from) {
            byTime = std::max(byTime, from);
            while (byTime + 1 < m_cuts && time[byTime + 1] - time[from] <= m_within)
                ++byTime;
            const auto row = m_space.ends(d, from);
            const std::size_t byMemory = row.empty() ? from : row.back().last;
            before = std::max(before, std::min(byTime, byMemory));
            m_furthest[from * m_count + d] = static_cast<Cut>(before);
        }
    }
}

double Reach::leastReceive(std::size_t device, std::size_t cut) const
{
    if (m_receive.empty())
        return 0;
    if (cut == 0)
        return m_space.hop(m_space.problem.source, m_space.devices[device], 0);
    return m_receive[device].perByte * m_space.payload[cut] + m_receive[device].perMessage;
}

double Reach::leastSend(std::size_t device, std::size_t cut) const
{
    if (m_send.empty())
        return 0;
    if (cut + 1 == m_cuts)
        return m_space.hop(m_space.devices[device], m_space.problem.sink, cut);
    return m_send[device].perByte * m_space.payload[cut] + m_send[device].perMessage;
}

void Reach::fillWindows()
{
    m_furthest.resize(m_cuts * m_count);
    for (std::size_t d = 0; d < m_count; ++d) {
        const std::vector<double>& onwards = m_timeOnwards[d];
        std::size_t end = 0;
        for (std::size_t from = 0; from < m_cuts; ++from) {
            const double start = m_space.time[d][from];
            const double left = m_within - leastReceive(d, from);
            end = firstBeyond(onwards, from, end,
                              [start, left](double time) { return time - start <= left; });
            const auto byTime = static_cast<Cut>(std::max<std::size_t>(end, 1) - 1);
            m_furthest[from * m_count + d] =
                m_space.furthest.empty() ? byTime
                                         : std::min(byTime, m_space.furthest[d * m_cuts + from]);
        }
    }
}

/// One sweep per receiver: the smaller the payload, the more senders.
void Reach::fillSenders()
{
    m_senders.resize(m_cuts * m_count);
    std::vector<std::pair<double, std::size_t>> links;
    for (std::size_t to = 0; to < m_count; ++to) {
        links.clear();
        for (std::size_t from = 0; from < m_count; ++from)
            if (carriesTo(to)[from] >= 0)
                links.emplace_back(-carriesTo(to)[from], from);
        std::sort(links.begin(), links.end());
        std::uint64_t senders = 0;
        auto link = links.begin();
        for (const std::size_t cut : m_byPayload) {
            for (; link != links.end() && m_space.payload[cut] <= -link->first; ++link)
                senders |= std::uint64_t{1} << link->second;
            m_senders[cut * m_count + to] = senders;
        }
    }
}

double Reach::linkShare() const
{
    std::size_t links = 0;
    for (std::size_t cut = 1; cut + 1 < m_cuts; ++cut)
        for (std::size_t d = 0; d < m_count; ++d)
            links += static_cast<std::size_t>(std::popcount(senders(d, cut)));
    const std::size_t pairs = (m_cuts - 2) * m_count * (m_count - 1);
    return pairs == 0 ? 1 : static_cast<double>(links) / static_cast<double>(pairs);
}

void Reach::fillLinks()
{
    const Problem& problem = m_space.problem;
    const auto inTime = [this](double seconds) {
        return std::isfinite(seconds) && seconds <= m_within;
    };
    m_carries.assign(m_count * m_count, -1);
    m_fromSource.assign(m_count, false);
    m_toSink.assign(m_count, false);
    for (std::size_t a = 0; a < m_count; ++a) {
        const DeviceId from = m_space.devices[a];
        m_fromSource[a] = inTime(m_space.hop(problem.source, from, 0));
        m_toSink[a] = inTime(m_space.hop(from, problem.sink, m_space.cuts.last()));
        for (std::size_t b = 0; b < m_count; ++b) {
            const DeviceId to = m_space.devices[b];
            const double bandwidth = problem.bandwidth.at(from, to).value;
            if (a == b || bandwidth <= 0)
                continue;
            double left = m_within - problem.occupancy.at(from, to).value;
            if (problem.overlap == Overlap::No)
                left -= problem.delay.at(from, to).value;
            m_carries[b * m_count + a] = left < 0 ? -1 : left * bandwidth / 8;
        }
    }
    for (std::size_t a = 0; a < m_count && knowsReceivers(); ++a)
        for (std::size_t i = a * m_count; i < (a + 1) * m_count; ++i)
            m_receiverCarries[i] = m_carries[m_receivers[i] * m_count + a];
}

} // namespace millrace::plan
