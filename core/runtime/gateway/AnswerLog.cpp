// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/gateway/AnswerLog.h"

#include <algorithm>

namespace millrace::runtime
{
namespace
{

constexpr std::chrono::seconds kThroughputSpan{10};
constexpr std::chrono::seconds kLatencySpan{60};
constexpr std::size_t kMaxEntries = 16'384;

double secondsBetween(Clock::time_point from, Clock::time_point to)
{
    return std::chrono::duration<double>(to - from).count();
}

} // namespace

void AnswerLog::add(Clock::time_point at, Seconds latency)
{
    m_entries.push_back({at, latency.value});
    while (m_entries.size() > kMaxEntries || m_entries.front().at < at - kLatencySpan)
        m_entries.pop_front();
}

double AnswerLog::throughput(Clock::time_point now) const
{
    const auto first = std::find_if(m_entries.begin(), m_entries.end(), [&](const Entry& entry) {
        return entry.at >= now - kThroughputSpan;
    });
    const auto count = m_entries.end() - first;
    if (count < 2)
        return 0;
    // Between answers; a pipeline that stands still fades instead of keeping its last pace.
    const double between = secondsBetween(first->at, m_entries.back().at);
    const double quiet = secondsBetween(m_entries.back().at, now);
    const double pace = between / static_cast<double>(count - 1);
    return static_cast<double>(count - 1) / (quiet > 3 * pace ? between + quiet : between);
}

Summary AnswerLog::latency() const
{
    Histogram histogram;
    for (const Entry& entry : m_entries)
        histogram.record({entry.latency});
    return histogram.summary();
}

} // namespace millrace::runtime
