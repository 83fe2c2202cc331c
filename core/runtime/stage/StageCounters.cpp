// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/stage/StageCounters.h"

#include "runtime/ProcessMemory.h"

#include <sys/resource.h>

namespace millrace::runtime
{
namespace
{

double processCpuSeconds()
{
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

} // namespace

void StageCounters::reset()
{
    const std::lock_guard lock(m_mutex);
    Counts fresh;
    fresh.plain.stale = m_counts.plain.stale;
    fresh.plain.refusedConnections = m_counts.plain.refusedConnections;
    fresh.plain.refusedFrames = m_counts.plain.refusedFrames;
    fresh.plain.lastRefusal = m_counts.plain.lastRefusal;
    m_counts = std::move(fresh);
}

StageMetrics StageCounters::metrics() const
{
    const std::lock_guard lock(m_mutex);
    StageMetrics metrics = m_counts.plain;
    metrics.compute = m_counts.compute.summary();
    metrics.hostCompute = m_counts.hostCompute.summary();
    metrics.transfer = m_counts.transfer.summary();
    metrics.queueWait = m_counts.queueWait.summary();
    metrics.backPressure = m_counts.backPressure.summary();
    metrics.deadlines = m_counts.deadlines.all;
    metrics.lateDeadlines = m_counts.deadlines.late;
    const ProcessMemory memory = processMemory();
    metrics.peakMemory = memory.peak;
    metrics.memory = memory.now;
    metrics.cpuSeconds = processCpuSeconds();
    return metrics;
}

} // namespace millrace::runtime
