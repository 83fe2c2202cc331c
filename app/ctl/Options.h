// SPDX-License-Identifier: GPL-3.0-or-later
/// What several commands read from the command line, and the files they all open.
#pragma once

#include "Command.h"
#include "deploy/LayerTimes.h"
#include "onnx/Model.h"
#include "plan/Solve.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millrace::ctl
{

using Dims = std::map<std::string, std::int64_t>;

/// --dim NAME=N, repeatable. `dims` must outlive the parsing.
void addDims(CLI::App& command, Dims& dims);

/// A whole number in [low, high], strictly: no "1e3", no "0x10", no "-1" that wraps around.
CLI::Option* addInteger(CLI::App& command, const std::string& name, std::int64_t low,
                        std::int64_t high, const std::function<void(std::int64_t)>& set,
                        const std::string& help);
/// A finite number >= 0.
CLI::Option* addNumber(CLI::App& command, const std::string& name,
                       const std::function<void(double)>& set, const std::string& help);
void addSeed(CLI::App& command, std::uint64_t& seed, const std::string& help);

/// --profile FILE|measure|estimate.
void addProfile(CLI::App& command, std::optional<deploy::TimesRequest>& times,
                const std::string& help);

/// How `plan`, `solve` and `check` may depart from the problem; what was not given leaves it as it
/// is.
struct Variant {
    std::optional<int> stages, maxStages;
    bool noOverlap = false;
};
void addVariantOptions(CLI::App& command, Variant& variant);
void applyTo(plan::Problem& problem, const Variant& variant);

/// What `plan` and `solve` share.
struct SolveArguments {
    plan::SolveOptions options;
    Variant variant;
    std::optional<std::filesystem::path> warmStart, output;
    bool sensitivity = false;
};
void addSolveOptions(CLI::App& command, SolveArguments& arguments);
/// Options that do not go together; the parser cannot see it.
[[nodiscard]] std::optional<Report> usageMistake(const SolveArguments& arguments);
/// Before long work: reads the warm start, and refuses an output that checkOutput() refuses.
[[nodiscard]] Result<void> prepare(SolveArguments& arguments,
                                   const std::vector<std::string>& devices,
                                   const std::vector<std::filesystem::path>& others);

/// A file that could not be written in the end, or that is one of the `others` which the command
/// reads or writes, too.
[[nodiscard]] Result<void> checkOutput(const std::filesystem::path& output,
                                       const std::vector<std::filesystem::path>& others);

/// onnx::load, with unreadable files as bad input.
[[nodiscard]] Result<onnx::Model> loadModel(const std::filesystem::path& path, const Dims& dims,
                                            const Context& context);
/// The operator's dims over those a plan was made with.
[[nodiscard]] Dims merged(const Dims& given, Dims ofPlan);
/// A plan of another model is refused by name.
[[nodiscard]] Result<void> sameModel(const onnx::Model& model, const std::string& planSha256,
                                     const std::filesystem::path& planFile);
[[nodiscard]] Result<std::string> readInput(const std::filesystem::path& path);
[[nodiscard]] Result<cluster::Cluster> readClusterInput(const std::filesystem::path& path);
[[nodiscard]] std::vector<std::string> deviceNames(const cluster::Cluster& cluster);
[[nodiscard]] std::vector<std::string> deviceNames(const plan::Problem& problem);

} // namespace millrace::ctl
