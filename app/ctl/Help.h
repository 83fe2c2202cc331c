// SPDX-License-Identifier: GPL-3.0-or-later
/// What --help prints, and what a mistake on the command line gets.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace millrace::ctl
{

/// The program's or one command's help, in 80 columns.
[[nodiscard]] std::string helpText(const CLI::App& app);

/// What is wrong with the command line, what was probably meant, and where to read more.
[[nodiscard]] std::string usageMessage(const CLI::App& app, const CLI::ParseError& error);

} // namespace millrace::ctl
