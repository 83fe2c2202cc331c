// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Release.h"
#include "onnx/Model.h"
#include "plan/MakeProblem.h"

#include <stop_token>

namespace millrace::deploy
{

/// One cell of the grid devices x steps, as it changes.
enum class StepState { Waiting, Running, Done, Failed, Cancelled, Undone };
struct StepUpdate {
    std::string device; ///< empty: a step for the whole release
    std::string step;   ///< "split", "copy", "start", "warm up", "health"; SshRelease.h has more
    StepState state = StepState::Running;
    double fraction = -1;         ///< negative: unknown
    std::string detail;           ///< one line; for Failed the cause
    Bytes sent = {}, toSend = {}; ///< of an upload that runs; both 0: nothing is sent
};
/// Called from one thread at a time, not always the same; must be quick and must not throw.
class StepSink
{
public:
    virtual ~StepSink() = default;
    virtual void step(const StepUpdate& update) = 0;
};

/// Whether a release stays when the process that deployed it is gone.
enum class Lifetime { UntilUndeployed, OfDeployer };

struct LocalDeployment {
    onnx::Model model;
    cluster::Cluster cluster;
    plan::Problem problem;
    plan::Plan plan;
    plan::LayerTimes hostTimes;   ///< measured on this machine; what the emulation is scaled by
    std::filesystem::path runner; ///< millrace-stage; empty: beside the running program
    Lifetime lifetime = Lifetime::UntilUndeployed;
};

/// How the local host emulates the cluster: DESIGN section 6, rules (a) to (f).
struct Emulation {
    std::vector<double> computeFactor; ///< per stage, dilation not included
    double dilation = 1;
    std::string reason; ///< why it is above 1; empty else
    /// What is late by less moves the measured bottleneck by 3 % at most. Dilation included.
    Seconds tolerance;
};
/// `cores` of this machine. InvalidArgument when the host times do not fit the problem.
[[nodiscard]] Result<Emulation> emulation(const plan::Plan& plan, const plan::LayerTimes& hostTimes,
                                          int cores);

/// What deploying would do; nothing is written.
struct LocalDraft {
    Release release; ///< with id, folder and ports, before any process
    Emulation emulation;
    std::vector<std::vector<std::string>> commands; ///< of each node
};
[[nodiscard]] Result<LocalDraft> draftLocal(const LocalDeployment& deployment);

/// Splits, writes configs and keys (0600), starts the gateway and a runner per stage as processes
/// of this machine that outlive the caller, and waits until all serve. Deploying what an existing
/// release already runs (same model, plan, cluster and times) starts only what is not alive any
/// more and copies nothing. On failure or stop everything of the new release is undone; the error
/// names the device and shows the end of its log. Blocking; not for the GUI thread.
[[nodiscard]] Result<Release> deployLocal(const LocalDeployment& deployment, std::stop_token stop,
                                          StepSink& steps);

/// The release that deployLocal() would converge to, if there is one.
[[nodiscard]] std::optional<Release> sameRelease(const LocalDeployment& deployment);

/// Starts again what is not alive of a release (same plan, same folder, same keys and ports).
[[nodiscard]] Result<Release> restartDead(const Release& release, std::stop_token stop,
                                          StepSink& steps);

/// Ends what is left of abandoned releases and removes their folders; deployLocal() begins with it.
void removeAbandoned();

/// Asks the nodes to end, ends those that do not, and removes the folder. Nothing is left.
[[nodiscard]] Result<void> undeployLocal(const Release& release, std::stop_token stop,
                                         StepSink& steps);

} // namespace millrace::deploy
