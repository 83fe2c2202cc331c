// SPDX-License-Identifier: GPL-3.0-or-later
/// millracectl: Millrace's engine without a display. Every command is one file of commands/ with
/// one function that adds its options to the parser and leaves an action behind: parse, call,
/// report. The program runs the chosen one; what it says is made by the pure functions of report/.
#pragma once

#include "base/Progress.h"
#include "ctl/Report.h"

#include <CLI/CLI.hpp>

#include <functional>
#include <stop_token>
#include <string>

namespace millrace::ctl
{

struct Context {
    std::stop_token stop;
    ProgressSink& progress;
};
using Action = std::function<Result<Report>(const Context&)>;

/// Where a command leaves what the program is to run.
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

} // namespace millrace::ctl
