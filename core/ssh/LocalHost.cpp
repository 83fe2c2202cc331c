// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/LocalHost.h"

#include "base/File.h"
#include "base/Hash.h"
#include "ssh/Framing.h"
#include "ssh/Transfer.h"
#include "ssh/Watch.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace millrace::ssh
{
namespace
{

/// How long a script may take over its end before it is killed.
constexpr std::chrono::seconds kGrace{2};
constexpr std::chrono::milliseconds kPoll{5};

struct Pipe {
    Descriptor read, write;
    [[nodiscard]] bool open()
    {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0)
            return false;
        read = Descriptor(ends[0]);
        write = Descriptor(ends[1]);
        return true;
    }
};

/// While it lives, a write of this thread into a pipe that nobody reads is an error and no signal,
/// whatever the program does about SIGPIPE.
class NoBrokenPipe
{
public:
    NoBrokenPipe()
    {
        ::sigemptyset(&m_pipe);
        ::sigaddset(&m_pipe, SIGPIPE);
        ::sigset_t pending;
        ::sigpending(&pending);
        m_wasPending = ::sigismember(&pending, SIGPIPE) == 1;
        ::pthread_sigmask(SIG_BLOCK, &m_pipe, &m_before);
    }
    NoBrokenPipe(const NoBrokenPipe&) = delete;
    NoBrokenPipe& operator=(const NoBrokenPipe&) = delete;
    ~NoBrokenPipe()
    {
        constexpr ::timespec kNow{0, 0};
        if (!m_wasPending)
            while (::sigtimedwait(&m_pipe, nullptr, &kNow) < 0 && errno == EINTR) {
            }
        ::pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
    }

private:
    ::sigset_t m_pipe{}, m_before{};
    bool m_wasPending = false;
};

/// A shell in a process group of its own, which goes when this goes.
class Shell
{
public:
    Shell() = default;
    Shell(const Shell&) = delete;
    Shell& operator=(const Shell&) = delete;
    ~Shell()
    {
        if (m_pid <= 0)
            return;
        ::kill(-m_pid, SIGTERM);
        for (const auto end = Clock::now() + kGrace; ::waitpid(m_pid, nullptr, WNOHANG) == 0;
             std::this_thread::sleep_for(kPoll))
            if (Clock::now() >= end)
                ::kill(-m_pid, SIGKILL);
    }
    Result<void> start();
    /// Moves input and output until both outputs end.
    Result<void> exchange(std::string_view input, std::size_t limit, Clock::time_point deadline,
                          const StopSignal& stop);
    [[nodiscard]] std::variant<ExitCode, KilledBy> end();

    std::string out, err;

private:
    Result<void> collect(Descriptor& from, std::string& text, std::size_t limit);
    void feed(std::string_view& input);

    ::pid_t m_pid = -1;
    Pipe m_in, m_out, m_err;
};

Result<void> Shell::start()
{
    if (!m_in.open() || !m_out.open() || !m_err.open())
        return fail(ErrorCode::Io, "cannot make a pipe: {}", std::strerror(errno));
    ::posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, m_in.read.get(), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, m_out.write.get(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, m_err.write.get(), STDERR_FILENO);
    ::posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    ::sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::sigset_t usual;
    ::sigemptyset(&usual);
    ::sigaddset(&usual, SIGPIPE); // which this program may ignore
    ::posix_spawnattr_setsigdefault(&attributes, &usual);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                POSIX_SPAWN_SETSIGDEF);
    // As a login shell would be asked; it becomes the script's sh, whose parent this process is.
    std::array<std::string, 3> words = {"sh", "-c", kCommandLine};
    std::array<char*, 4> argv = {words[0].data(), words[1].data(), words[2].data(), nullptr};
    const int failed =
        ::posix_spawn(&m_pid, "/bin/sh", &actions, &attributes, argv.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failed != 0)
        return fail(ErrorCode::Io, "cannot run /bin/sh: {}", std::strerror(failed));
    m_in.read = {};
    m_out.write = {};
    m_err.write = {};
    for (const int fd : {m_in.write.get(), m_out.read.get(), m_err.read.get()})
        ::fcntl(fd, F_SETFL, O_NONBLOCK);
    return {};
}

Result<void> Shell::collect(Descriptor& from, std::string& text, std::size_t limit)
{
    std::array<char, 65536> block{};
    const ssize_t got = ::read(from.get(), block.data(), block.size());
    if (got > 0)
        text.append(block.data(), static_cast<std::size_t>(got));
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
        from = {};
    if (text.size() > limit)
        return fail(ErrorCode::ResourceExhausted, "more than {} of output",
                    formatBytes({static_cast<std::int64_t>(limit)}));
    return {};
}

void Shell::feed(std::string_view& input)
{
    const NoBrokenPipe guard; // the script may have closed its input
    const ssize_t sent = ::write(m_in.write.get(), input.data(), input.size());
    if (sent > 0)
        input.remove_prefix(static_cast<std::size_t>(sent));
    if (input.empty() || (sent < 0 && errno != EAGAIN && errno != EINTR))
        m_in.write = {};
}

Result<void> Shell::exchange(std::string_view input, std::size_t limit, Clock::time_point deadline,
                             const StopSignal& stop)
{
    while (m_out.read || m_err.read) {
        if (stop.stopped())
            return fail(ErrorCode::Cancelled, "cancelled");
        if (Clock::now() >= deadline)
            return fail(ErrorCode::Timeout, "the script did not end in time");
        std::array<::pollfd, 4> waits = {{{m_out.read.get(), POLLIN, 0},
                                          {m_err.read.get(), POLLIN, 0},
                                          {m_in.write.get(), POLLOUT, 0},
                                          {stop.fd(), POLLIN, 0}}};
        if (::poll(waits.data(), waits.size(), pollTime(deadline)) < 0 && errno != EINTR)
            return fail(ErrorCode::Io, "cannot wait: {}", std::strerror(errno));
        if (waits[2].revents != 0)
            feed(input);
        for (const auto& [wait, from, text] :
             {std::tuple(&waits[0], &m_out.read, &out), std::tuple(&waits[1], &m_err.read, &err)})
            if (wait->revents != 0)
                if (auto ok = collect(*from, *text, limit); !ok)
                    return ok;
    }
    return {};
}

std::variant<ExitCode, KilledBy> Shell::end()
{
    int status = 0;
    while (::waitpid(m_pid, &status, 0) < 0 && errno == EINTR) {
    }
    m_pid = -1;
    if (WIFSIGNALED(status))
        return KilledBy{::sigabbrev_np(WTERMSIG(status))};
    return ExitCode{WEXITSTATUS(status)};
}

class LocalHost final : public RemoteHost
{
public:
    [[nodiscard]] const std::string& name() const override { return m_name; }
    [[nodiscard]] Result<CommandResult> run(const Command& command, std::stop_token stop) override
    {
        const auto head = framed(command.script, command.arguments);
        if (!head)
            return tl::unexpected(head.error());
        Shell shell;
        if (auto ok = shell.start(); !ok)
            return inContext(m_name, ok.error());
        if (auto ok = shell.exchange(*head + std::string(command.input),
                                     static_cast<std::size_t>(command.outputLimit.value),
                                     deadlineIn(command.limit), StopSignal(stop));
            !ok)
            return inContext(m_name, ok.error());
        if (!cutNoise(shell.out) || !cutNoise(shell.err))
            return fail(ErrorCode::Unsupported, "{}: /bin/sh is of no use ({})", m_name, shell.err);
        const auto end = shell.end();
        return CommandResult{end, std::move(shell.out), std::move(shell.err)};
    }
    [[nodiscard]] Result<UploadEnd> upload(const Upload& upload, TransferSink& sink,
                                           std::stop_token stop) override;

private:
    std::string m_name = "this computer";
};

/// Writes `content` into an open file and onto the disk.
Result<void> copy(Content& content, int file, TransferSink& sink, const std::stop_token& stop)
{
    std::int64_t done = 0;
    for (;;) {
        auto block = content.next();
        if (!block || block->empty())
            return block ? Result<void>() : tl::unexpected(block.error());
        while (!block->empty()) {
            const ssize_t written = ::write(file, block->data(), block->size());
            if (written < 0 && errno == EINTR)
                continue;
            if (written < 0)
                return fail(errno == ENOSPC || errno == EDQUOT ? ErrorCode::ResourceExhausted
                                                               : ErrorCode::Io,
                            "{}", std::strerror(errno));
            done += written;
            block->remove_prefix(static_cast<std::size_t>(written));
        }
        sink.sent({done}, {content.size()});
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "cancelled");
    }
}

Result<void> hasHash(const std::filesystem::path& file, const std::string& expected)
{
    const auto hash = sha256File(file);
    if (!hash)
        return tl::unexpected(hash.error());
    if (*hash != expected)
        return fail(ErrorCode::Io, "what was written has another hash than what was sent");
    return {};
}

Result<UploadEnd> LocalHost::upload(const Upload& upload, TransferSink& sink, std::stop_token stop)
{
    auto content = Content::open(upload);
    if (!content)
        return tl::unexpected(content.error());
    const char* home = std::getenv("HOME");
    const auto folder = std::filesystem::path(home == nullptr ? "" : home) / upload.folder;
    const ::mode_t mode = upload.mode == FileMode::Executable ? 0700 : 0600;
    const auto target = folder / upload.name;
    if (const auto there = sha256File(target); there && *there == content->sha256()) {
        ::chmod(target.c_str(), mode);
        return UploadEnd::AlreadyThere;
    }
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    const auto part = folder / fmt::format(".{}.{}.part", upload.name, ::getpid());
    const Descriptor file(::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    Result<void> done = file ? copy(*content, file.get(), sink, stop)
                             : fail(ErrorCode::Io, "{}", std::strerror(errno));
    if (done && ::fsync(file.get()) != 0)
        done = fail(ErrorCode::Io, "{}", std::strerror(errno));
    if (done)
        done = hasHash(part, content->sha256());
    if (done && ::rename(part.c_str(), target.c_str()) != 0)
        done = fail(ErrorCode::Io, "{}", std::strerror(errno));
    if (done)
        done = syncFolder(folder);
    if (done)
        return UploadEnd::Sent;
    ::unlink(part.c_str());
    return inContext(target.string(), done.error());
}

} // namespace

std::unique_ptr<RemoteHost> thisComputer()
{
    return std::make_unique<LocalHost>();
}

} // namespace millrace::ssh
