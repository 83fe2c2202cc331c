// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/Connection.h"

namespace millrace::ssh
{

struct ChannelDeleter {
    void operator()(ssh_channel channel) const { ssh_channel_free(channel); }
};
using ChannelHandle = std::unique_ptr<ssh_channel_struct, ChannelDeleter>;

/// ProxyJump's middle: owns the connection to the jump host and moves bytes between a channel to
/// the next host and a socket pair, on a thread of its own. (libssh 0.10 would start OpenSSH's ssh
/// for it, past our host-key check.)
class Bridge
{
public:
    [[nodiscard]] static Result<std::unique_ptr<Bridge>> open(std::unique_ptr<Connection> jump,
                                                              const std::string& host,
                                                              std::uint16_t port, Seconds limit,
                                                              const std::stop_token& stop);
    Bridge(std::unique_ptr<Connection> jump, ChannelHandle channel, Descriptor inner,
           Descriptor outer);
    /// The end to give to the next session.
    [[nodiscard]] Descriptor takeEnd() { return std::move(m_outer); }

private:
    void pump(const std::stop_token& ended);
    bool toHost();
    bool fromHost();

    std::unique_ptr<Connection> m_jump;
    ChannelHandle m_channel;
    Descriptor m_inner;
    Descriptor m_outer;
    std::string m_up;   // for the host, not yet taken by the channel
    std::string m_down; // from the host, not yet taken by the socket pair
    bool m_upEnded = false;
    std::jthread m_thread; // last: ends before what it uses
};

} // namespace millrace::ssh
