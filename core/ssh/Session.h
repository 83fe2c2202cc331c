// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/Config.h"
#include "ssh/Questions.h"
#include "ssh/RemoteHost.h"

#include <memory>

namespace millrace::ssh
{

struct ConnectLimits {
    Seconds dial{10};         ///< per hop, name look-up included; ConnectTimeout goes before
    Seconds handshake{15};    ///< per hop: banner and key exchange
    Seconds authenticate{20}; ///< per hop, without the time of questions
};

/// Reaches a host: reads the config files, dials (through ProxyJump's hosts, each with its own key
/// check and log-in), verifies the host key, logs in with the agent, key files or a password.
///
/// Errors, each naming the host: InvalidArgument, ParseError and Unsupported (config), Network,
/// Timeout, Cancelled, HostKeyMismatch (unknown and refused; changed; revoked: with file and line),
/// AuthFailed (with what was tried).
[[nodiscard]] Result<std::unique_ptr<RemoteHost>>
connect(const Target& target, const UserFiles& files, Credentials& credentials,
        HostKeyDecision& decision, const ConnectLimits& limits, std::stop_token stop);

} // namespace millrace::ssh
