// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/Deploy.h"

#include "deploy/NewRelease.h"
#include "deploy/Process.h"
#include "deploy/ReleaseFolder.h"
#include "deploy/ReleaseParts.h"
#include "deploy/steps/AllSteps.h"
#include "ssh/LocalHost.h"

namespace millrace::deploy
{
namespace
{

void announceWarmUp(const Release& release, Steps& steps)
{
    for (const ReleaseNode& node : release.nodes)
        steps.waiting(node.device, StepId::WarmUp);
}

Outcome outcomeOf(Rollout& rollout, bool isReused)
{
    return {std::move(rollout.release), isReused, std::move(rollout.transfers),
            std::move(rollout.started), std::move(rollout.notes)};
}

Result<void> undeployOne(const Release& release, HostAccess& access, const HostLimits& limits,
                         const std::stop_token& stop, StepSink& sink)
{
    std::error_code error;
    if (!std::filesystem::exists(release.folder, error)) // another Millrace was quicker
        return {};
    const auto lock = ReleaseLock::take(release);
    if (!lock)
        return tl::unexpected(lock.error());
    Steps steps(sink);
    Rollout rollout(release, access, limits);
    const std::vector<RecipeStep> recipe{steps::reach(rollout), steps::lock(rollout),
                                         steps::stop(rollout), steps::remove(rollout)};
    if (auto ok = runRecipe(recipe, {limits.undo}, stop, steps); !ok)
        return ok;
    return removeFolder(release.folder);
}

} // namespace

Result<std::unique_ptr<ssh::RemoteHost>> LocalAccess::reach(const cluster::Device&,
                                                            const std::stop_token&)
{
    return ssh::thisComputer();
}

Result<std::string> LocalAccess::dataAddress(const cluster::Device&)
{
    return "127.0.0.1";
}

std::optional<Release> sameRelease(const Deployment& deployment)
{
    for (const ReleaseHeader& header : releaseHeaders()) {
        if (header.kind != deployment.kind || header.owner)
            continue;
        auto release = readRelease(header);
        if (release && isOf(*release, deployment.model, deployment.cluster, deployment.plan))
            return std::move(*release);
    }
    return std::nullopt;
}

Result<Outcome> bringBack(const Release& release, HostAccess& access, const HostLimits& limits,
                          std::stop_token stop, StepSink& sink)
{
    const auto lock = ReleaseLock::take(release);
    if (!lock)
        return tl::unexpected(lock.error());
    Steps steps(sink);
    announceWarmUp(release, steps);
    Rollout rollout(release, access, limits);
    const std::vector<RecipeStep> recipe{steps::reach(rollout), steps::lock(rollout),
                                         steps::start(rollout), steps::health(rollout),
                                         steps::replace(rollout, release.owner)};
    if (const auto ok = runRecipe(recipe, {limits.undo}, std::move(stop), steps); !ok)
        return tl::unexpected(ok.error());
    return outcomeOf(rollout, true);
}

Result<Outcome> deploy(const Deployment& deployment, HostAccess& access, std::stop_token stop,
                       StepSink& sink)
{
    if (const auto ok = checkDevices(deployment); !ok)
        return tl::unexpected(ok.error());
    if (deployment.kind == ReleaseKind::Local)
        removeAbandoned();
    if (deployment.lifetime == Lifetime::UntilUndeployed)
        if (const auto same = sameRelease(deployment))
            return bringBack(*same, access, deployment.limits, std::move(stop), sink);
    const auto emulated = emulationOf(deployment);
    if (!emulated)
        return tl::unexpected(emulated.error());
    auto release = newRelease(deployment, *emulated);
    if (!release)
        return tl::unexpected(release.error());
    const bool isOurs = deployment.lifetime == Lifetime::OfDeployer;
    Steps steps(sink);
    Rollout rollout(std::move(*release), access, deployment.limits);
    announceWarmUp(rollout.release, steps);
    const std::vector<RecipeStep> recipe{
        steps::reach(rollout),
        steps::check(rollout, deployment.runner),
        steps::lock(rollout),
        steps::split(rollout, deployment.model, *emulated),
        steps::upload(rollout),
        steps::start(rollout),
        steps::health(rollout),
        steps::replace(rollout, isOurs ? rollout.release.owner : std::nullopt)};
    if (const auto ok = runRecipe(recipe, {deployment.limits.undo}, std::move(stop), steps); !ok)
        return tl::unexpected(ok.error());
    return outcomeOf(rollout, false);
}

Result<Release> rollbackTarget(const Release& current)
{
    for (Release& release : releasesBeside(current))
        if (release.standing == Standing::Replaced)
            return std::move(release);
    return fail(ErrorCode::NotFound, "there is no earlier release to go back to");
}

Result<void> undeploy(const Release& release, HostAccess& access, const HostLimits& limits,
                      std::stop_token stop, StepSink& sink)
{
    std::vector<Release> gone;
    if (release.kind == ReleaseKind::Ssh && release.standing == Standing::Current)
        for (Release& other : releasesBeside(release))
            if (other.standing == Standing::Replaced)
                gone.push_back(std::move(other));
    gone.push_back(release);
    // The current one last: while it is there, what could not be removed is found again.
    for (const Release& each : gone)
        if (auto ok = undeployOne(each, access, limits, stop, sink); !ok)
            return ok;
    return {};
}

void removeAbandoned()
{
    LocalAccess access;
    for (const ReleaseHeader& header : abandonedReleases()) {
        if (header.kind != ReleaseKind::Local)
            continue;
        std::vector<ProcessId> known; // earlier versions ran them without a folder's program
        for (const ReleaseNode& node : header.nodes)
            known.push_back(node.process);
        endProcesses(known, std::chrono::seconds(3));
        DeviceHost here({}, stateFolder().string(), access, {});
        if (here.help("remove", {header.id}, {}))
            static_cast<void>(removeFolder(header.folder));
    }
}

} // namespace millrace::deploy
