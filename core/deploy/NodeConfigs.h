// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Emulation.h"
#include "deploy/Release.h"
#include "onnx/Model.h"
#include "runtime/NodeConfig.h"

#include <map>

namespace millrace::deploy
{

/// What every node of a release is told.
struct NodeConfigs {
    std::map<StageRef, runtime::StageConfig> stages;
    runtime::GatewayConfig gateway;
};

/// Of the nodes' certificates in the order of Release::nodes, and of the client's.
struct Fingerprints {
    std::vector<std::string> nodes;
    std::string client;
};

/// Neighbours are pinned and stages are slowed down as the emulation says; in a local release, hops
/// between unlike devices that the plan counts are paced at their sender and delayed at their
/// receiver.
[[nodiscard]] NodeConfigs nodeConfigs(const Release& release, const Emulation& emulation,
                                      const onnx::Manifest& manifest,
                                      const Fingerprints& fingerprints);

/// Where a node listens that others reach at `address`: a name may lead them elsewhere than the
/// host itself, which then listens on all of its addresses.
[[nodiscard]] std::string listenAddress(const std::string& address);

} // namespace millrace::deploy
