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

/// Pointers for exec, made before the fork: after it, in a process that had threads, only
/// async-signal-safe calls are allowed.
class ExecStrings
{
public:
    explicit ExecStrings(std::vector<std::string> strings) : m_strings(std::move(strings))
    {
        for (std::string& string : m_strings)
            m_pointers.push_back(string.data());
        m_pointers.push_back(nullptr);
    }
    [[nodiscard]] char* const* data() const { return m_pointers.data(); }

private:
    std::vector<std::string> m_strings;
    std::vector<char*> m_pointers;
};

std::vector<std::string> nodeEnvironment()
{
    std::vector<std::string> environment;
    for (const char* name : {"HOME", "LANG", "PATH", "TMPDIR", "TZ", "LD_LIBRARY_PATH"})
        if (const char* value = std::getenv(name); value != nullptr)
            environment.push_back(fmt::format("{}={}", name, value));
    return environment;
}

/// What the first child tells the caller.
struct Started {
    std::int64_t pid = 0;
    int error = 0; ///< errno; 0: the program runs
};

/// In the grandchild: becomes the program, or returns errno.
int become(char* const* arguments, char* const* environment, int log)
{
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int signal : {SIGINT, SIGTERM, SIGPIPE, SIGHUP, SIGQUIT, SIGCHLD})
        ::signal(signal, SIG_DFL);
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0 || ::dup2(null, STDIN_FILENO) < 0 || ::dup2(log, STDOUT_FILENO) < 0 ||
        ::dup2(log, STDERR_FILENO) < 0)
        return errno;
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    ::execve(arguments[0], arguments, environment);
    return errno;
}

/// Between fork and exec, twice: the grandchild has nobody who would have to collect it.
[[noreturn]] void forkAgain(char* const* arguments, char* const* environment, int log, int report)
{
    ::setsid();
    Started started;
    const pid_t grandchild = ::fork();
    if (grandchild == 0) {
        started.pid = ::getpid();
        // The first report says who runs; a second one comes only when exec failed.
        if (::write(report, &started, sizeof started) != sizeof started)
            ::_exit(127);
        started.error = become(arguments, environment, log);
        [[maybe_unused]] const auto written = ::write(report, &started, sizeof started);
        ::_exit(127);
    }
    if (grandchild < 0) {
        started.error = errno;
        [[maybe_unused]] const auto written = ::write(report, &started, sizeof started);
    }
    ::_exit(0);
}

/// The last of the reports until the pipe is closed by exec.
Started lastReport(int pipe)
{
    Started last{0, EIO};
    for (Started next;;) {
        const ssize_t got = ::read(pipe, &next, sizeof next);
        if (got < 0 && errno == EINTR)
            continue;
        if (got != sizeof next)
            return last;
        last = next;
    }
}

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

Result<ProcessId> startDetached(const std::vector<std::string>& arguments,
                                const std::filesystem::path& log)
{
    const Descriptor logFile(
        ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
    std::array<int, 2> ends{-1, -1};
    if (logFile.get() < 0 || ::pipe2(ends.data(), O_CLOEXEC) != 0)
        return fail(ErrorCode::Io, "{}: cannot open: {}", log.string(), std::strerror(errno));
    const Descriptor reading(ends[0]);
    Descriptor writing(ends[1]);
    const ExecStrings program(arguments);
    const ExecStrings environment(nodeEnvironment());
    const pid_t child = ::fork();
    if (child < 0)
        return fail(ErrorCode::Io, "cannot start a process: {}", std::strerror(errno));
    if (child == 0)
        forkAgain(program.data(), environment.data(), logFile.get(), writing.get());
    writing.reset();
    const Started started = lastReport(reading.get());
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    if (started.error != 0)
        return fail(ErrorCode::Io, "cannot run {}: {}", arguments.front(),
                    std::strerror(started.error));
    // One that has ended already has left its reason in the log.
    return processWith(started.pid).value_or(ProcessId{started.pid, 0});
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
