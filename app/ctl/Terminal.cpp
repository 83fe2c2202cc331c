// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/Terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace millrace::ctl
{
namespace
{

constexpr auto kRepaint = std::chrono::milliseconds(100);
constexpr auto kSlow = std::chrono::seconds(3);

/// Whether a line can be rewritten.
bool isTerminal(int fd)
{
    const char* kind = std::getenv("TERM");
    return ::isatty(fd) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

/// As much of the text as fits into one row: a longer line could not be rewritten.
std::string cutToRow(std::string text)
{
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 &&
        text.size() >= size.ws_col)
        text.resize(size.ws_col - 1U);
    return text;
}

/// 0, or the errno of what went wrong.
int writeAll(int fd, std::string_view text)
{
    while (!text.empty()) {
        const ssize_t written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return errno;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return 0;
}

} // namespace

ConsoleProgress::ConsoleProgress()
    : m_isTerminal(isTerminal(STDERR_FILENO)),
      m_next(Clock::now() + (m_isTerminal ? Clock::duration{} : Clock::duration{kSlow}))
{
}

ConsoleProgress::~ConsoleProgress()
{
    if (m_dirty)
        static_cast<void>(writeAll(STDERR_FILENO, "\r\033[K"));
}

void ConsoleProgress::progress(std::string_view what, double fraction)
{
    const auto now = Clock::now();
    if (now < m_next)
        return;
    m_next = now + (m_isTerminal ? Clock::duration{kRepaint} : Clock::duration{kSlow});
    std::string line = printable(what);
    if (fraction >= 0)
        line += fmt::format(" ({:.0f} %)", 100 * fraction);
    line = m_isTerminal ? "\r\033[K" + cutToRow(line) : line + "\n";
    m_dirty = m_isTerminal;
    static_cast<void>(writeAll(STDERR_FILENO, line));
}

void printError(std::string_view message)
{
    static_cast<void>(writeAll(STDERR_FILENO, "error: " + printable(message) + "\n"));
}

int conclude(const Result<Report>& outcome, bool json)
{
    if (!outcome) {
        printError(outcome.error().message);
        return static_cast<int>(exitCode(outcome.error().code));
    }
    const int problem = writeAll(STDOUT_FILENO, json ? outcome->json : outcome->text);
    if (!outcome->error.empty())
        printError(outcome->error);
    // Whoever closed the pipe (head, a pager) has read enough.
    if (problem != 0 && problem != EPIPE && outcome->code == ExitCode::Success) {
        printError(fmt::format("cannot write to standard output: {}", std::strerror(problem)));
        return static_cast<int>(ExitCode::Failure);
    }
    return static_cast<int>(outcome->code);
}

} // namespace millrace::ctl
