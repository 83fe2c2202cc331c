// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/Metrics.h"
#include "runtime/Pace.h"

#include <mutex>

namespace millrace::runtime
{

/// What a stage counts; thread-safe.
class StageCounters
{
public:
    template <class Change>
    void change(const Change& change)
    {
        const std::lock_guard lock(m_mutex);
        change(m_counts);
    }
    /// Histograms and counters begin anew, but not those of trouble.
    void reset();
    [[nodiscard]] StageMetrics metrics() const;

    struct Counts {
        StageMetrics plain; ///< its summaries are not used
        Histogram compute, hostCompute, transfer, queueWait, backPressure;
        DeadlineCount deadlines;
    };

private:
    mutable std::mutex m_mutex;
    Counts m_counts;
};

} // namespace millrace::runtime
