// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/Pace.h"

#include <algorithm>
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

steady_clock::duration linkTime(const PaceConfig& pace, std::uint64_t bytes, double dilation)
{
    const Seconds time =
        pace.occupancy + transferTime(Bytes{static_cast<std::int64_t>(bytes)}, pace.bandwidth);
    return std::chrono::duration_cast<steady_clock::duration>(
        std::chrono::duration<double>(time.value * dilation));
}

Buffers buffersFor(const std::optional<PaceConfig>& pace, double dilation)
{
    if (!pace)
        return {};
    constexpr double kSlice = 0.01; // seconds for which another process may have the core
    const double bytes = pace->bandwidth.value / 8 / dilation * kSlice;
    return {static_cast<int>(std::clamp(bytes, 128.0 * 1024, 4.0 * 1024 * 1024))};
}

std::size_t Pace::chunk() const
{
    constexpr double kQuarter = 0.25;
    return static_cast<std::size_t>(
        std::clamp(m_config.bandwidth.value / 8 / m_dilation * kQuarter, 64.0, 64.0 * 1024));
}

void Pace::begin()
{
    m_begun = steady_clock::now();
    m_bytes = 0;
}

Result<void> Pace::waitFor(std::size_t bytes, const std::stop_token& stop)
{
    m_bytes += bytes;
    const auto due = m_begun + linkTime(m_config, m_bytes, m_dilation);
    if (due > steady_clock::now())
        return sleepUntil(due, stop);
    return {};
}

} // namespace millrace::runtime
