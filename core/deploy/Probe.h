// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/DeviceHost.h"
#include "deploy/Facts.h"
#include "deploy/Steps.h"

namespace millrace::deploy
{

struct ProbeOptions {
    Seconds perLink{1}; ///< of sending; about a third is slow start
    HostLimits limits;
    std::filesystem::path runner; ///< millrace-stage; empty: beside the running program
};

/// A directed link, or why it could not be measured.
struct ProbedLink {
    std::string from, to; ///< devices
    cluster::Link link;   ///< bandwidth 0: none of the two reaches the other
    std::string trouble;  ///< empty: measured
};

struct ProbeOutcome {
    cluster::Cluster cluster; ///< with what was measured in the place of what was assumed
    std::map<std::string, Facts> facts;
    std::vector<ProbedLink> links;
};

/// Facts of every device that has an address, and of this computer where it is the gateway's
/// device, and every directed link between them: over the runner's own transport, in rounds of
/// disjoint pairs, so that no two measurements share an end. Either side may be the one that dials;
/// this computer always is. Steps: RecipeKind::Probe; nothing is left on the devices. Blocking;
/// about 2 (n - 1) (perLink + 0.5 s).
[[nodiscard]] Result<ProbeOutcome> probe(const cluster::Cluster& cluster, HostAccess& access,
                                         const ProbeOptions& options, std::stop_token stop,
                                         StepSink& steps);

/// Rounds in which each of `count` meets another one at most once, and all pairs meet: the circle
/// method. Pairs of indices.
[[nodiscard]] std::vector<std::vector<std::pair<std::size_t, std::size_t>>>
roundRobin(std::size_t count);

} // namespace millrace::deploy
