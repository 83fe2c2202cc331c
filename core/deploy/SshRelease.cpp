// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/SshRelease.h"

#include "deploy/LocalFiles.h"
#include "deploy/LocalNodes.h"
#include "deploy/Process.h"
#include "deploy/ReleaseParts.h"
#include "deploy/Rollout.h"

#include <algorithm>

namespace millrace::deploy
{
namespace
{

/// Only what the plan's devices must be for a release over SSH.
Result<void> checkDevices(const SshDeployment& deployment)
{
    if (auto ok = checkPlan(deployment.model, deployment.plan); !ok)
        return ok;
    for (const plan::Stage& stage : deployment.plan.stages) {
        const cluster::Device& device = deployment.cluster.devices[stage.device.index()];
        if (!device.address)
            return fail(ErrorCode::InvalidArgument,
                        "device {} has no address; give it one in the cluster file, or deploy with "
                        "--local",
                        device.name);
    }
    return {};
}

/// Only `emulate` devices are slowed down to what is planned, by the CPU time of their runs; real
/// ones run as fast as they go. Links are what they are, so time cannot be dilated.
Result<Emulation> emulationOf(const SshDeployment& deployment)
{
    Emulation none;
    none.computeFactor.resize(deployment.plan.stages.size());
    const auto& devices = deployment.cluster.devices;
    if (std::none_of(devices.begin(), devices.end(),
                     [](const cluster::Device& device) { return device.emulate; }))
        return none;
    const auto all = emulation(deployment.plan, deployment.hostTimes, 1);
    if (!all)
        return all;
    constexpr double kJitter = 0.001; // the scheduler's
    none.tolerance = {std::max(kJitter, all->tolerance.value / all->dilation)};
    for (std::size_t k = 0; k < none.computeFactor.size(); ++k)
        if (devices[deployment.plan.stages[k].device.index()].emulate)
            none.computeFactor[k] = std::max(1.0, all->computeFactor[k]);
    return none;
}

Release newRelease(const SshDeployment& deployment)
{
    Release release = makeRelease(ReleaseKind::Ssh, deployment.model, deployment.cluster,
                                  deployment.problem, deployment.plan);
    release.owner = thisProcess();
    return release;
}

void announceWarmUp(const Release& release, Steps& steps)
{
    for (const ReleaseNode& node : release.nodes)
        steps.waiting(node.device, "warm up");
}

SshOutcome outcomeOf(const Rollout& rollout, bool isReused)
{
    return {rollout.release(), isReused, rollout.transfers(), rollout.started(), rollout.notes()};
}

} // namespace

std::optional<Release> sameSshRelease(const SshDeployment& deployment)
{
    for (Release& release : localReleases())
        if (release.kind == ReleaseKind::Ssh &&
            isOf(release, deployment.model, deployment.cluster, deployment.plan))
            return std::move(release);
    return std::nullopt;
}

Result<SshOutcome> bringBackSsh(const Release& release, HostAccess& access,
                                const HostLimits& limits, std::stop_token stop, StepSink& sink)
{
    const auto lock = ReleaseLock::take(release);
    if (!lock)
        return tl::unexpected(lock.error());
    Steps steps(sink);
    announceWarmUp(release, steps);
    Rollout rollout(release, access, limits);
    std::vector<RecipeStep> recipe{rollout.reach(), rollout.lock(), rollout.start(),
                                   rollout.health(), rollout.replace()};
    if (const auto ok = runRecipe(recipe, {limits.undo}, std::move(stop), steps); !ok)
        return tl::unexpected(ok.error());
    return outcomeOf(rollout, true);
}

Result<SshOutcome> deploySsh(const SshDeployment& deployment, HostAccess& access,
                             std::stop_token stop, StepSink& sink)
{
    if (const auto ok = checkDevices(deployment); !ok)
        return tl::unexpected(ok.error());
    if (const auto same = sameSshRelease(deployment))
        return bringBackSsh(*same, access, deployment.limits, std::move(stop), sink);
    const auto emulated = emulationOf(deployment);
    if (!emulated)
        return tl::unexpected(emulated.error());
    Steps steps(sink);
    Rollout rollout(newRelease(deployment), access, deployment.limits);
    announceWarmUp(rollout.release(), steps);
    const std::vector<RecipeStep> recipe{
        rollout.reach(),  rollout.check(deployment.runner),
        rollout.lock(),   rollout.split(deployment.model, *emulated),
        rollout.upload(), rollout.start(),
        rollout.health(), rollout.replace()};
    if (const auto ok = runRecipe(recipe, {deployment.limits.undo}, std::move(stop), steps); !ok)
        return tl::unexpected(ok.error());
    return outcomeOf(rollout, false);
}

Result<SshDraft> draftSsh(const SshDeployment& deployment, HostAccess& access, std::stop_token stop,
                          StepSink& sink)
{
    if (const auto ok = checkDevices(deployment); !ok)
        return tl::unexpected(ok.error());
    const auto emulated = emulationOf(deployment);
    if (!emulated)
        return tl::unexpected(emulated.error());
    const auto same = sameSshRelease(deployment);
    Steps steps(sink);
    Rollout rollout(same ? *same : newRelease(deployment), access, deployment.limits);
    std::vector<RecipeStep> recipe{rollout.reach()};
    if (!same) {
        recipe.push_back(rollout.check(deployment.runner));
        recipe.push_back(rollout.split(deployment.model, *emulated));
    }
    const auto ok = runRecipe(recipe, {deployment.limits.undo}, stop, steps);
    SshDraft draft{rollout.release(), {}, rollout.facts()};
    Result<void> compared = ok;
    for (std::size_t n = 0; compared && n < draft.release.nodes.size(); ++n) {
        SshDraftNode node;
        if (same) {
            const auto alive = rollout.alive(draft.release.nodes[n].device, stop);
            node.isRunning = alive && alive->contains(draft.release.nodes[n].name);
        } else if (const auto missing = rollout.missing(n, stop)) {
            node = {rollout.payloads()[n].files, *missing, false};
        } else {
            compared = inContext(draft.release.nodes[n].device, missing.error());
        }
        draft.nodes.push_back(std::move(node));
    }
    if (!same)
        static_cast<void>(removeFolder(draft.release.folder));
    return compared ? Result<SshDraft>(std::move(draft)) : tl::unexpected(compared.error());
}

Result<Release> rollbackTarget(const Release& current)
{
    for (Release& release : releasesBeside(current))
        if (release.standing == Standing::Replaced)
            return std::move(release);
    return fail(ErrorCode::NotFound, "there is no earlier release to go back to");
}

Result<void> undeploySsh(const Release& release, HostAccess& access, const HostLimits& limits,
                         std::stop_token stop, StepSink& sink)
{
    std::vector<Release> gone;
    if (release.standing == Standing::Current)
        for (Release& other : releasesBeside(release))
            if (other.standing == Standing::Replaced)
                gone.push_back(std::move(other));
    gone.push_back(release);
    // The current one last: while it is there, what could not be removed is found again.
    for (const Release& each : gone) {
        const auto lock = ReleaseLock::take(each);
        if (!lock)
            return tl::unexpected(lock.error());
        Steps steps(sink);
        Rollout rollout(each, access, limits);
        const std::vector<RecipeStep> recipe{rollout.reach(), rollout.lock(), rollout.stop(),
                                             rollout.remove()};
        if (auto ok = runRecipe(recipe, {limits.undo}, stop, steps); !ok)
            return ok;
        if (auto ok = removeFolder(each.folder); !ok)
            return ok;
    }
    return {};
}

} // namespace millrace::deploy
