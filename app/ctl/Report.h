// SPDX-License-Identifier: GPL-3.0-or-later
/// What a command says, as a value: reports are made by pure functions and printed by main().
#pragma once

#include "base/Error.h"
#include "base/Json.h"

#include <string>
#include <string_view>

namespace millrace::ctl
{

/// What the process returns to the shell.
enum class ExitCode {
    Success = 0,
    Usage = 2,             ///< the command line is wrong
    BadInput = 3,          ///< a file or what it says
    NoFeasiblePlan = 4,    ///< the plan file is printed all the same
    Failure = 5,           ///< while running, writing, or on another machine
    StoppedBeforePlan = 6, ///< by a limit or an interruption
};

/// What a command says at its end: `json` with --json, else `text` on standard output; `error`,
/// when not empty, as one line on standard error.
struct Report {
    std::string json;
    std::string text;
    ExitCode code = ExitCode::Success;
    std::string error;
    bool operator==(const Report&) const = default;
};

[[nodiscard]] ExitCode exitCode(ErrorCode code);
/// A mistake on the command line that the parser cannot see.
[[nodiscard]] Report usageError(std::string message);
/// Indented, with a final line break; names that are not UTF-8 are mended rather than refused.
[[nodiscard]] std::string dumped(const Json& json);
/// Foreign text (names out of a model) on one line: control characters become blanks.
[[nodiscard]] std::string printable(std::string_view text);

} // namespace millrace::ctl
