// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/Metrics.h"
#include "runtime/net/Limit.h"

#include <deque>

namespace millrace::runtime
{

/// The answers of the last minute, for the figures of now. Not thread-safe.
class AnswerLog
{
public:
    void add(Clock::time_point at, Seconds latency);
    void reset() { m_entries.clear(); }
    /// Answers per second over the last ten seconds.
    [[nodiscard]] double throughput(Clock::time_point now) const;
    [[nodiscard]] Summary latency() const;

private:
    struct Entry {
        Clock::time_point at;
        double latency;
    };
    std::deque<Entry> m_entries;
};

} // namespace millrace::runtime
