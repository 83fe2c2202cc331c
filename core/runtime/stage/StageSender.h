// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/stage/StageFlow.h"

namespace millrace::runtime
{

/// Sends a stage's answers on: to the next stage, which it dials, or on the stream that the gateway
/// dials for the last stage's answers. sendAll() runs on one thread; offer() on any.
class StageSender
{
public:
    StageSender(StageFlow& flow, TlsContext tls);
    void sendAll(const std::stop_token& stop);
    /// For the last stage: the gateway's newest stream takes the place of the one before.
    void offer(Channel results);

private:
    void idle();
    void deliver(Outgoing& outgoing, const std::stop_token& stop);
    [[nodiscard]] bool connect(const std::stop_token& stop);
    [[nodiscard]] Result<Channel> dial(const std::stop_token& stop);
    void takeOffer();
    [[nodiscard]] Result<void> send(const Outgoing& outgoing, const std::stop_token& stop);
    [[nodiscard]] std::vector<inference::TensorView> leaving(const Outgoing& outgoing) const;
    /// The stream is gone, and perhaps what was sent on it.
    void lose(const std::string& why);

    StageFlow& m_flow;
    TlsContext m_tls;
    std::optional<Pace> m_pace;
    std::optional<Channel> m_out;
    bool m_hasSent = false; ///< on m_out
    std::string m_lastTrouble;
    std::mutex m_mutex;
    std::condition_variable_any m_offers;
    std::optional<Channel> m_offered;
};

} // namespace millrace::runtime
