// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/gateway/GatewayShared.h"

namespace millrace::runtime
{

/// The gateway's side towards its clients. A client has a session, and in it a connection for its
/// requests and one for their answers; where one breaks it dials again, and the newest one counts.
/// A client that is gone for a minute has given up. Thread-safe.
class GatewayDesk
{
public:
    explicit GatewayDesk(GatewayShared& shared) : m_shared(shared) {}

    /// Answers the greeting and gives answers until the client or the gateway goes.
    void serveAnswers(Channel channel, const wire::Hello& hello, const std::stop_token& stop);
    /// The same for requests.
    void serveRequests(Channel channel, const wire::Hello& hello, const std::stop_token& stop);
    /// Forgets clients that do not come back. To be called about every second.
    void sweep();

private:
    using Session = RequestLedger::Session;
    struct Line {
        std::stop_source inForce; ///< of the connection that takes the answers
        Clock::time_point leftAt = Clock::time_point::max();
    };
    [[nodiscard]] Result<std::stop_source> seat(Session session, std::uint64_t next);
    void giveAnswers(Channel& channel, Session session, const std::stop_token& stop);
    [[nodiscard]] Result<void> give(Channel& channel, const RequestLedger::Answer& answer,
                                    const std::stop_token& stop) const;
    void takeRequests(Channel& channel, Session session, const std::stop_token& stop);
    [[nodiscard]] Result<void> takeRequest(Channel& channel, const Channel::Incoming& incoming,
                                           Session session, const std::stop_token& stop);
    [[nodiscard]] bool waitForRoom(Channel& channel, Session session, const std::stop_token& stop);
    void forget(Session session); ///< with the mutex held

    GatewayShared& m_shared;
    std::map<Session, Line> m_lines; ///< guarded by the shared mutex
};

} // namespace millrace::runtime
