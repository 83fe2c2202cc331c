// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Release.h"

#include <chrono>
#include <span>

namespace millrace::deploy
{

/// What the kernel says of a living process with this number; none: there is none, or it has ended
/// and waits to be collected.
[[nodiscard]] std::optional<ProcessId> processWith(std::int64_t pid);
/// The calling one.
[[nodiscard]] ProcessId thisProcess();

/// Processes of this user with an argument that lies in `folder`; of a watching process and what it
/// watches over, the first.
[[nodiscard]] std::vector<ProcessId> processesNaming(const std::filesystem::path& folder);

/// Waits until none of them is alive; false when the time was not enough.
[[nodiscard]] bool waitForEnd(std::span<const ProcessId> processes,
                              std::chrono::milliseconds timeLimit);
/// Asks them to end (SIGTERM), and ends those that do not within `grace` (SIGKILL).
void endProcesses(std::span<const ProcessId> processes, std::chrono::milliseconds grace);

} // namespace millrace::deploy
