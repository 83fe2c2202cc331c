// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/NewRelease.h"

#include "deploy/Process.h"
#include "deploy/ReleaseParts.h"
#include "deploy/steps/Ports.h"

#include <algorithm>
#include <thread>

namespace millrace::deploy
{

Result<void> checkDevices(const Deployment& deployment)
{
    if (auto ok = checkPlan(deployment.model, deployment.plan); !ok)
        return ok;
    for (const auto& [at, stage] : deployment.plan.stages()) {
        const cluster::Device& device = deployment.cluster.devices[stage.device.index()];
        if (deployment.kind == ReleaseKind::Ssh && !device.address)
            return fail(ErrorCode::InvalidArgument,
                        "device {} has no address; give it one in the cluster file, or deploy with "
                        "--local",
                        device.name);
    }
    return {};
}

Result<Emulation> emulationOf(const Deployment& deployment)
{
    if (deployment.kind == ReleaseKind::Local)
        return emulation(deployment.plan, deployment.hostTimes,
                         static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
    Emulation none;
    const auto stages = deployment.plan.stages();
    for (const plan::PlacedStage& stage : stages)
        none.computeFactor.emplace(stage.at, 0);
    const auto& devices = deployment.cluster.devices;
    if (std::none_of(devices.begin(), devices.end(),
                     [](const cluster::Device& device) { return device.emulate; }))
        return none;
    const auto all = emulation(deployment.plan, deployment.hostTimes, 1);
    if (!all)
        return all;
    constexpr double kJitter = 0.001; // the scheduler's
    none.tolerance = {std::max(kJitter, all->tolerance.value / all->dilation)};
    for (const auto& [at, stage] : stages)
        if (devices[stage.device.index()].emulate)
            none.computeFactor[at] = std::max(1.0, all->computeFactor.at(at));
    return none;
}

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

} // namespace millrace::deploy
