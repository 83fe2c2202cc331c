// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/Bridge.h"

#include <libssh/callbacks.h>

namespace millrace::ssh
{

/// One script running on the other side: feeds stdin, collects both outputs. The command line is
/// always the same few words; the script and its arguments follow on stdin.
class Exec
{
public:
    /// Until the script runs. Unsupported when nothing there understands the command line.
    [[nodiscard]] static Result<std::unique_ptr<Exec>>
    start(const Connection& connection, const Script& script,
          const std::vector<std::string>& arguments, Bytes outputLimit, Clock::time_point deadline,
          const StopSignal& stop);
    ~Exec();

    /// Moves what can be moved now, without waiting; how many of `data`'s bytes were taken.
    [[nodiscard]] Result<std::size_t> exchange(std::string_view data);
    [[nodiscard]] Result<void> endInput();
    /// Waits for output, the end, or room for input.
    [[nodiscard]] Result<void> wait(Clock::time_point deadline, const StopSignal& stop);
    [[nodiscard]] bool ended();
    /// Until the script has ended.
    [[nodiscard]] Result<void> finish(Clock::time_point deadline, const StopSignal& stop);
    [[nodiscard]] std::variant<ExitCode, KilledBy> end() const;
    /// Without what the login shell said before the script began.
    [[nodiscard]] std::string& out() { return m_out; }
    [[nodiscard]] std::string& err() { return m_err; }

private:
    Exec(const Connection& connection, Bytes outputLimit);
    Result<void> open(Clock::time_point deadline, const StopSignal& stop);
    Result<void> collect();
    Result<void> send(std::string_view data, Clock::time_point deadline, const StopSignal& stop);
    Result<void> awaitBegin(Clock::time_point deadline, const StopSignal& stop);
    void terminate();
    tl::unexpected<Error> lost() const;

    const Connection& m_connection;
    ChannelHandle m_channel;
    std::size_t m_outputLimit;
    std::string m_out;
    std::string m_err;
    std::optional<int> m_exit;
    std::string m_signal;
    bool m_finished = false;
    ssh_channel_callbacks_struct m_callbacks{};
};

} // namespace millrace::ssh
