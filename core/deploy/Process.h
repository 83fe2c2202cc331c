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

/// Starts a program that outlives the caller: a session of its own, standard input from /dev/null,
/// output and errors appended to `log` (made with mode 0600), no other open file, no blocked
/// signals, and of the environment only what a node needs (HOME, LANG, PATH, TMPDIR, TZ,
/// LD_LIBRARY_PATH). `arguments` begins with the program's path. Errors: Io with the reason why the
/// program cannot be run. Safe while other threads run.
[[nodiscard]] Result<ProcessId> startDetached(const std::vector<std::string>& arguments,
                                              const std::filesystem::path& log);

/// Processes of this user with an argument that lies in `folder`; of a watching process and what it
/// watches over, the first.
[[nodiscard]] std::vector<ProcessId> processesNaming(const std::filesystem::path& folder);

/// Waits until none of them is alive; false when the time was not enough.
[[nodiscard]] bool waitForEnd(std::span<const ProcessId> processes,
                              std::chrono::milliseconds timeLimit);
/// Asks them to end (SIGTERM), and ends those that do not within `grace` (SIGKILL).
void endProcesses(std::span<const ProcessId> processes, std::chrono::milliseconds grace);

} // namespace millrace::deploy
