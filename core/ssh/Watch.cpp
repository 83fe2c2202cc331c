// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Watch.h"

#include "base/Guarded.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdint>
#include <functional>

namespace millrace::ssh
{

Clock::time_point deadlineIn(Seconds limit)
{
    constexpr double kLongest = 1e8; // three years: far below the clock's overflow
    return Clock::now() + std::chrono::duration_cast<Clock::duration>(
                              std::chrono::duration<double>(std::min(limit.value, kLongest)));
}

Watchdog::Watchdog(int fd, Seconds limit, std::stop_token stop)
    : m_fd(::fcntl(fd, F_DUPFD_CLOEXEC, 0)), m_limit(limit), m_stop(std::move(stop)),
      m_deadline(deadlineIn(limit)), m_onStop(m_stop, [this] { bite(); }),
      m_thread([this](const std::stop_token& ended) {
          // One that cannot go on lets nobody wait for ever.
          if (!guarded("watching", [&] { run(ended); }))
              bite();
      })
{
}

Watchdog::~Watchdog() = default; // the thread ends first: it is the last member

void Watchdog::alsoWatch(int fd)
{
    const std::lock_guard lock(m_mutex);
    m_second = Descriptor(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

void Watchdog::pause()
{
    const std::lock_guard lock(m_mutex);
    if (m_deadline)
        m_left = *m_deadline - Clock::now();
    m_deadline.reset();
    m_changed.notify_all();
}

void Watchdog::resume()
{
    const std::lock_guard lock(m_mutex);
    m_deadline = Clock::now() + m_left;
    m_changed.notify_all();
}

void Watchdog::restart()
{
    const std::lock_guard lock(m_mutex);
    m_deadline = deadlineIn(m_limit); // its thread looks again when the old deadline comes
}

void Watchdog::bite()
{
    const std::lock_guard lock(m_mutex);
    ::shutdown(m_fd.get(), SHUT_RDWR);
    if (m_second)
        ::shutdown(m_second.get(), SHUT_RDWR);
}

void Watchdog::run(const std::stop_token& ended)
{
    std::unique_lock lock(m_mutex);
    while (!ended.stop_requested()) {
        if (!m_deadline) {
            m_changed.wait(lock, ended, [this] { return m_deadline.has_value(); });
            continue;
        }
        const auto deadline = *m_deadline;
        if (Clock::now() < deadline) {
            m_changed.wait_until(lock, ended, deadline,
                                 [&] { return m_deadline != std::optional(deadline); });
            continue;
        }
        m_late = true;
        lock.unlock();
        bite();
        return;
    }
}

std::optional<Error> Watchdog::verdict(const std::string& what) const
{
    const std::lock_guard lock(m_mutex);
    if (m_stop.stop_requested())
        return Error{ErrorCode::Cancelled, what + ": cancelled"};
    if (m_late)
        return Error{ErrorCode::Timeout,
                     fmt::format("{}: no answer within {}", what, formatDuration(m_limit))};
    return {};
}

StopSignal::StopSignal(const std::stop_token& stop)
    : m_stop(stop), m_event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), m_callback(stop, [this] {
          const std::uint64_t one = 1;
          [[maybe_unused]] const auto written = ::write(m_event.get(), &one, sizeof one);
      })
{
}

int pollTime(Clock::time_point deadline)
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1000));
}

} // namespace millrace::ssh
