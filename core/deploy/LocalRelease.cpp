// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/LocalRelease.h"

#include "deploy/LocalFiles.h"
#include "deploy/LocalNodes.h"
#include "deploy/Process.h"
#include "deploy/ReleaseParts.h"

#include <algorithm>
#include <numeric>
#include <thread>

namespace millrace::deploy
{
namespace
{

constexpr std::chrono::milliseconds kGrace{3000};
constexpr std::chrono::milliseconds kAnswerLimit{1000};

std::vector<std::size_t> deadNodes(const Release& release)
{
    std::vector<std::size_t> dead;
    for (std::size_t n = 0; n < release.nodes.size(); ++n)
        if (!isAlive(release.nodes[n]))
            dead.push_back(n);
    return dead;
}

/// Whatever runs of it and whatever lies in its folder.
Result<void> removeAll(const Release& release)
{
    endProcesses(processesOf(release), kGrace);
    return removeFolder(release.folder);
}

Result<void> makeAndStart(const LocalDeployment& deployment, const LocalDraft& draft,
                          Release& release, std::stop_token stop, Steps& steps)
{
    if (auto ok = writeNodes(deployment, draft.emulation, release, stop, steps); !ok)
        return ok;
    if (stop.stop_requested())
        return fail(ErrorCode::Cancelled, "interrupted before the stages were started");
    std::vector<std::size_t> all(release.nodes.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    const double startedAt = unixSeconds();
    if (auto ok = startNodes(release, all, steps); !ok)
        return ok;
    if (auto ok = waitUntilServing(release, all, startedAt, std::move(stop), steps); !ok)
        return ok;
    if (deployment.lifetime == Lifetime::UntilUndeployed)
        release.owner.reset();
    return saveRelease(release);
}

/// Through the gateway, so that stages end after what they are doing.
void askToEnd(const Release& release, const std::stop_token& stop)
{
    const auto address = gatewayAddress(release);
    if (!address || !isAlive(release.nodes.back()))
        return;
    if (auto client = runtime::StatusClient::connect(*address, kAnswerLimit, stop))
        static_cast<void>(client->shutdown(stop));
}

} // namespace

Result<LocalDraft> draftLocal(const LocalDeployment& deployment)
{
    if (const auto ok = checkPlan(deployment.model, deployment.plan); !ok)
        return tl::unexpected(ok.error());
    const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const auto emulated = emulation(deployment.plan, deployment.hostTimes, cores);
    const auto ports = freePorts(deployment.plan.stages.size() + 1);
    const auto runner = findRunner(deployment.runner);
    for (const Error* error :
         {emulated ? nullptr : &emulated.error(), ports ? nullptr : &ports.error(),
          runner ? nullptr : &runner.error()})
        if (error != nullptr)
            return tl::unexpected(*error);
    LocalDraft draft;
    draft.emulation = *emulated;
    Release& release = draft.release;
    release = makeRelease(ReleaseKind::Local, deployment.model, deployment.cluster,
                          deployment.problem, deployment.plan);
    release.dilation = emulated->dilation;
    release.dilationReason = emulated->reason;
    release.runner = *runner;
    for (std::size_t n = 0; n < release.nodes.size(); ++n)
        release.nodes[n].endpoint = {"127.0.0.1", (*ports)[n]};
    for (const ReleaseNode& node : release.nodes)
        draft.commands.push_back(nodeCommand(release, node));
    return draft;
}

std::optional<Release> sameRelease(const LocalDeployment& deployment)
{
    for (Release& release : localReleases())
        if (release.kind == ReleaseKind::Local &&
            isOf(release, deployment.model, deployment.cluster, deployment.plan))
            return std::move(release);
    return std::nullopt;
}

Result<Release> deployLocal(const LocalDeployment& deployment, std::stop_token stop, StepSink& sink)
{
    removeAbandoned();
    if (deployment.lifetime == Lifetime::UntilUndeployed)
        if (const auto same = sameRelease(deployment))
            return restartDead(*same, std::move(stop), sink);
    auto draft = draftLocal(deployment);
    if (!draft)
        return tl::unexpected(draft.error());
    Release& release = draft->release;
    release.owner = thisProcess();
    if (const auto ok = makeFolder(release); !ok)
        return tl::unexpected(ok.error());
    const auto lock = ReleaseLock::take(release);
    Steps steps(sink);
    if (const auto ok = makeAndStart(deployment, *draft, release, std::move(stop), steps); !ok) {
        static_cast<void>(removeAll(release));
        steps.undone(ok.error());
        return tl::unexpected(ok.error());
    }
    return release;
}

Result<Release> restartDead(const Release& release, std::stop_token stop, StepSink& sink)
{
    const auto lock = ReleaseLock::take(release);
    if (!lock)
        return tl::unexpected(lock.error());
    // Another Millrace may have restarted some of it since it was read.
    auto known = findRelease(release.id);
    if (!known)
        return known;
    const std::vector<std::size_t> dead = deadNodes(*known);
    Steps steps(sink);
    const double startedAt = unixSeconds();
    Result<void> done = startNodes(*known, dead, steps);
    if (done)
        done = waitUntilServing(*known, dead, startedAt, std::move(stop), steps);
    if (done)
        return known;
    std::vector<ProcessId> started;
    for (const std::size_t node : dead)
        started.push_back(known->nodes[node].process);
    endProcesses(started, kGrace);
    steps.undone(done.error());
    return tl::unexpected(done.error());
}

void removeAbandoned()
{
    // What is left of one over SSH is for the next deployment to its devices.
    for (const Release& release : abandonedReleases())
        if (release.kind == ReleaseKind::Local)
            static_cast<void>(removeAll(release));
}

Result<void> undeployLocal(const Release& release, std::stop_token stop, StepSink& sink)
{
    std::error_code error;
    if (!std::filesystem::exists(release.folder, error)) { // another Millrace was quicker
        endProcesses(processesOf(release), kGrace);
        return {};
    }
    const auto lock = ReleaseLock::take(release);
    if (!lock)
        return tl::unexpected(lock.error());
    Steps steps(sink);
    for (const ReleaseNode& node : release.nodes)
        steps.running(node.device, "stop");
    std::vector<ProcessId> processes = processesOf(release);
    askToEnd(release, stop);
    if (!waitForEnd(processes, kGrace))
        endProcesses(processesOf(release), kGrace);
    for (const ReleaseNode& node : release.nodes)
        steps.done(node.device, "stop", WhenUndone::Stays);
    steps.running("", "remove");
    if (auto ok = removeFolder(release.folder); !ok) {
        steps.failed("", "remove", ok.error());
        return ok;
    }
    steps.done("", "remove", WhenUndone::Stays);
    return {};
}

} // namespace millrace::deploy
