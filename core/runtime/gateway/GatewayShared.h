// SPDX-License-Identifier: GPL-3.0-or-later
/// What the threads of a gateway share.
#pragma once

#include "runtime/Channel.h"
#include "runtime/Node.h"
#include "runtime/Wire.h"
#include "runtime/flow/RequestLedger.h"
#include "runtime/gateway/AnswerLog.h"

#include <condition_variable>
#include <deque>
#include <mutex>

namespace millrace::runtime
{

/// Of one gateway. `mutex` guards what stands behind it; `changed` is told of every change there.
struct GatewayShared {
    GatewayShared(const GatewayConfig& gateway, TlsContext context, const LogSink& sink);

    const GatewayConfig& config;
    TlsContext tls;
    const LogSink& log;
    const std::uint64_t incarnation = randomNumber();

    std::mutex mutex;
    std::condition_variable_any changed;
    RequestLedger ledger;
    std::deque<Event> events;
    std::uint64_t lastEvent = 0, lastLogged = 0;
    std::uint64_t refusedConnections = 0;
    AnswerLog answers;
    Histogram lastHop;
    std::uint64_t lastHopBytes = 0, lastHopFrames = 0;
    DeadlineCount deadlines;
    bool isEnding = false; ///< for good: clients need not come back

    /// With `mutex` held. The log gets it later, from logEvents().
    void tell(EventKind kind, const std::optional<StageRef>& stage, const std::string& text);
    /// With `mutex` held: what was under way on the pipeline is sent again.
    void sendAgain(std::size_t count, const std::string& why);
    /// Writes new events to the log, without holding `mutex` meanwhile.
    void logEvents();
    /// Connections that were refused, the last one for this reason.
    void refused(const std::string& why, std::uint64_t times);

    /// To a stage, greeted.
    [[nodiscard]] Result<Channel> dial(const StageAddress& stage, wire::Purpose purpose,
                                       Buffers buffers, const std::stop_token& stop) const;
};

} // namespace millrace::runtime
