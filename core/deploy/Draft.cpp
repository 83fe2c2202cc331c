// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/NewRelease.h"
#include "deploy/ReleaseFolder.h"
#include "deploy/steps/AllSteps.h"

namespace millrace::deploy
{
namespace
{

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

} // namespace

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

} // namespace millrace::deploy
