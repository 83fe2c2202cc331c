// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/UnixTime.h"
#include "deploy/steps/AllSteps.h"

#include <sstream>

namespace millrace::deploy
{
namespace
{

/// "KEY=..." among the lines.
std::string valueOf(const std::string& text, const std::string& key)
{
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with(key + "="))
            return line.substr(key.size() + 1);
    return {};
}

ProcessId processOf(const std::string& text)
{
    ProcessId process;
    std::istringstream(text) >> process.pid >> process.startTicks;
    return process;
}

/// What emulates a device has this computer's memory, and its own watcher rather than a service
/// manager: it is tried out, and gone when it is undeployed.
std::vector<std::string> startArguments(const Release& release, const ReleaseNode& node,
                                        const cluster::Device& device)
{
    const bool isHere = release.kind == ReleaseKind::Local;
    const bool isStage = std::holds_alternative<StageRef>(node.role);
    const std::string most = isStage && !isHere ? std::to_string(device.memory.value) : "";
    return {release.id, node.name, most, std::string(roleName(node.role)), isHere ? "process" : ""};
}

Result<std::string> startOn(Rollout& rollout, DeviceHost& host, const TaskContext& context)
{
    const auto running = rollout.alive(host.device().name, context.stop());
    if (!running)
        return tl::unexpected(running.error());
    int started = 0;
    for (const std::size_t n : rollout.nodesOn(host.device().name)) {
        ReleaseNode& node = rollout.release.nodes[n];
        if (!running->contains(node.name)) {
            const std::lock_guard lock(rollout.mutex);
            rollout.begun.insert(node.name);
        }
        const auto said = host.help("start", startArguments(rollout.release, node, host.device()),
                                    context.stop());
        if (!said)
            return inContext(node.name, said.error());
        const std::lock_guard lock(rollout.mutex);
        node.process = processOf(valueOf(*said, "pid"));
        if (valueOf(*said, "started") == "yes") {
            rollout.started.insert(node.name);
            ++started;
        }
    }
    return started == 0 ? "runs already" : "";
}

/// What ran before goes on; what may have been started goes, also when nobody said so.
void stopBegun(Rollout& rollout, DeviceHost& host, const std::stop_token& stop)
{
    std::vector<std::string> arguments{rollout.release.id};
    {
        const std::lock_guard lock(rollout.mutex);
        for (const std::size_t n : rollout.nodesOn(host.device().name))
            if (rollout.begun.contains(rollout.release.nodes[n].name))
                arguments.push_back(rollout.release.nodes[n].name);
    }
    if (arguments.size() > 1)
        static_cast<void>(host.help("stop", arguments, stop));
}

} // namespace

RecipeStep steps::start(Rollout& rollout)
{
    RecipeStep step{StepId::Start, rollout.limits.script * 2, OnFailure::StopOthers, {}};
    rollout.startedAt = unixSeconds();
    step.tasks = rollout.perDevice([&rollout](DeviceHost& host, const TaskContext& context) {
        return startOn(rollout, host, context);
    });
    rollout.undoPerDevice(step, [&rollout](DeviceHost& host, const std::stop_token& stop) {
        stopBegun(rollout, host, stop);
    });
    return step;
}

} // namespace millrace::deploy
