// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "runtime/NodeConfig.h"

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <utility>

namespace millrace::runtime
{

/// Until `time` or the stop (Cancelled).
[[nodiscard]] Result<void> sleepUntil(std::chrono::steady_clock::time_point time,
                                      const std::stop_token& stop);

/// How many of the emulation's deadlines had passed before they could be kept. What is late by less
/// than a millisecond is the scheduler's ordinary jitter and counts as kept.
struct DeadlineCount {
    std::uint64_t all = 0, late = 0;
    void count(std::chrono::steady_clock::time_point deadline);
    DeadlineCount& operator+=(const DeadlineCount& other)
    {
        all += other.all;
        late += other.late;
        return *this;
    }
};

/// Emulates a link at the sender: each chunk of a frame waits for the absolute time at which the
/// link would have carried it, so that late chunks do not delay the next ones.
class Pace
{
public:
    static constexpr std::size_t kChunk = 64 * 1024;

    Pace(const PaceConfig& config, double dilation) : m_config(config), m_dilation(dilation) {}

    void begin(); ///< of a frame
    /// Until the link would have carried the next `bytes` of this frame.
    [[nodiscard]] Result<void> waitFor(std::size_t bytes, const std::stop_token& stop);
    void end(); ///< of the frame: counts whether its last deadline was kept

    /// What was counted since the last call.
    [[nodiscard]] DeadlineCount takeDeadlines() { return std::exchange(m_deadlines, {}); }

private:
    PaceConfig m_config;
    double m_dilation;
    std::chrono::steady_clock::time_point m_begun, m_due;
    std::uint64_t m_bytes = 0;
    DeadlineCount m_deadlines;
};

} // namespace millrace::runtime
