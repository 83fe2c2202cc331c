// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/DeviceHost.h"
#include "deploy/Emulation.h"
#include "deploy/ReleaseIndex.h"
#include "deploy/Steps.h"
#include "deploy/steps/Payload.h"

#include <set>

/// Releases: on the cluster's own devices over SSH, or as processes of this computer that emulate
/// them. Both are the same recipe (recipeOutline()): the devices of a local release are all this
/// computer. README.md says what lies where.
///
/// While somebody deploys, the devices are locked; the lock of a process that is gone does not
/// count. All of it blocks and is not for the GUI thread.
namespace millrace::deploy
{

/// Whether a release stays when the process that deployed it is gone.
enum class Lifetime { UntilUndeployed, OfDeployer };

struct Deployment {
    onnx::Model model;
    cluster::Cluster cluster;
    plan::Problem problem;
    plan::Plan plan;
    /// Measured on this machine: what a local release is scaled by, and devices with `emulate`.
    plan::LayerTimes hostTimes;
    ReleaseKind kind = ReleaseKind::Ssh;
    std::filesystem::path runner = {}; ///< millrace-stage; empty: beside the running program
    HostLimits limits = {};
    Lifetime lifetime = Lifetime::UntilUndeployed; ///< of a local release
};

struct Outcome {
    Release release;
    bool isReused = false;                         ///< an existing release already was this one
    std::map<std::string, NodeTransfer> transfers; ///< by node name
    std::set<std::string> started;                 ///< node names
    std::vector<std::string> notes;                ///< what could not be tidied
};

/// This computer, whatever the device: for local releases.
class LocalAccess final : public HostAccess
{
public:
    [[nodiscard]] Result<std::unique_ptr<ssh::RemoteHost>>
    reach(const cluster::Device& device, const std::stop_token& stop) override;
    [[nodiscard]] Result<std::string> dataAddress(const cluster::Device& device) override;
};

/// Puts the plan's stages and the gateway onto their devices, starts them watched over, so that
/// they come back by themselves, waits until all serve, and makes it the current release. Over SSH,
/// earlier releases with a device in common serve until the new one does; then they are stopped,
/// and the last two stay to go back to. Local ones go on beside it. A deployment that an existing
/// release already is starts only what does not run and sends nothing. On failure or stop
/// everything new is undone and what served goes on serving; the error names the device, the step
/// and, for a runner that ends, the end of its log.
[[nodiscard]] Result<Outcome> deploy(const Deployment& deployment, HostAccess& access,
                                     std::stop_token stop, StepSink& steps);
/// The release that deploy() would converge to, if there is one.
[[nodiscard]] std::optional<Release> sameRelease(const Deployment& deployment);

/// What deploying would do; nothing is written on the devices.
struct DraftNode {
    std::vector<PayloadFile> files, missing; ///< needed, and of those not there; not of a local one
    std::vector<std::string> command;        ///< of its runner
    bool isRunning = false;
};
struct Draft {
    Release release;
    std::vector<DraftNode> nodes; ///< as Release::nodes
    std::map<std::string, Facts> facts;
};
/// Devices are reached and checked; of a local release nothing is.
[[nodiscard]] Result<Draft> draft(const Deployment& deployment, HostAccess& access,
                                  std::stop_token stop, StepSink& steps);

/// The newest replaced release with a device in common; NotFound.
[[nodiscard]] Result<Release> rollbackTarget(const Release& current);
/// Starts what does not run of a release (same plan, files, keys and ports) and makes it the
/// current one, as deploy() does.
[[nodiscard]] Result<Outcome> bringBack(const Release& release, HostAccess& access,
                                        const HostLimits& limits, std::stop_token stop,
                                        StepSink& steps);

/// What is under way is answered; then no process and no file is left. With the current release
/// over SSH go the replaced ones that it could have gone back to. A device that cannot be reached
/// is an error; what is left is removed next time.
[[nodiscard]] Result<void> undeploy(const Release& release, HostAccess& access,
                                    const HostLimits& limits, std::stop_token stop,
                                    StepSink& steps);

/// Ends what is left of abandoned local releases and removes their folders; deploy() begins with
/// it. What is left of one over SSH is for the next deployment to its devices.
void removeAbandoned();

} // namespace millrace::deploy
