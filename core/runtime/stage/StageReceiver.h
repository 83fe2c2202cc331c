// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/stage/StageFlow.h"

#include <semaphore>

namespace millrace::runtime
{

/// Takes frames off the streams of the stage before and hands them to the compute thread. Streams
/// come on threads of their own; one at a time is read. Thread-safe.
class StageReceiver
{
public:
    explicit StageReceiver(StageFlow& flow) : m_flow(flow) {}
    /// Until the stream ends, another one takes its place, or the stop.
    void receiveAll(Channel channel, const std::stop_token& stop);

private:
    [[nodiscard]] bool waitForTurn(Channel& channel, StageIntake::Stream stream,
                                   const std::stop_token& stop);
    [[nodiscard]] Result<Work> receiveOne(Channel& channel, const FrameLimits& limits,
                                          const std::stop_token& stop);
    [[nodiscard]] Result<Work> receiveTensorsOf(Channel& channel, const Channel::Incoming& incoming,
                                                const std::stop_token& stop);
    void ended(const Channel& channel, const Error& why);

    StageFlow& m_flow;
    std::binary_semaphore m_turn{1}; ///< of the stream that is read
    std::mutex m_mutex;
    std::stop_source m_inForce; ///< of the newest stream
};

} // namespace millrace::runtime
