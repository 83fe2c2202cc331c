// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "runtime/NodeConfig.h"
#include "runtime/net/Connection.h"

#include <chrono>
#include <cstdint>
#include <stop_token>

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
};

/// What the emulated link takes for `bytes`, dilation included.
[[nodiscard]] std::chrono::steady_clock::duration linkTime(const PaceConfig& pace,
                                                           std::uint64_t bytes, double dilation);

/// For the two ends of an emulated link: small, so that a full queue is felt at once, but what a
/// fast link carries while another process has the core, as far as the system grants it.
[[nodiscard]] Buffers buffersFor(const std::optional<PaceConfig>& pace, double dilation);

/// Emulates a link at the sender: each chunk of a frame waits for the absolute time at which the
/// link would have carried it, so that late chunks do not delay the next ones.
class Pace
{
public:
    /// Of a node that has a pace.
    explicit Pace(const NodeConfig& node) : m_config(*node.pace), m_dilation(node.dilation) {}

    /// How much may leave at once: at most 64 KiB, and no more than the link carries in a quarter
    /// of a second, so that the receiver is never without a sign of life.
    [[nodiscard]] std::size_t chunk() const;
    void begin(); ///< of a frame
    /// Until the link would have carried the next `bytes` of this frame.
    [[nodiscard]] Result<void> waitFor(std::size_t bytes, const std::stop_token& stop);

private:
    PaceConfig m_config;
    double m_dilation;
    std::chrono::steady_clock::time_point m_begun;
    std::uint64_t m_bytes = 0;
};

} // namespace millrace::runtime
