// SPDX-License-Identifier: GPL-3.0-or-later
/// The whole program but for its main(): what a command line says and what comes of it.
#pragma once

#include "ctl/Command.h"

#include <string>
#include <variant>
#include <vector>

namespace millrace::ctl
{

/// What a command line is answered with at once.
struct Answer {
    ExitCode code = ExitCode::Success;
    std::string text;  ///< help or version, for standard output
    std::string error; ///< a mistake, for one line on standard error
};

/// The command that was chosen, or help, version or what is wrong. Arguments without the program's
/// name. Nothing is read but the command line.
[[nodiscard]] std::variant<Chosen, Answer> parse(const std::vector<std::string>& arguments);

/// Runs the chosen command to its end; exceptions that should not be become errors.
[[nodiscard]] Result<Report> act(const Chosen& chosen, const Context& context);

/// All of it with standard output and error, until done or interrupted; gives the exit code.
[[nodiscard]] int runProgram(const std::vector<std::string>& arguments);

} // namespace millrace::ctl
