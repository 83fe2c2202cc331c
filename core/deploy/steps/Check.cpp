// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/DeviceTest.h"
#include "deploy/steps/AllSteps.h"

namespace millrace::deploy
{
namespace
{

/// Devices that are all this computer share its ports: those were chosen together before.
Result<std::string> checkDevice(Rollout& rollout, DeviceHost& host,
                                const std::filesystem::path& runner, const TaskContext& context)
{
    const std::string& name = host.device().name;
    const Release& release = rollout.release;
    Demand demand = demandOn(name, release.nodes, release.problem, release.plan);
    if (release.kind == ReleaseKind::Local)
        demand.ports = 0;
    Examined found = examine(host, demand, runner, context.stop());
    if (!found.faults.empty())
        return tl::unexpected(std::move(found.faults.front().error));
    rollout.facts.at(name) = found.facts;
    rollout.runners.at(name) = found.runner;
    if (release.kind == ReleaseKind::Ssh)
        rollout.ports.at(name) = found.ports;
    return fmt::format("{}, {} free", found.facts.architecture,
                       formatBytes(found.facts.freeMemory));
}

} // namespace

RecipeStep steps::check(Rollout& rollout, const std::filesystem::path& runner)
{
    RecipeStep step{StepId::Check, rollout.limits.script * 2, OnFailure::LetOthersFinish, {}};
    step.tasks =
        rollout.perDevice([&rollout, runner](DeviceHost& host, const TaskContext& context) {
            return checkDevice(rollout, host, runner, context);
        });
    return step;
}

} // namespace millrace::deploy
