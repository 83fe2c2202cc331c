// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Units.h"
#include "ssh/Descriptor.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace millrace::ssh
{

using Clock = std::chrono::steady_clock;
[[nodiscard]] Clock::time_point deadlineIn(Seconds limit);

/// Ends blocking calls of libssh: at the deadline or when stopped, the socket is shut down, which
/// wakes whoever waits on it. For log-in and sftp, which libssh only offers blocking.
class Watchdog
{
public:
    /// Watches a duplicate of `fd`, so that closing `fd` meanwhile does no harm.
    Watchdog(int fd, Seconds limit, std::stop_token stop);
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;
    /// A further socket to shut down: the agent's.
    void alsoWatch(int fd);
    /// While a person thinks, the clock stands.
    void pause();
    void resume();
    /// The whole limit again.
    void restart();
    /// The error that `what` ended with, when it was this watchdog that ended it.
    [[nodiscard]] std::optional<Error> verdict(const std::string& what) const;

private:
    void run(const std::stop_token& ended);
    void bite();

    Descriptor m_fd;
    Descriptor m_second;
    Seconds m_limit;
    std::stop_token m_stop;
    mutable std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::optional<Clock::time_point> m_deadline; // none: paused
    Clock::duration m_left{};
    bool m_late = false;
    std::stop_callback<std::function<void()>> m_onStop;
    std::jthread m_thread;
};

/// Wakes a poll() when the token stops.
class StopSignal
{
public:
    explicit StopSignal(const std::stop_token& stop);
    [[nodiscard]] int fd() const { return m_event.get(); }
    [[nodiscard]] bool stopped() const { return m_stop.stop_requested(); }

private:
    std::stop_token m_stop;
    Descriptor m_event;
    std::stop_callback<std::function<void()>> m_callback;
};

/// Milliseconds for poll(), rounded up, at most a second.
[[nodiscard]] int pollTime(Clock::time_point deadline);

} // namespace millrace::ssh
