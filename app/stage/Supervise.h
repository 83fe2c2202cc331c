// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace millrace::stage
{

/// Where no service manager looks after the runner: starts `command` (program first) in a session
/// of its own that outlives the caller, says which process watches it ("PID START\n", the start in
/// ticks since the boot) on standard output and in `folder`/supervisor.pid, and returns. Output and
/// errors go to `folder`/node.log (0600). A runner that crashes is started again; one that ends
/// well, or gives up soon after its first start, is not. SIGTERM to the watching process ends both.
/// Exit code: 0 started, 5 not.
[[nodiscard]] int supervise(const std::vector<std::string>& command,
                            const std::filesystem::path& folder);

} // namespace millrace::stage
