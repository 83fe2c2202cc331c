// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Json.h"
#include "cluster/Cluster.h"
#include "plan/MakeProblem.h"

#include <filesystem>

namespace millrace::ui
{

/// A cluster as the operator varies it, and what was asked of the planner; the plan is kept so that
/// a start shows it at once.
struct Scenario {
    std::string name;
    cluster::Cluster cluster;
    plan::Overlap overlap = plan::Overlap::Yes;
    plan::StageCount stages;
    std::vector<std::pair<std::string, std::string>> pins; ///< layer name, device name
    std::optional<plan::Plan> plan;
    bool operator==(const Scenario&) const = default;
};

/// "millrace-project/1" (*.millrace): what File > Save writes and a start restores.
struct Project {
    std::filesystem::path modelPath; ///< empty: the built-in example; written relative to the
                                     ///< project's folder where possible
    std::string modelSha256;
    std::map<std::string, std::int64_t> dims;
    std::vector<Scenario> scenarios; ///< at least one; the first is the baseline
    std::size_t current = 0;
    Json windowState = Json::object(); ///< the window's own; opaque here
    bool operator==(const Project&) const = default;
};

[[nodiscard]] std::string writeProject(const Project& project,
                                       const std::filesystem::path& projectFile);
/// Hostile input; relative model paths are resolved against the project file's folder.
[[nodiscard]] Result<Project> parseProject(std::string_view text,
                                           const std::filesystem::path& projectFile);

} // namespace millrace::ui
