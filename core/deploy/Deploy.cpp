// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/Deploy.h"

#include "deploy/DeviceTest.h"
#include "deploy/Ports.h"
#include "deploy/Process.h"
#include "deploy/ReleaseFolder.h"
#include "deploy/ReleaseParts.h"
#include "deploy/steps/AllSteps.h"
#include "ssh/LocalHost.h"

#include <algorithm>
#include <thread>

namespace millrace::deploy
{
namespace
{

/// Only what the plan's devices must be for a release over SSH.
Result<void> checkDevices(const Deployment& deployment)
{
    if (auto ok = checkPlan(deployment.model, deployment.plan); !ok)
        return ok;
    for (const plan::Stage& stage : deployment.plan.stages) {
        const cluster::Device& device = deployment.cluster.devices[stage.device.index()];
        if (deployment.kind == ReleaseKind::Ssh && !device.address)
            return fail(ErrorCode::InvalidArgument,
                        "device {} has no address; give it one in the cluster file, or deploy with "
                        "--local",
                        device.name);
    }
    return {};
}

/// A local release is slowed down to what is planned. Over SSH only `emulate` devices are, by the
/// CPU time of their runs; real ones run as fast as they go. Links are what they are then, so time
/// cannot be dilated.
Result<Emulation> emulationOf(const Deployment& deployment)
{
    if (deployment.kind == ReleaseKind::Local)
        return emulation(deployment.plan, deployment.hostTimes,
                         static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
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

/// Nodes of a local release share this computer's ports, which are chosen at once.
Result<Release> newRelease(const Deployment& deployment, const Emulation& emulated)
{
    Release release = makeRelease(deployment.kind, deployment.model, deployment.cluster,
                                  deployment.problem, deployment.plan);
    release.owner = thisProcess();
    if (deployment.kind == ReleaseKind::Ssh)
        return release;
    release.dilation = emulated.dilation;
    release.dilationReason = emulated.reason;
    const auto ports = freePorts(release.nodes.size());
    const auto runner = findRunner(deployment.runner);
    if (!ports || !runner)
        return tl::unexpected(ports ? runner.error() : ports.error());
    release.runner = *runner;
    for (std::size_t n = 0; n < release.nodes.size(); ++n)
        release.nodes[n].endpoint = {"127.0.0.1", (*ports)[n]};
    return release;
}

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

/// Of its runner; what watches over it starts it.
std::vector<std::string> commandOf(const Release& release, const ReleaseNode& node)
{
    const auto folder = nodeFolder(release, node);
    std::vector<std::string> command{(folder / "millrace-stage").string()};
    if (const std::string role(roleName(node.role)); !role.empty())
        command.push_back("--" + role);
    command.push_back((folder / "config.json").string());
    return command;
}

Draft draftLocal(Release release, bool isThere)
{
    Draft draft{std::move(release), {}, {}};
    for (const ReleaseNode& node : draft.release.nodes)
        draft.nodes.push_back({{}, {}, commandOf(draft.release, node), isThere && isAlive(node)});
    return draft;
}

/// What every node lacks, or of a release that is there already, which of its nodes run.
Result<void> compare(Rollout& rollout, bool isThere, Draft& draft, const std::stop_token& stop)
{
    for (std::size_t n = 0; n < rollout.release.nodes.size(); ++n) {
        const ReleaseNode& node = rollout.release.nodes[n];
        DraftNode& drafted = draft.nodes.emplace_back();
        drafted.command = commandOf(rollout.release, node);
        if (isThere) {
            const auto alive = rollout.alive(node.device, stop);
            drafted.isRunning = alive && alive->contains(node.name);
            continue;
        }
        drafted.files = rollout.payloads[n].files;
        auto missing = missingFiles(rollout.host(node.device), drafted.files, stop);
        if (!missing)
            return inContext(node.device, missing.error());
        drafted.missing = std::move(*missing);
    }
    return {};
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

Result<Draft> draft(const Deployment& deployment, HostAccess& access, std::stop_token stop,
                    StepSink& sink)
{
    if (const auto ok = checkDevices(deployment); !ok)
        return tl::unexpected(ok.error());
    const auto emulated = emulationOf(deployment);
    if (!emulated)
        return tl::unexpected(emulated.error());
    const auto same = sameRelease(deployment);
    auto release = same ? *same : newRelease(deployment, *emulated);
    if (!release)
        return tl::unexpected(release.error());
    if (deployment.kind == ReleaseKind::Local)
        return draftLocal(std::move(*release), same.has_value());
    Steps steps(sink);
    Rollout rollout(std::move(*release), access, deployment.limits);
    std::vector<RecipeStep> recipe{steps::reach(rollout)};
    if (!same) {
        recipe.push_back(steps::check(rollout, deployment.runner));
        recipe.push_back(steps::split(rollout, deployment.model, *emulated));
    }
    Draft draft;
    auto done = runRecipe(recipe, {deployment.limits.undo}, stop, steps);
    if (done)
        done = compare(rollout, same.has_value(), draft, stop);
    if (!same)
        static_cast<void>(removeFolder(rollout.release.folder));
    if (!done)
        return tl::unexpected(done.error());
    draft.release = std::move(rollout.release);
    draft.facts = std::move(rollout.facts);
    return draft;
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
