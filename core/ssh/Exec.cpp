// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Exec.h"

#include "ssh/Framing.h"

#include <array>

namespace millrace::ssh
{
namespace
{

constexpr std::size_t kMostNoise = 256 << 10;
constexpr std::size_t kBlock = 64 << 10;

} // namespace

Exec::Exec(const Connection& connection, Bytes outputLimit)
    : m_connection(connection), m_channel(ssh_channel_new(connection.session())),
      m_outputLimit(static_cast<std::size_t>(outputLimit.value))
{
    m_callbacks.userdata = this;
    m_callbacks.channel_exit_status_function = [](ssh_session, ssh_channel, int status,
                                                  void* self) {
        static_cast<Exec*>(self)->m_exit = status;
    };
    m_callbacks.channel_exit_signal_function = [](ssh_session, ssh_channel, const char* signal, int,
                                                  const char*, const char*, void* self) {
        static_cast<Exec*>(self)->m_signal = signal;
    };
    ssh_callbacks_init(&m_callbacks);
    if (m_channel)
        ssh_set_channel_callbacks(m_channel.get(), &m_callbacks);
}

Exec::~Exec()
{
    if (m_channel && !m_finished)
        terminate();
    if (m_channel)
        ssh_remove_channel_callbacks(m_channel.get(), &m_callbacks);
}

tl::unexpected<Error> Exec::lost() const
{
    return fail(ErrorCode::Network, "{}: the connection is lost: {}", m_connection.name(),
                m_connection.libraryError());
}

Result<void> Exec::open(Clock::time_point deadline, const StopSignal& stop)
{
    int rc = SSH_AGAIN;
    while ((rc = ssh_channel_open_session(m_channel.get())) == SSH_AGAIN)
        if (auto waited = m_connection.wait(deadline, stop); !waited)
            return waited;
    if (rc != SSH_OK)
        return lost();
    while ((rc = ssh_channel_request_exec(m_channel.get(), kCommandLine)) == SSH_AGAIN)
        if (auto waited = m_connection.wait(deadline, stop); !waited)
            return waited;
    if (rc == SSH_OK)
        return {};
    if (ssh_is_connected(m_connection.session()) == 0)
        return lost();
    return fail(ErrorCode::Unsupported, "{}: runs no commands", m_connection.name());
}

Result<std::unique_ptr<Exec>> Exec::start(const Connection& connection, const Script& script,
                                          const std::vector<std::string>& arguments,
                                          Bytes outputLimit, Clock::time_point deadline,
                                          const StopSignal& stop)
{
    const auto head = framed(script, arguments);
    if (!head)
        return tl::unexpected(head.error());
    std::unique_ptr<Exec> exec(new Exec(connection, outputLimit));
    if (!exec->m_channel)
        return exec->lost();
    if (auto opened = exec->open(deadline, stop); !opened)
        return tl::unexpected(opened.error());
    if (auto sent = exec->send(*head, deadline, stop); !sent)
        return tl::unexpected(sent.error());
    if (auto begun = exec->awaitBegin(deadline, stop); !begun)
        return tl::unexpected(begun.error());
    return exec;
}

Result<void> Exec::send(std::string_view data, Clock::time_point deadline, const StopSignal& stop)
{
    while (!data.empty() && !ended()) {
        const auto taken = exchange(data);
        if (!taken)
            return tl::unexpected(taken.error());
        data.remove_prefix(*taken);
        if (*taken == 0)
            if (auto waited = m_connection.wait(deadline, stop); !waited)
                return waited;
    }
    return {};
}

Result<void> Exec::awaitBegin(Clock::time_point deadline, const StopSignal& stop)
{
    bool out = false;
    bool err = false;
    for (;;) {
        if (auto done = exchange({}); !done)
            return tl::unexpected(done.error());
        out = out || cutNoise(m_out);
        err = err || cutNoise(m_err);
        if (out && err)
            return {};
        if (ended() || m_out.size() > kMostNoise || m_err.size() > kMostNoise)
            return fail(ErrorCode::Unsupported, "{}: has no usable shell for this account ({})",
                        m_connection.name(),
                        m_err.empty() ? m_out.substr(0, 200) : m_err.substr(0, 200));
        if (auto waited = m_connection.wait(deadline, stop); !waited)
            return waited;
    }
}

Result<void> Exec::collect()
{
    // Reading stops to look at packets at the end of an output; how the script ended comes later.
    ssh_channel_get_exit_status(m_channel.get());
    std::array<char, kBlock> block{};
    for (const int stream : {0, 1}) {
        std::string& text = stream == 0 ? m_out : m_err;
        for (;;) {
            const int got =
                ssh_channel_read_nonblocking(m_channel.get(), block.data(), block.size(), stream);
            if (got == SSH_ERROR)
                return lost();
            if (got <= 0)
                break;
            text.append(block.data(), static_cast<std::size_t>(got));
            if (text.size() > m_outputLimit)
                return fail(ErrorCode::ResourceExhausted, "{}: more than {} of output",
                            m_connection.name(),
                            formatBytes({static_cast<std::int64_t>(m_outputLimit)}));
        }
    }
    return {};
}

Result<std::size_t> Exec::exchange(std::string_view data)
{
    if (auto done = collect(); !done)
        return tl::unexpected(done.error());
    const bool full = (ssh_get_poll_flags(m_connection.session()) & SSH_WRITE_PENDING) != 0;
    const std::size_t window = ssh_channel_window_size(m_channel.get());
    const std::size_t size = std::min({data.size(), window, std::size_t{256} << 10});
    if (size == 0 || full || ssh_channel_is_closed(m_channel.get()) != 0 ||
        ssh_channel_is_eof(m_channel.get()) != 0)
        return std::size_t{0};
    const int sent =
        ssh_channel_write(m_channel.get(), data.data(), static_cast<std::uint32_t>(size));
    if (sent < 0)
        return ended() ? Result<std::size_t>(std::size_t{0}) : lost();
    return static_cast<std::size_t>(sent);
}

Result<void> Exec::endInput()
{
    if (ssh_channel_is_closed(m_channel.get()) == 0 &&
        ssh_channel_send_eof(m_channel.get()) == SSH_ERROR && !ended())
        return lost();
    return {};
}

Result<void> Exec::wait(Clock::time_point deadline, const StopSignal& stop)
{
    return m_connection.wait(deadline, stop);
}

bool Exec::ended()
{
    return ssh_channel_is_closed(m_channel.get()) != 0 ||
           (ssh_channel_is_eof(m_channel.get()) != 0 && (m_exit || !m_signal.empty()));
}

Result<void> Exec::finish(Clock::time_point deadline, const StopSignal& stop)
{
    for (;;) {
        if (auto done = collect(); !done)
            return done;
        if (ended())
            break;
        if (ssh_is_connected(m_connection.session()) == 0)
            return lost();
        if (auto waited = m_connection.wait(deadline, stop); !waited)
            return waited;
    }
    if (auto done = collect(); !done)
        return done;
    if (!m_exit && m_signal.empty())
        return fail(ErrorCode::Network, "{}: the script ended without saying how",
                    m_connection.name());
    m_finished = true;
    return {};
}

std::variant<ExitCode, KilledBy> Exec::end() const
{
    if (!m_signal.empty())
        return KilledBy{m_signal};
    return ExitCode{m_exit.value_or(-1)};
}

/// Closing alone would leave a script that neither reads nor writes running for ever.
void Exec::terminate()
{
    if (ssh_is_connected(m_connection.session()) == 0)
        return;
    ssh_channel_request_send_signal(m_channel.get(), "TERM");
    ssh_channel_close(m_channel.get());
    static_cast<void>(collect()); // lets libssh write what it has to say
}

} // namespace millrace::ssh
