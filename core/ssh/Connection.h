// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/Session.h"
#include "ssh/Watch.h"

#include <libssh/libssh.h>

namespace millrace::ssh
{

struct SessionDeleter {
    // Not ssh_disconnect(): with a socket of ours it forgets the socket without closing it.
    void operator()(ssh_session session) const { ssh_free(session); }
};
using SessionHandle = std::unique_ptr<ssh_session_struct, SessionDeleter>;

struct KeyDeleter {
    void operator()(ssh_key key) const { ssh_key_free(key); }
};
using KeyHandle = std::unique_ptr<ssh_key_struct, KeyDeleter>;

class Bridge;

/// A logged-in libssh session in non-blocking mode. Members of libssh are used by one thread.
class Connection
{
public:
    Connection(SessionHandle session, Descriptor fd, std::unique_ptr<Bridge> via, std::string name);
    ~Connection();
    [[nodiscard]] ssh_session session() const { return m_session.get(); }
    [[nodiscard]] const std::string& name() const { return m_name; }
    /// Our own duplicate of the socket, for poll() and shutdown().
    [[nodiscard]] int fd() const { return m_fd.get(); }
    /// Until libssh has something to do, the deadline, or a stop (Timeout, Cancelled).
    [[nodiscard]] Result<void> wait(Clock::time_point deadline, const StopSignal& stop) const;
    [[nodiscard]] std::string libraryError() const { return ssh_get_error(m_session.get()); }

private:
    std::unique_ptr<Bridge> m_via; // outlives the session
    Descriptor m_fd;
    SessionHandle m_session;
    std::string m_name;
};

/// Everything that opening a connection needs.
struct Opening {
    const UserFiles& files;
    Credentials& credentials;
    HostKeyDecision& decision;
    const ConnectLimits& limits;
    std::stop_token stop;
};

/// `jumps`: in place of the host's own ProxyJump when not empty. `depth`: jumps already under way.
[[nodiscard]] Result<std::unique_ptr<Connection>>
open(const Target& target, const std::vector<Target>& jumps, const Opening& opening, int depth);

/// The host key of a session whose key exchange is done, against known_hosts.
[[nodiscard]] Result<void> verifyHostKey(ssh_session session, const HostConfig& config,
                                         HostKeyDecision& decision, Watchdog& watchdog);
/// Every known_hosts line that names the host.
[[nodiscard]] Result<std::vector<struct KnownHost>> knownLines(const HostConfig& config);
/// Logs in: agent, key files, password.
[[nodiscard]] Result<void> authenticate(ssh_session session, const HostConfig& config,
                                        Credentials& credentials, Watchdog& watchdog);

} // namespace millrace::ssh
