// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/LocalRelease.h"
#include "deploy/Payload.h"

#include <set>

/// Releases on the cluster's own devices. The grid of their steps: "reach", "check", "lock",
/// "upload", "start", "warm up" for each device; "split", "health" and "switch" for the whole.
/// Every cell is told as waiting first.
///
/// Devices keep Millrace's files in ~/.millrace: models and programs under their hash, each once,
/// and a folder for every node. What is there already is never sent. While somebody deploys, the
/// devices are locked; the lock of a process that is gone does not count.
namespace millrace::deploy
{

struct SshDeployment {
    onnx::Model model;
    cluster::Cluster cluster;
    plan::Problem problem;
    plan::Plan plan;
    plan::LayerTimes hostTimes;   ///< for devices with `emulate`
    std::filesystem::path runner; ///< millrace-stage; empty: beside the running program
    HostLimits limits;
};

struct SshOutcome {
    Release release;
    bool isReused = false;                         ///< an existing release already was this one
    std::map<std::string, NodeTransfer> transfers; ///< by node name
    std::set<std::string> started;                 ///< node names
    std::vector<std::string> notes;                ///< what could not be tidied
};

/// Puts the plan's stages and the gateway onto their devices and makes it the current release.
/// Earlier releases with a device in common serve until the new one does; then they are stopped,
/// and the last two stay to go back to. A deployment that an existing release already is starts
/// only what does not run. On failure or stop everything new is undone and what served goes on
/// serving; the error names the device, the step and, for a runner that ends, the end of its log.
/// Blocking.
[[nodiscard]] Result<SshOutcome> deploySsh(const SshDeployment& deployment, HostAccess& access,
                                           std::stop_token stop, StepSink& steps);
/// The release that deploySsh() would converge to, if there is one.
[[nodiscard]] std::optional<Release> sameSshRelease(const SshDeployment& deployment);

/// What deploying would do: devices are reached and checked, nothing is written there.
struct SshDraftNode {
    std::vector<PayloadFile> files, missing; ///< needed, and of those not there
    bool isRunning = false;
};
struct SshDraft {
    Release release;
    std::vector<SshDraftNode> nodes; ///< as Release::nodes
    std::map<std::string, Facts> facts;
};
[[nodiscard]] Result<SshDraft> draftSsh(const SshDeployment& deployment, HostAccess& access,
                                        std::stop_token stop, StepSink& steps);

/// The newest replaced release with a device in common; NotFound.
[[nodiscard]] Result<Release> rollbackTarget(const Release& current);
/// Starts a replaced release again and makes it the current one, as deploySsh() does.
[[nodiscard]] Result<SshOutcome> bringBackSsh(const Release& release, HostAccess& access,
                                              const HostLimits& limits, std::stop_token stop,
                                              StepSink& steps);

/// No process and no file is left. With the current release go the replaced ones that it could have
/// gone back to. A device that cannot be reached is an error; what is left is removed next time.
[[nodiscard]] Result<void> undeploySsh(const Release& release, HostAccess& access,
                                       const HostLimits& limits, std::stop_token stop,
                                       StepSink& steps);

} // namespace millrace::deploy
