// SPDX-License-Identifier: GPL-3.0-or-later
/// millracectl: Millrace's engine without a display. Every command is one file with one function
/// that adds its options to the parser and leaves an action behind; main() runs the chosen one.
#pragma once

#include "base/Error.h"
#include "base/Json.h"
#include "base/Progress.h"

#include <CLI/CLI.hpp>

#include <functional>
#include <stop_token>
#include <string>

namespace millrace::ctl
{

/// DESIGN, section 4.
enum class ExitCode {
    Success = 0,
    Usage = 2,
    BadInput = 3,
    NoFeasiblePlan = 4,
    Failure = 5,
    StoppedBeforePlan = 6,
};

/// What a command says at its end: `json` with --json, else `text` on standard output; `error`,
/// when not empty, as one line on standard error.
struct Report {
    std::string json;
    std::string text;
    ExitCode code = ExitCode::Success;
    std::string error;
};

struct Context {
    std::stop_token stop;
    ProgressSink& progress;
};
using Action = std::function<Result<Report>(const Context&)>;

/// Where a command leaves what main() is to run.
struct Chosen {
    Action action;
    bool json = false;
};

void addInspect(CLI::App& app, Chosen& chosen);
void addPlan(CLI::App& app, Chosen& chosen);
void addSolve(CLI::App& app, Chosen& chosen);
void addCheck(CLI::App& app, Chosen& chosen);
void addSplit(CLI::App& app, Chosen& chosen);
void addRun(CLI::App& app, Chosen& chosen);
void addReference(CLI::App& app, Chosen& chosen);
void addExperiment(CLI::App& app, Chosen& chosen);
void addDemo(CLI::App& app, Chosen& chosen);
void addDeploy(CLI::App& app, Chosen& chosen);
void addStatus(CLI::App& app, Chosen& chosen);
void addBench(CLI::App& app, Chosen& chosen);
void addInfer(CLI::App& app, Chosen& chosen);
void addProbe(CLI::App& app, Chosen& chosen);
void addRollback(CLI::App& app, Chosen& chosen);
void addUndeploy(CLI::App& app, Chosen& chosen);

[[nodiscard]] ExitCode exitCode(ErrorCode code);
/// A mistake on the command line that the parser cannot see.
[[nodiscard]] Report usageError(std::string message);
/// For errors of reading what the operator named: a folder or an unreadable file is bad input, not
/// a failure of the machine.
[[nodiscard]] tl::unexpected<Error> badInput(Error error);
/// Indented, with a final line break; names that are not UTF-8 are mended rather than refused.
[[nodiscard]] std::string dumped(const Json& json);
/// Foreign text (names out of a model) on one line: control characters become blanks.
[[nodiscard]] std::string printable(std::string_view text);

} // namespace millrace::ctl
