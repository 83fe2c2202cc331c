// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/NodeConfig.h"

#include <functional>
#include <stop_token>

namespace millrace::runtime
{

/// What a node tells its log: one line without a line break, never a secret.
using LogSink = std::function<void(const std::string& line)>;

/// Runs a stage until it is stopped, told to shut down, or cannot go on. `folder` holds the files
/// that the config names. Loads and warms up the model first, then listens, so that a control
/// connection that answers means a stage that is ready. Blocks; starts a receive, a compute and a
/// send thread and one per connection, and joins them all.
///
/// Receive, compute and send overlap: one frame each is being received, computed and sent, and one
/// waits in front of compute and of send; a full queue stops the reading, and so the sender before.
/// Errors: Io or Unsupported while loading, Network when the port is taken.
[[nodiscard]] Result<void> runStage(const StageConfig& config, const std::filesystem::path& folder,
                                    std::stop_token stop, const LogSink& log);

/// Runs the gateway: takes requests from clients, feeds the first stage, returns the last stage's
/// answers to each client in the order of its requests. Keeps every request until it is answered,
/// and sends again what a lost stage took with it; each is answered once. Errors as runStage().
[[nodiscard]] Result<void> runGateway(const GatewayConfig& config,
                                      const std::filesystem::path& folder, std::stop_token stop,
                                      const LogSink& log);

} // namespace millrace::runtime
