// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Bridge.h"

#include "base/Guarded.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace millrace::ssh
{
namespace
{

constexpr std::size_t kBlock = 64 << 10;

} // namespace

Result<std::unique_ptr<Bridge>> Bridge::open(std::unique_ptr<Connection> jump,
                                             const std::string& host, std::uint16_t port,
                                             Seconds limit, const std::stop_token& stop)
{
    const StopSignal signal(stop);
    const auto deadline = deadlineIn(limit);
    ChannelHandle channel(ssh_channel_new(jump->session()));
    if (!channel)
        return fail(ErrorCode::Internal, "{}: {}", jump->name(), jump->libraryError());
    int rc = SSH_AGAIN;
    while ((rc = ssh_channel_open_forward(channel.get(), host.c_str(), port, "127.0.0.1", 0)) ==
           SSH_AGAIN)
        if (auto waited = jump->wait(deadline, signal); !waited)
            return inContext(fmt::format("reaching {} port {}", host, port), waited.error());
    if (rc != SSH_OK)
        return fail(ErrorCode::Network, "{} cannot reach {} port {}: {}", jump->name(), host, port,
                    jump->libraryError());
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return fail(ErrorCode::ResourceExhausted, "no socket pair for the jump");
    return std::make_unique<Bridge>(std::move(jump), std::move(channel), Descriptor(ends[0]),
                                    Descriptor(ends[1]));
}

Bridge::Bridge(std::unique_ptr<Connection> jump, ChannelHandle channel, Descriptor inner,
               Descriptor outer)
    : m_jump(std::move(jump)), m_channel(std::move(channel)), m_inner(std::move(inner)),
      m_outer(std::move(outer)), m_thread([this](const std::stop_token& ended) {
          static_cast<void>(guarded("passing on", [&] { pump(ended); }));
          ::shutdown(m_inner.get(), SHUT_RDWR); // which tells the next session
      })
{
}

/// Socket pair to channel; false when there is no more.
bool Bridge::toHost()
{
    std::array<char, kBlock> block{};
    if (m_up.empty() && !m_upEnded) {
        const ssize_t got = ::recv(m_inner.get(), block.data(), block.size(), MSG_DONTWAIT);
        if (got > 0)
            m_up.assign(block.data(), static_cast<std::size_t>(got));
        else if (got == 0 || (errno != EAGAIN && errno != EINTR))
            m_upEnded = true;
    }
    // What the window does not take would lie in libssh's buffer without a limit.
    const auto window = ssh_channel_window_size(m_channel.get());
    const auto size = static_cast<std::uint32_t>(std::min<std::size_t>(m_up.size(), window));
    if (size > 0 && (ssh_get_poll_flags(m_jump->session()) & SSH_WRITE_PENDING) == 0) {
        const int sent = ssh_channel_write(m_channel.get(), m_up.data(), size);
        if (sent < 0)
            return false;
        m_up.erase(0, static_cast<std::size_t>(sent));
    }
    return !(m_upEnded && m_up.empty());
}

/// Channel to socket pair; false when there is no more.
bool Bridge::fromHost()
{
    std::array<char, kBlock> block{};
    for (int i = 0; i < 16 && m_down.size() < kBlock; ++i) {
        const int got =
            ssh_channel_read_nonblocking(m_channel.get(), block.data(), block.size(), 0);
        if (got == SSH_ERROR)
            return false;
        if (got <= 0)
            break;
        m_down.append(block.data(), static_cast<std::size_t>(got));
    }
    if (!m_down.empty()) {
        const ssize_t sent =
            ::send(m_inner.get(), m_down.data(), m_down.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent > 0)
            m_down.erase(0, static_cast<std::size_t>(sent));
        else if (errno != EAGAIN && errno != EINTR)
            return false;
    }
    return !(ssh_channel_is_eof(m_channel.get()) != 0 && m_down.empty());
}

void Bridge::pump(const std::stop_token& ended)
{
    const StopSignal stop(ended);
    while (!ended.stop_requested() && fromHost() && toHost()) {
        const int flags = ssh_get_poll_flags(m_jump->session());
        const auto events = [](bool in, bool out) {
            return static_cast<short>((in ? POLLIN : 0) | (out ? POLLOUT : 0));
        };
        std::array<::pollfd, 3> waits = {{
            {m_jump->fd(), events(m_down.size() < kBlock, (flags & SSH_WRITE_PENDING) != 0), 0},
            {m_inner.get(), events(m_up.empty() && !m_upEnded, !m_down.empty()), 0},
            {stop.fd(), POLLIN, 0},
        }};
        ::poll(waits.data(), waits.size(), 1000);
    }
}

} // namespace millrace::ssh
