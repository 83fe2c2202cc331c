// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Connection.h"

#include "ssh/Bridge.h"
#include "ssh/Dial.h"
#include "ssh/KnownHosts.h"

#include <fcntl.h>
#include <poll.h>

#include <array>

namespace millrace::ssh
{
namespace
{

constexpr int kMostJumps = 8;

/// The socket of a hop and what carries it.
struct Transport {
    Descriptor socket;
    std::unique_ptr<Bridge> via;
};

Result<Transport> openTransport(const HostConfig& config, std::vector<Target> jumps,
                                const Opening& opening, int depth)
{
    Transport transport;
    if (jumps.empty()) {
        const Seconds limit = config.connectTimeout.value_or(opening.limits.dial);
        auto socket = dial(config.hostName, config.port, config.family, limit, opening.stop);
        if (!socket)
            return tl::unexpected(socket.error());
        transport.socket = *std::move(socket);
        return transport;
    }
    if (depth >= kMostJumps)
        return fail(ErrorCode::Unsupported, "ProxyJump leads over more than {} hosts", kMostJumps);
    const Target last = jumps.back();
    jumps.pop_back();
    auto jump = open(last, jumps, opening, depth + 1);
    if (!jump)
        return inContext("jump host " + last.host, jump.error());
    auto via = Bridge::open(*std::move(jump), config.hostName, config.port, opening.limits.dial,
                            opening.stop);
    if (!via)
        return tl::unexpected(via.error());
    transport.via = *std::move(via);
    transport.socket = transport.via->takeEnd();
    return transport;
}

Result<void> setOption(ssh_session session, ssh_options_e option, const char* keyword,
                       const std::string& value)
{
    if (value.empty() || ssh_options_set(session, option, value.c_str()) == SSH_OK)
        return {};
    return fail(ErrorCode::Unsupported, "{} {}: libssh {} knows none of these", keyword, value,
                ssh_version(0));
}

Result<void> setOptions(ssh_session session, const HostConfig& config, int fd,
                        const Opening& opening)
{
    const bool readConfig = false; // we have read it
    const long seconds =
        static_cast<long>(opening.limits.handshake.value + opening.limits.authenticate.value) + 1;
    ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &readConfig);
    ssh_options_set(session, SSH_OPTIONS_HOST, config.hostName.c_str());
    ssh_options_set(session, SSH_OPTIONS_USER, config.user.c_str());
    ssh_options_set(session, SSH_OPTIONS_TIMEOUT, &seconds);
    // We keep known_hosts ourselves; libssh must not choose by other files.
    ssh_options_set(session, SSH_OPTIONS_KNOWNHOSTS, "/dev/null");
    ssh_options_set(session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null");
    ssh_options_set(session, SSH_OPTIONS_FD, &fd);
    std::string hostKeys = config.hostKeyAlgorithms;
    if (hostKeys.empty()) {
        const auto lines = knownLines(config);
        if (!lines)
            return tl::unexpected(lines.error());
        hostKeys = hostKeyAlgorithms(*lines);
    }
    struct Algorithms {
        ssh_options_e option;
        const char* keyword;
        const std::string& value;
    };
    const std::array<Algorithms, 7> algorithms = {{
        {SSH_OPTIONS_HOSTKEYS, "HostKeyAlgorithms", hostKeys},
        {SSH_OPTIONS_CIPHERS_C_S, "Ciphers", config.ciphers},
        {SSH_OPTIONS_CIPHERS_S_C, "Ciphers", config.ciphers},
        {SSH_OPTIONS_HMAC_C_S, "MACs", config.macs},
        {SSH_OPTIONS_HMAC_S_C, "MACs", config.macs},
        {SSH_OPTIONS_KEY_EXCHANGE, "KexAlgorithms", config.keyExchanges},
        {SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES, "PubkeyAcceptedAlgorithms",
         config.publicKeyAlgorithms},
    }};
    for (const auto& [option, keyword, value] : algorithms)
        if (auto done = setOption(session, option, keyword, value); !done)
            return done;
    return {};
}

/// Key exchange, host key, log-in; every step under its time limit.
Result<void> logIn(ssh_session session, int fd, const HostConfig& config, const Opening& opening)
{
    {
        Watchdog watchdog(fd, opening.limits.handshake, opening.stop);
        if (ssh_connect(session) != SSH_OK) {
            if (auto error = watchdog.verdict("SSH handshake"))
                return tl::unexpected(*std::move(error));
            return fail(ErrorCode::Network, "SSH handshake: {}", ssh_get_error(session));
        }
        if (auto done = verifyHostKey(session, config, opening.decision, watchdog); !done) {
            if (auto error = watchdog.verdict("host key"))
                return tl::unexpected(*std::move(error));
            return done;
        }
    }
    Watchdog watchdog(fd, opening.limits.authenticate, opening.stop);
    auto done = authenticate(session, config, opening.credentials, watchdog);
    if (!done)
        if (auto error = watchdog.verdict("log-in"))
            return tl::unexpected(*std::move(error));
    return done;
}

} // namespace

Connection::Connection(SessionHandle session, Descriptor fd, std::unique_ptr<Bridge> via,
                       std::string name)
    : m_via(std::move(via)), m_fd(std::move(fd)), m_session(std::move(session)),
      m_name(std::move(name))
{
    // A blocking send of a full buffer would wait for the other side without any limit.
    ::fcntl(m_fd.get(), F_SETFL, ::fcntl(m_fd.get(), F_GETFL) | O_NONBLOCK);
    ssh_set_blocking(m_session.get(), 0);
}

Connection::~Connection() = default;

Result<void> Connection::wait(Clock::time_point deadline, const StopSignal& stop) const
{
    if (stop.stopped())
        return fail(ErrorCode::Cancelled, "{}: cancelled", m_name);
    if (Clock::now() >= deadline)
        return fail(ErrorCode::Timeout, "{}: no answer in time", m_name);
    const bool pending = (ssh_get_poll_flags(m_session.get()) & SSH_WRITE_PENDING) != 0;
    const auto events = static_cast<short>(POLLIN | (pending ? POLLOUT : 0));
    std::array<::pollfd, 2> waits = {{{m_fd.get(), events, 0}, {stop.fd(), POLLIN, 0}}};
    ::poll(waits.data(), waits.size(), pollTime(deadline));
    return {};
}

Result<std::unique_ptr<Connection>> open(const Target& target, const std::vector<Target>& jumps,
                                         const Opening& opening, int depth)
{
    auto config = resolve(target, opening.files);
    if (!config)
        return tl::unexpected(config.error());
    const std::string name = config->user + "@" + target.host;
    auto transport = openTransport(*config, jumps.empty() ? config->jumps : jumps, opening, depth);
    if (!transport)
        return inContext(name, transport.error());
    SessionHandle session(ssh_new());
    if (!session)
        return fail(ErrorCode::ResourceExhausted, "{}: no memory for a session", name);
    Descriptor own(::fcntl(transport->socket.get(), F_DUPFD_CLOEXEC, 0));
    ::fcntl(own.get(), F_SETFL, ::fcntl(own.get(), F_GETFL) & ~O_NONBLOCK);
    if (auto done = setOptions(session.get(), *config, transport->socket.get(), opening); !done)
        return inContext(name, done.error());
    // From ssh_connect() on, the socket is libssh's to close.
    static_cast<void>(transport->socket.release());
    if (auto done = logIn(session.get(), own.get(), *config, opening); !done)
        return inContext(name, done.error());
    return std::make_unique<Connection>(std::move(session), std::move(own),
                                        std::move(transport->via), name);
}

} // namespace millrace::ssh
