// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/Process.h"

#include "base/File.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <set>
#include <sstream>
#include <thread>

extern "C" { // which the header of glibc 2.36 forgets
#include <sys/pidfd.h>
}

namespace millrace::deploy
{
namespace
{

constexpr std::chrono::milliseconds kPoll{10};

/// A file descriptor that closes itself.
class Descriptor
{
public:
    explicit Descriptor(int fd = -1) : m_fd(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { reset(); }
    [[nodiscard]] int get() const { return m_fd; }
    void reset(int fd = -1)
    {
        if (m_fd >= 0)
            ::close(m_fd);
        m_fd = fd;
    }

private:
    int m_fd;
};

struct Stat {
    char state = 0;
    std::int64_t parent = 0;
    std::uint64_t start = 0;
};

/// The fields of /proc/PID/stat behind the name, which may hold blanks and brackets.
std::optional<Stat> statOf(std::int64_t pid)
{
    const auto text = readFile(fmt::format("/proc/{}/stat", pid), 4096);
    if (!text)
        return std::nullopt;
    const auto bracket = text->rfind(')');
    if (bracket == std::string::npos)
        return std::nullopt;
    std::istringstream fields(text->substr(bracket + 1));
    Stat stat;
    fields >> stat.state >> stat.parent;
    constexpr int kStart = 22; // proc(5); the parent is field 4
    std::string skipped;
    for (int field = 5; field < kStart; ++field)
        fields >> skipped;
    fields >> stat.start;
    if (!fields)
        return std::nullopt;
    return stat;
}

/// To this very process: its descriptor keeps the number from meaning another one.
void send(const ProcessId& process, int signal)
{
    const Descriptor handle(::pidfd_open(static_cast<pid_t>(process.pid), 0));
    if (handle.get() >= 0 && isAlive(process))
        ::pidfd_send_signal(handle.get(), signal, nullptr, 0);
}

} // namespace

std::optional<ProcessId> processWith(std::int64_t pid)
{
    const auto found = pid > 0 ? statOf(pid) : std::nullopt;
    if (!found || found->state == 'Z' || found->state == 'X')
        return std::nullopt;
    return ProcessId{pid, found->start};
}

ProcessId thisProcess()
{
    return processWith(::getpid()).value_or(ProcessId{::getpid(), 0});
}

bool isAlive(const ProcessId& process)
{
    return processWith(process.pid) == process;
}

bool isAlive(const ReleaseNode& node)
{
    return isAlive(node.process);
}

std::vector<ProcessId> processesNaming(const std::filesystem::path& folder)
{
    const std::string prefix = folder.string() + "/";
    std::vector<ProcessId> found;
    for (const auto& entry : entriesOf("/proc")) {
        const std::string name = entry.filename().string();
        std::int64_t pid = 0;
        const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), pid);
        struct stat owner {
        };
        if (problem != std::errc() || end != name.data() + name.size() ||
            ::stat(entry.c_str(), &owner) != 0 || owner.st_uid != ::getuid())
            continue;
        const auto process = processWith(pid);
        const auto line = readFile(entry / "cmdline", std::uintmax_t{1} << 22);
        if (!process || !line)
            continue;
        std::istringstream words(*line);
        for (std::string word; std::getline(words, word, '\0');)
            if (word.starts_with(prefix)) {
                found.push_back(*process);
                break;
            }
    }
    // Who is watched over by one of them ends with it.
    std::set<std::int64_t> watchers;
    for (const ProcessId& process : found)
        watchers.insert(process.pid);
    std::erase_if(found, [&watchers](const ProcessId& process) {
        const auto stat = statOf(process.pid);
        return stat && watchers.contains(stat->parent);
    });
    return found;
}

bool waitForEnd(std::span<const ProcessId> processes, std::chrono::milliseconds timeLimit)
{
    const auto end = std::chrono::steady_clock::now() + timeLimit;
    const auto living = [&] {
        return std::any_of(processes.begin(), processes.end(),
                           [](const ProcessId& process) { return isAlive(process); });
    };
    while (living()) {
        if (std::chrono::steady_clock::now() >= end)
            return false;
        std::this_thread::sleep_for(kPoll);
    }
    return true;
}

void endProcesses(std::span<const ProcessId> processes, std::chrono::milliseconds grace)
{
    for (const ProcessId& process : processes)
        send(process, SIGTERM);
    if (waitForEnd(processes, grace))
        return;
    for (const ProcessId& process : processes)
        send(process, SIGKILL);
    static_cast<void>(waitForEnd(processes, std::chrono::seconds(5)));
}

} // namespace millrace::deploy
