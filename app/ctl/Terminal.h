// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ctl/Command.h"

#include <chrono>

namespace millrace::ctl
{

/// Progress on standard error: one line that is rewritten when it is a terminal, else a line now
/// and then once the work turns out slow.
class ConsoleProgress final : public ProgressSink
{
public:
    ConsoleProgress();
    ConsoleProgress(const ConsoleProgress&) = delete;
    ConsoleProgress& operator=(const ConsoleProgress&) = delete;
    ~ConsoleProgress() override;
    void progress(std::string_view what, double fraction) override;

private:
    using Clock = std::chrono::steady_clock;
    bool m_isTerminal;
    bool m_dirty = false;
    Clock::time_point m_next;
};

/// Prints what the command said and gives the process's exit code. Output that cannot be written
/// (a full disk) is an error of its own, a reader that closed the pipe is not.
[[nodiscard]] int conclude(const Result<Report>& outcome, bool json);

/// `error: ...` on standard error, one line whatever the message holds.
void printError(std::string_view message);

} // namespace millrace::ctl
