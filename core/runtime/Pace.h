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

/// How many of the emulation's deadlines had passed by more than the tolerance before they could be
/// kept.
struct DeadlineCount {
    std::uint64_t all = 0, late = 0;
    void count(std::chrono::steady_clock::time_point deadline, Seconds tolerance);
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

    /// Of a node that has a pace.
    explicit Pace(const NodeConfig& node)
        : m_config(*node.pace), m_dilation(node.dilation), m_tolerance(node.tolerance)
    {
    }

    void begin(); ///< of a frame
    /// Until the link would have carried the next `bytes` of this frame.
    [[nodiscard]] Result<void> waitFor(std::size_t bytes, const std::stop_token& stop);
    void end(); ///< of the frame: counts whether its last deadline was kept

    /// What was counted since the last call.
    [[nodiscard]] DeadlineCount takeDeadlines() { return std::exchange(m_deadlines, {}); }

private:
    PaceConfig m_config;
    double m_dilation;
    Seconds m_tolerance;
    std::chrono::steady_clock::time_point m_begun, m_due;
    std::uint64_t m_bytes = 0;
    DeadlineCount m_deadlines;
};

} // namespace millrace::runtime
