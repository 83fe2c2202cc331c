// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Release.h"
#include "deploy/Steps.h"

#include <stop_token>

namespace millrace::deploy
{

/// How a release's nodes are looked after while they start, wherever they run.
class NodeWatch
{
public:
    virtual ~NodeWatch() = default;
    [[nodiscard]] virtual bool isAlive(std::size_t node) = 0;
    /// The end of its log on one line, for the message that it has failed.
    [[nodiscard]] virtual std::string logTail(std::size_t node) = 0;
};

struct Waiting {
    double startedAt = 0; ///< Unix seconds: stages count as up only if they came up later
    Seconds limit{180};
};

/// Until the gateway says that every stage serves. A node that ends or does not come up in time is
/// the error, with the end of its log. `which`: the nodes (indices into Release::nodes) that were
/// started just now. Tells StepId::WarmUp of their devices, and StepId::Health.
[[nodiscard]] Result<void> waitUntilServing(const Release& release,
                                            const std::vector<std::size_t>& which,
                                            const Waiting& waiting, NodeWatch& watch,
                                            std::stop_token stop, Steps& steps);

/// "stage-2 on pi-4"
[[nodiscard]] std::string title(const ReleaseNode& node);
/// "its log ends with: ..." on one line.
[[nodiscard]] std::string endOfLog(const std::string& log);

} // namespace millrace::deploy
