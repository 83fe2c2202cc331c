// SPDX-License-Identifier: GPL-3.0-or-later
#include "Supervise.h"

#include "base/File.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <sstream>

namespace millrace::stage
{
namespace
{

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

/// A first run that ends by itself within this time has a reason that another run would meet again.
constexpr std::chrono::seconds kTrial{10};
constexpr Milliseconds kShortestPause{200};
constexpr Milliseconds kLongestPause{5000};
constexpr std::chrono::seconds kGrace{3};

/// Ticks since the boot at which this process started.
std::string startOf(::pid_t pid)
{
    const auto stat = readFile(fmt::format("/proc/{}/stat", pid), 4096).value_or("");
    std::istringstream fields(stat.substr(std::min(stat.rfind(')') + 1, stat.size())));
    std::string field;
    for (int number = 3; number <= 22; ++number) // proc(5): the state is field 3
        fields >> field;
    return field;
}

class Supervisor
{
public:
    explicit Supervisor(std::vector<std::string> command) : m_command(std::move(command))
    {
        for (std::string& word : m_command)
            m_argv.push_back(word.data());
        m_argv.push_back(nullptr);
        ::sigemptyset(&m_signals);
        for (const int signal : {SIGCHLD, SIGTERM, SIGINT})
            ::sigaddset(&m_signals, signal);
        ::sigprocmask(SIG_BLOCK, &m_signals, nullptr);
    }

    int run()
    {
        const auto begun = Clock::now();
        Milliseconds pause = kShortestPause;
        for (;;) {
            const auto started = Clock::now();
            const int status = runOnce();
            if (m_isEnding || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
                return 0;
            say(status);
            if (WIFEXITED(status) && Clock::now() - begun < kTrial)
                return WEXITSTATUS(status);
            if (Clock::now() - started > kTrial)
                pause = kShortestPause;
            if (next(pause) != 0)
                return 0;
            pause = std::min(2 * pause, kLongestPause);
        }
    }

private:
    /// How the runner ended.
    int runOnce()
    {
        const ::pid_t supervisor = ::getpid();
        m_runner = ::fork();
        if (m_runner == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGTERM);
            ::sigprocmask(SIG_UNBLOCK, &m_signals, nullptr);
            if (::getppid() == supervisor)
                ::execv(m_argv[0], m_argv.data());
            ::_exit(127);
        }
        Clock::time_point killAt = Clock::time_point::max();
        for (int status = 0;;) {
            if (::waitpid(m_runner, &status, WNOHANG) == m_runner)
                return status;
            const int signal = next(Milliseconds(1000));
            if ((signal == SIGTERM || signal == SIGINT) && !m_isEnding) {
                m_isEnding = true;
                ::kill(m_runner, SIGTERM);
                killAt = Clock::now() + kGrace;
            }
            if (Clock::now() >= killAt)
                ::kill(m_runner, SIGKILL);
        }
    }

    /// The next signal, 0 when none came; the end of a child is none outside of runOnce().
    int next(Milliseconds time)
    {
        const ::timespec limit{time.count() / 1000, time.count() % 1000 * 1'000'000};
        const int signal = ::sigtimedwait(&m_signals, nullptr, &limit);
        return signal == SIGTERM || signal == SIGINT ? signal : 0;
    }

    static void say(int status)
    {
        const std::string how = WIFSIGNALED(status)
                                    ? fmt::format("was ended by signal {}", WTERMSIG(status))
                                    : fmt::format("ended with exit code {}", WEXITSTATUS(status));
        std::fprintf(stderr, "the runner %s\n", how.c_str());
    }

    std::vector<std::string> m_command;
    std::vector<char*> m_argv;
    ::sigset_t m_signals{};
    ::pid_t m_runner = -1;
    bool m_isEnding = false;
};

bool takeLog(const std::filesystem::path& folder)
{
    const auto log = folder / "node.log";
    const int file =
        ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    return file >= 0 && null >= 0 && ::dup2(null, STDIN_FILENO) >= 0 &&
           ::dup2(file, STDOUT_FILENO) >= 0 && ::dup2(file, STDERR_FILENO) >= 0;
}

/// In the process that stays: tells the starting one who it is.
[[noreturn]] void stay(const std::vector<std::string>& command, const std::filesystem::path& folder,
                       int report)
{
    const std::string self = fmt::format("{} {}\n", ::getpid(), startOf(::getpid()));
    const bool isReady = takeLog(folder) && writePrivateFile(folder / "supervisor.pid", self);
    ::signal(SIGHUP, SIG_IGN);
    if (!isReady || ::write(report, self.data(), self.size()) < 0)
        ::_exit(5);
    ::close_range(3, ~0U, 0);
    ::_exit(Supervisor(command).run());
}

} // namespace

int supervise(const std::vector<std::string>& command, const std::filesystem::path& folder)
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return 5;
    const ::pid_t child = ::fork();
    if (child == 0) {
        ::setsid();
        if (::fork() == 0)
            stay(command, folder, ends[1]);
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string said;
    std::array<char, 256> block{};
    for (ssize_t got = 0; (got = ::read(ends[0], block.data(), block.size())) > 0;)
        said.append(block.data(), static_cast<std::size_t>(got));
    ::waitpid(child, nullptr, 0);
    if (said.empty())
        std::fprintf(stderr, "error: cannot start in %s: %s\n", folder.c_str(),
                     std::strerror(errno));
    std::fputs(said.c_str(), stdout);
    return said.empty() ? 5 : 0;
}

} // namespace millrace::stage
