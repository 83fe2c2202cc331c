// SPDX-License-Identifier: GPL-3.0-or-later
/// What the commands that plan read from the command line.
#pragma once

#include "ctl/Command.h"
#include "experiment/Algorithm.h"
#include "plan/MakeProblem.h"

#include <filesystem>
#include <optional>
#include <vector>

namespace millrace::ctl
{

/// How `plan`, `solve` and `check` may depart from the problem; what was not given leaves it as it
/// is.
struct Variant {
    std::optional<int> stages, maxStages;
    bool noOverlap = false;
};
void addVariantOptions(CLI::App& command, Variant& variant);
void applyTo(plan::Problem& problem, const Variant& variant);
void applyTo(plan::PlanRequest& request, const Variant& variant);

/// How to search a plan: what `plan`, `solve` and `deploy` share.
struct SearchArguments {
    experiment::SearchOptions options;
    Variant variant;
    std::optional<std::filesystem::path> warmStart;
};
/// Gives what it added, for a command that takes them only sometimes.
std::vector<CLI::Option*> addSearchOptions(CLI::App& command, SearchArguments& arguments);
/// Into the options; names of devices are the problem's.
[[nodiscard]] Result<void> readWarmStart(SearchArguments& arguments,
                                         const std::vector<std::string>& devices);

/// What `plan` and `solve` share beside that.
struct SolveArguments {
    SearchArguments search;
    std::optional<std::filesystem::path> output;
    bool sensitivity = false;
};
void addSolveOptions(CLI::App& command, SolveArguments& arguments);
/// Options that do not go together; the parser cannot see it.
[[nodiscard]] std::optional<Report> usageMistake(const SolveArguments& arguments);
/// Before long work: reads the warm start, and refuses an output that checkOutput() refuses.
[[nodiscard]] Result<void> prepare(SolveArguments& arguments,
                                   const std::vector<std::string>& devices,
                                   const std::vector<std::filesystem::path>& others);

} // namespace millrace::ctl
