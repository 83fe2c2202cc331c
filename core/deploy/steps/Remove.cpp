// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/Process.h"
#include "deploy/steps/AllSteps.h"
#include "deploy/steps/Drain.h"

namespace millrace::deploy
{
namespace
{

constexpr std::chrono::milliseconds kGrace{3000};

/// Those that are known by number end first: earlier versions ran here without a folder's program.
void endKnown(const Release& release)
{
    if (release.kind != ReleaseKind::Local)
        return;
    std::vector<ProcessId> known;
    for (const ReleaseNode& node : release.nodes)
        known.push_back(node.process);
    endProcesses(known, kGrace);
}

Result<std::string> removeFrom(Rollout& rollout, DeviceHost& host, const std::stop_token& stop)
{
    const auto turn = rollout.ourTurn();
    if (const auto ok = host.help("remove", {rollout.release.id}, stop); !ok)
        return tl::unexpected(ok.error());
    static_cast<void>(host.help("unlock", {rollout.token}, stop));
    return "";
}

} // namespace

RecipeStep steps::stop(Rollout& rollout)
{
    RecipeStep step{StepId::Stop, rollout.limits.script, OnFailure::StopOthers, {}};
    step.tasks = {{"", [&rollout](const TaskContext& context) -> Result<std::string> {
                       drainAndEnd(rollout.release, context.stop());
                       endKnown(rollout.release);
                       return "";
                   }}};
    return step;
}

RecipeStep steps::remove(Rollout& rollout)
{
    RecipeStep step{StepId::Remove, rollout.limits.script * 3, OnFailure::LetOthersFinish, {}};
    step.tasks = rollout.perDevice([&rollout](DeviceHost& host, const TaskContext& context) {
        return removeFrom(rollout, host, context.stop());
    });
    return step;
}

} // namespace millrace::deploy
