// SPDX-License-Identifier: GPL-3.0-or-later
// The end of a rollout: it serves, and what it replaces goes.
#include "deploy/ReleaseFolder.h"
#include "deploy/ReleaseIndex.h"
#include "deploy/steps/AllSteps.h"
#include "deploy/steps/Drain.h"

namespace millrace::deploy
{
namespace
{

/// Replaced releases that can be gone back to.
constexpr std::size_t kKept = 2;

/// Over our own connection where the device is one of ours.
Result<void> onEveryHost(Rollout& rollout, const Release& other, const std::string& action,
                         const std::stop_token& stop)
{
    Rollout theirs(other, rollout.access, rollout.limits);
    for (auto& [name, host] : theirs.hosts) {
        const auto ours = rollout.hosts.find(name);
        const bool isSame =
            ours != rollout.hosts.end() && ours->second->device().address == host->device().address;
        DeviceHost& reached = isSame ? *ours->second : *host;
        if (const auto ok = reached.help(action, {other.id}, stop); !ok)
            return inContext(name, ok.error());
        if (!isSame)
            static_cast<void>(reached.help("unlock", {rollout.token}, stop));
    }
    return {};
}

void retire(Rollout& rollout, Release other, const std::stop_token& stop)
{
    drainAndEnd(other, stop);
    if (const auto ok = onEveryHost(rollout, other, "stop", stop); !ok) {
        rollout.notes.push_back(
            fmt::format("{} still runs somewhere: {}", other.id, ok.error().message));
        return;
    }
    other.standing = Standing::Replaced;
    static_cast<void>(saveRelease(other));
}

void forget(Rollout& rollout, const Release& other, const std::stop_token& stop)
{
    if (const auto ok = onEveryHost(rollout, other, "remove", stop); !ok)
        rollout.notes.push_back(
            fmt::format("{} cannot be removed: {}", other.id, ok.error().message));
    else
        static_cast<void>(removeFolder(other.folder));
}

/// What cannot be tidied now is tidied by the next deployment.
void tidy(Rollout& rollout, const std::stop_token& stop)
{
    std::size_t kept = 0;
    for (const Release& other : releasesBeside(rollout.release)) {
        if (other.standing == Standing::Current)
            retire(rollout, other, stop);
        if (++kept > kKept)
            forget(rollout, other, stop);
    }
    for (const ReleaseHeader& other : abandonedReleases())
        if (other.kind == ReleaseKind::Ssh)
            if (const auto whole = readRelease(other); whole)
                forget(rollout, *whole, stop);
}

Result<std::string> commit(Rollout& rollout, const std::optional<ProcessId>& owner,
                           const TaskContext& context)
{
    Release& release = rollout.release;
    for (const auto& [name, host] : rollout.hosts)
        if (const auto ok = host->help("complete", {release.id}, context.stop()); !ok)
            return inContext(name, ok.error());
    static_cast<void>(removeFolder(release.folder / "split"));
    release.owner = owner;
    release.standing = Standing::Current;
    if (const auto ok = saveRelease(release); !ok)
        return tl::unexpected(ok.error());
    // From here on it is the one. On this computer, others may go on beside it.
    if (release.kind == ReleaseKind::Ssh)
        tidy(rollout, context.stop());
    rollout.unlock();
    return fmt::format("{}", fmt::join(rollout.notes, "; "));
}

} // namespace

RecipeStep steps::replace(Rollout& rollout, const std::optional<ProcessId>& owner)
{
    RecipeStep step{StepId::Switch, kNever, OnFailure::StopOthers, {}};
    step.tasks = {{"", [&rollout, owner](const TaskContext& context) {
                       return commit(rollout, owner, context);
                   }}};
    return step;
}

} // namespace millrace::deploy
