// SPDX-License-Identifier: GPL-3.0-or-later
/// Our values to and from what goes over the wire, and the greeting of every connection.
#pragma once

#include "runtime/Channel.h"
#include "runtime/Metrics.h"
#include "runtime/messages.pb.h"

namespace millrace::runtime
{

[[nodiscard]] wire::StageMetrics toWire(const StageMetrics& metrics);
[[nodiscard]] StageMetrics fromWire(const wire::StageMetrics& metrics);
[[nodiscard]] wire::LiveStatus toWire(const LiveStatus& status);
/// Unknown enumerators become the first ones.
[[nodiscard]] LiveStatus fromWire(const wire::LiveStatus& status);

/// Greets as the dialling side and waits for the welcome. AuthFailed when refused.
[[nodiscard]] Result<wire::Hello> greet(Channel& channel, const wire::Hello& hello,
                                        const Limit& limit);
/// Dials and greets. A door that is crowded with strangers may turn us away: tries again until the
/// limit. Errors as Connection::dial() and greet().
struct Greeted {
    Channel channel;
    wire::Hello welcome;
};
[[nodiscard]] Result<Greeted> dialAndGreet(const TlsContext& tls, const Endpoint& endpoint,
                                           const Peer& peer, Buffers buffers,
                                           const wire::Hello& hello, const Limit& limit);
/// The other side's greeting; answer it with send(Hello).
[[nodiscard]] Result<wire::Hello> receiveHello(Channel& channel, const Limit& limit);

/// A command and its reply, on a control or status connection.
[[nodiscard]] Result<wire::Reply> ask(Channel& channel, const wire::Command& command,
                                      const Limit& limit);
[[nodiscard]] Result<wire::Command> receiveCommand(Channel& channel, const Limit& limit);

/// Drawn anew; never 0.
[[nodiscard]] std::uint64_t randomNumber();
/// Unix seconds.
[[nodiscard]] double wallClock();
} // namespace millrace::runtime
