// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/DeviceTest.h"

#include "base/Guarded.h"
#include "deploy/ReleaseIndex.h"
#include "deploy/ReleaseParts.h"
#include "deploy/UnixTime.h"
#include "deploy/steps/Ports.h"

#include <algorithm>
#include <mutex>
#include <thread>

namespace millrace::deploy
{
namespace
{

/// In the account's home folder on a device.
constexpr const char* kRemoteFolder = ".millrace";

Aspect aspectOf(ErrorCode code)
{
    switch (code) {
    case ErrorCode::HostKeyMismatch:
        return Aspect::HostKey;
    case ErrorCode::AuthFailed:
        return Aspect::Login;
    default:
        return Aspect::Reach;
    }
}

Result<void> readFacts(DeviceHost& host, Examined& found, const std::stop_token& stop)
{
    const auto said = host.help("facts", {}, stop);
    auto facts = said ? parseFacts(*said) : tl::unexpected(said.error());
    if (!facts)
        return tl::unexpected(facts.error());
    found.facts = std::move(*facts);
    return {};
}

/// A stage's device without an address is not there.
std::vector<cluster::Device> devicesToTest(const DeviceTests& tests)
{
    std::vector<cluster::Device> devices = devicesOf(tests.cluster, tests.plan);
    const auto stages = tests.plan.stages();
    std::erase_if(devices, [&](const cluster::Device& device) {
        return !device.address &&
               std::any_of(stages.begin(), stages.end(), [&](const plan::PlacedStage& placed) {
                   return tests.cluster.devices[placed.stage.device.index()].name == device.name;
               });
    });
    return devices;
}

} // namespace

cluster::Device deviceNamed(const cluster::Cluster& cluster, const std::string& name)
{
    if (const auto id = cluster.find(name))
        return cluster.devices[id->index()];
    cluster::Device here;
    here.name = name;
    here.stages = false;
    return here;
}

cluster::Device deviceOf(const Release& release, const ReleaseNode& node)
{
    cluster::Device device = deviceNamed(release.cluster, node.device);
    if (release.kind == ReleaseKind::Local)
        device.address = device.dataAddress = std::nullopt;
    return device;
}

std::string folderOn(const cluster::Device& device)
{
    return device.address ? kRemoteFolder : (stateFolder() / "nodes").string();
}

std::string folderOn(const Release& release, const ReleaseNode& node)
{
    return release.kind == ReleaseKind::Local ? stateFolder().string()
                                              : folderOn(deviceOf(release, node));
}

Demand demandOn(const std::string& device, const std::vector<ReleaseNode>& nodes,
                const plan::Problem& problem, const plan::Plan& plan)
{
    Demand demand;
    demand.ports = 0;
    for (const ReleaseNode& node : nodes) {
        if (node.device != device)
            continue;
        ++demand.ports;
        if (const plan::Stage* stage = plannedStage(plan, node)) {
            demand.memory += stage->memory;
            demand.disk += stageWeights(problem, *stage);
        }
    }
    return demand;
}

Examined examine(DeviceHost& host, const Demand& demand, const std::filesystem::path& runner,
                 const std::stop_token& stop)
{
    Examined found;
    const auto fault = [&found](Aspect aspect, const Error& error) {
        found.faults.push_back({aspect, error});
        return found;
    };
    if (const auto ok = host.connect(stop); !ok)
        return fault(aspectOf(ok.error().code), ok.error());
    if (const auto ok = readFacts(host, found, stop); !ok)
        return fault(Aspect::Shell, ok.error());
    auto files = runnerFor(found.facts.architecture, runner);
    if (!files)
        return fault(Aspect::System, files.error());
    found.runner = std::move(*files);
    found.demand = demand;
    std::error_code error;
    for (const auto& file : {found.runner.program, found.runner.library})
        found.demand.disk +=
            Bytes{static_cast<std::int64_t>(std::filesystem::file_size(file, error))};
    found.faults = faultsOf(found.facts, found.runner, found.demand, unixSeconds());
    auto ports =
        choosePorts(host.device(), found.facts, takenPorts(host.device().name), found.demand.ports);
    if (!ports)
        return fault(Aspect::Ports, ports.error());
    found.ports = std::move(*ports);
    return found;
}

std::vector<cluster::Device> devicesOf(const cluster::Cluster& cluster, const plan::Plan& plan)
{
    std::vector<cluster::Device> devices;
    for (const ReleaseNode& node : makeNodes(cluster, plan))
        if (std::none_of(devices.begin(), devices.end(),
                         [&](const cluster::Device& other) { return other.name == node.device; }))
            devices.push_back(deviceNamed(cluster, node.device));
    return devices;
}

Result<void> testDevices(const DeviceTests& tests, HostAccess& access, std::stop_token stop,
                         const std::function<void(const DeviceTest&)>& tested)
{
    const std::vector<ReleaseNode> nodes = makeNodes(tests.cluster, tests.plan);
    std::mutex telling;
    {
        std::vector<std::jthread> threads;
        for (const cluster::Device& device : devicesToTest(tests))
            threads.emplace_back([&, device] {
                DeviceHost host(device, folderOn(device), access, tests.limits);
                const Demand demand = demandOn(device.name, nodes, tests.problem, tests.plan);
                auto examined = guarded("testing it",
                                        [&] { return examine(host, demand, tests.runner, stop); });
                DeviceTest test{device, {}};
                if (examined)
                    test.found = std::move(*examined);
                else
                    test.found.faults.push_back({Aspect::Reach, examined.error()});
                const std::lock_guard lock(telling);
                if (!stop.stop_requested())
                    tested(test);
            });
    }
    if (stop.stop_requested())
        return fail(ErrorCode::Cancelled, "interrupted while devices were tested");
    return {};
}

} // namespace millrace::deploy
