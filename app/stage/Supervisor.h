// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>

namespace millrace::stage
{

/// Keeps one process running: starts it, waits for its end and starts it again when it crashed.
/// - No process to be had (fork() fails): tried again after a pause, for as long as it takes.
/// - Its very first run ends with an exit code within 10 s: a failed start, which another run would
///   only repeat. An end by a signal is none: whoever sends one wants no verdict.
/// - Pauses grow from 200 ms to 5 s; after a run of more than 10 s they begin anew.
/// For a process of its own with one thread: it blocks SIGCHLD, SIGTERM and SIGINT and waits for
/// them, and SIGTERM or SIGINT ends the runner (after 3 s by force) and run().
class Supervisor
{
public:
    /// Starts the runner as a child: its process number; below 0 with errno set: there is none.
    using Spawn = std::function<::pid_t()>;
    /// A line for the log, without a line break.
    using Say = std::function<void(const std::string& line)>;

    Supervisor(Spawn spawn, Say say);

    /// The exit code: 0 when the runner ended well or was told to, else that of its failed start.
    [[nodiscard]] int run();

private:
    [[nodiscard]] int watch(::pid_t runner);
    [[nodiscard]] bool rest(std::chrono::milliseconds pause);
    [[nodiscard]] int next(std::chrono::milliseconds limit);

    Spawn m_spawn;
    Say m_say;
    ::sigset_t m_signals{};
    bool m_isEnding = false;
};

/// Spawns `argv` (program first, a null pointer last): with no signal blocked, ended by SIGTERM
/// when the calling process ends. A program that cannot be run ends with exit code 127.
[[nodiscard]] ::pid_t spawnProgram(char* const* argv);

} // namespace millrace::stage
