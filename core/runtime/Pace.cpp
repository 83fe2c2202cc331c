// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/Pace.h"

#include <condition_variable>
#include <mutex>

namespace millrace::runtime
{

using std::chrono::steady_clock;

Result<void> sleepUntil(steady_clock::time_point time, const std::stop_token& stop)
{
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock(mutex);
    woken.wait_until(lock, stop, time, [] { return false; });
    if (stop.stop_requested())
        return fail(ErrorCode::Cancelled, "cancelled");
    return {};
}

void DeadlineCount::count(steady_clock::time_point deadline, Seconds tolerance)
{
    ++all;
    if (steady_clock::now() > deadline + std::chrono::duration<double>(tolerance.value))
        ++late;
}

void Pace::begin()
{
    m_begun = m_due = steady_clock::now();
    m_bytes = 0;
}

Result<void> Pace::waitFor(std::size_t bytes, const std::stop_token& stop)
{
    m_bytes += bytes;
    const Seconds due = m_config.occupancy +
                        transferTime(Bytes{static_cast<std::int64_t>(m_bytes)}, m_config.bandwidth);
    m_due = m_begun + std::chrono::duration_cast<steady_clock::duration>(
                          std::chrono::duration<double>(due.value * m_dilation));
    if (m_due > steady_clock::now())
        return sleepUntil(m_due, stop);
    return {};
}

void Pace::end()
{
    m_deadlines.count(m_due, m_tolerance);
}

} // namespace millrace::runtime
