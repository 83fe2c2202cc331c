// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stage/Supervise.h"

#include "app/stage/Supervisor.h"
#include "base/File.h"
#include "base/Log.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sstream>

namespace millrace::stage
{
namespace
{

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

/// Standard input leads to nothing, output and errors to the folder's log.
bool takeLog(const std::filesystem::path& folder)
{
    const auto log = folder / "node.log";
    const int file =
        ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    const bool isTaken = file >= 0 && null >= 0 && ::dup2(null, STDIN_FILENO) >= 0 &&
                         ::dup2(file, STDOUT_FILENO) >= 0 && ::dup2(file, STDERR_FILENO) >= 0;
    for (const int opened : {file, null})
        if (opened > STDERR_FILENO)
            ::close(opened);
    return isTaken;
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
    std::vector<std::string> words = command;
    std::vector<char*> argv;
    for (std::string& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    // A runner begins a new node.log when one is full; this process has to follow it.
    const auto spawn = [&] {
        static_cast<void>(takeLog(folder));
        return spawnProgram(argv.data());
    };
    const auto say = [&](const std::string& line) {
        if (takeLog(folder))
            Log::toStandardError().write(line);
    };
    ::_exit(Supervisor(spawn, say).run());
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
