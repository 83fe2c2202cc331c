// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Steps.h"

namespace millrace::deploy
{

/// The command line of a node's runner.
[[nodiscard]] std::vector<std::string> nodeCommand(const Release& release, const ReleaseNode& node);

/// Starts the runners of these nodes (indices into Release::nodes) and writes their process ids
/// into the release. Step "start".
[[nodiscard]] Result<void> startNodes(Release& release, const std::vector<std::size_t>& which,
                                      Steps& steps);

/// Until the gateway says that every stage serves. A node that ends or does not come up in time is
/// the error, with the end of its log. `startedAt` (Unix seconds): stages that `which` names count
/// as up only if they came up later. Steps "warm up" and "health".
[[nodiscard]] Result<void> waitUntilServing(const Release& release,
                                            const std::vector<std::size_t>& which, double startedAt,
                                            std::stop_token stop, Steps& steps);

/// Every process of the release, also those that a killed deployment did not write down.
[[nodiscard]] std::vector<ProcessId> processesOf(const Release& release);

[[nodiscard]] double unixSeconds();

} // namespace millrace::deploy
