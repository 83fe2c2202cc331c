// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stage/Supervisor.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace millrace::stage
{
namespace
{

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

constexpr std::chrono::seconds kTrial{10};
constexpr Milliseconds kShortestPause{200};
constexpr Milliseconds kLongestPause{5000};
constexpr std::chrono::seconds kGrace{3};
/// How long the end of a runner can go unnoticed, should its signal be lost.
constexpr Milliseconds kLook{1000};

std::string howItEnded(int status)
{
    return WIFSIGNALED(status)
               ? fmt::format("the runner was ended by signal {}", WTERMSIG(status))
               : fmt::format("the runner ended with exit code {}", WEXITSTATUS(status));
}

} // namespace

Supervisor::Supervisor(Spawn spawn, Say say) : m_spawn(std::move(spawn)), m_say(std::move(say))
{
    ::sigemptyset(&m_signals);
    for (const int signal : {SIGCHLD, SIGTERM, SIGINT})
        ::sigaddset(&m_signals, signal);
    ::sigprocmask(SIG_BLOCK, &m_signals, nullptr);
}

int Supervisor::run()
{
    Milliseconds pause = kShortestPause;
    for (bool isFirst = true;;) {
        const auto started = Clock::now();
        const ::pid_t runner = m_spawn();
        if (runner < 0) {
            m_say(fmt::format("the runner cannot be started, it is tried again: {}",
                              std::strerror(errno)));
        } else {
            const int status = watch(runner);
            if (m_isEnding || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
                return 0;
            m_say(howItEnded(status));
            const auto ran = Clock::now() - started;
            if (isFirst && WIFEXITED(status) && ran < kTrial)
                return WEXITSTATUS(status);
            isFirst = false;
            if (ran > kTrial)
                pause = kShortestPause;
        }
        if (!rest(pause))
            return 0;
        pause = std::min(2 * pause, kLongestPause);
    }
}

/// Until the runner has ended: how.
int Supervisor::watch(::pid_t runner)
{
    Clock::time_point killAt = Clock::time_point::max();
    for (int status = 0;;) {
        if (::waitpid(runner, &status, WNOHANG) == runner)
            return status;
        const int signal = next(kLook);
        if ((signal == SIGTERM || signal == SIGINT) && !m_isEnding) {
            m_isEnding = true;
            ::kill(runner, SIGTERM);
            killAt = Clock::now() + kGrace;
        }
        if (Clock::now() >= killAt)
            ::kill(runner, SIGKILL);
    }
}

/// Whether the pause has passed without a signal to end.
bool Supervisor::rest(Milliseconds pause)
{
    const auto end = Clock::now() + pause;
    for (auto left = pause; left.count() > 0;
         left = std::chrono::ceil<Milliseconds>(end - Clock::now()))
        if (const int signal = next(left); signal == SIGTERM || signal == SIGINT)
            return false;
    return true;
}

/// The next signal; 0 or less: none came in time.
int Supervisor::next(Milliseconds limit)
{
    const ::timespec time{limit.count() / 1000, limit.count() % 1000 * 1'000'000};
    return ::sigtimedwait(&m_signals, nullptr, &time);
}

::pid_t spawnProgram(char* const* argv)
{
    const ::pid_t parent = ::getpid();
    const ::pid_t child = ::fork();
    if (child != 0)
        return child;
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    ::sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    if (::getppid() == parent) // else it ended before it could be followed
        ::execv(argv[0], argv);
    ::_exit(127);
}

} // namespace millrace::stage
