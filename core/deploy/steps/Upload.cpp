// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/steps/AllSteps.h"

namespace millrace::deploy
{
namespace
{

Result<std::string> uploadTo(Rollout& rollout, DeviceHost& host, const TaskContext& context)
{
    const auto turn = rollout.ourTurn();
    Bytes all;
    for (const std::size_t n : rollout.nodesOn(host.device().name)) {
        const ReleaseNode& node = rollout.release.nodes[n];
        const auto sent = sendPayload(host, rollout.release, node, rollout.payloads[n], context);
        if (!sent)
            return tl::unexpected(sent.error());
        rollout.transfers.at(node.name) = *sent;
        all += sent->model + sent->program;
    }
    return all.value == 0 ? "nothing to send" : formatBytes(all);
}

} // namespace

RecipeStep steps::upload(Rollout& rollout)
{
    RecipeStep step{StepId::Upload, kNever, OnFailure::StopOthers, {}};
    step.tasks = rollout.perDevice([&rollout](DeviceHost& host, const TaskContext& context) {
        return uploadTo(rollout, host, context);
    });
    rollout.undoPerDevice(step, [&rollout](DeviceHost& host, const std::stop_token& stop) {
        const auto turn = rollout.ourTurn();
        static_cast<void>(host.help("remove", {rollout.release.id}, stop));
    });
    return step;
}

} // namespace millrace::deploy
