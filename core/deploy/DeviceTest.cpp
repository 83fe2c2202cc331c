// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/DeviceTest.h"

#include "base/Guarded.h"
#include "deploy/LocalNodes.h"
#include "deploy/ReleaseParts.h"

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

Demand demandOn(const Release& release, const std::string& device, const RunnerFiles& runner)
{
    Demand demand;
    demand.ports = 0;
    std::error_code error;
    for (const auto& file : {runner.program, runner.library})
        demand.disk += Bytes{static_cast<std::int64_t>(std::filesystem::file_size(file, error))};
    for (std::size_t n = 0; n < release.nodes.size(); ++n) {
        if (release.nodes[n].device != device)
            continue;
        ++demand.ports;
        if (n < release.plan.stages.size()) {
            demand.memory += release.plan.stages[n].memory;
            demand.disk += stageWeights(release.problem, release.plan.stages[n]);
        }
    }
    return demand;
}

/// Every release that is kept has ports of its own.
std::set<std::uint16_t> takenPorts(const std::string& device)
{
    std::set<std::uint16_t> taken;
    for (const Release& other : localReleases())
        for (const ReleaseNode& node : other.nodes)
            if (node.device == device)
                taken.insert(node.endpoint.port);
    return taken;
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
    std::erase_if(devices, [&tests](const cluster::Device& device) {
        return !device.address &&
               std::any_of(tests.plan.stages.begin(), tests.plan.stages.end(),
                           [&](const plan::Stage& stage) {
                               return tests.cluster.devices[stage.device.index()].name ==
                                      device.name;
                           });
    });
    return devices;
}

} // namespace

cluster::Device deviceOf(const Release& release, const ReleaseNode& node)
{
    if (const auto id = release.cluster.find(node.device))
        return release.cluster.devices[id->index()];
    cluster::Device here;
    here.name = node.device;
    here.stages = false;
    return here;
}

std::string folderOn(const cluster::Device& device)
{
    return device.address ? kRemoteFolder : (stateFolder() / "nodes").string();
}

Examined examine(DeviceHost& host, const Release& release, const std::filesystem::path& runner,
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
    const std::string& name = host.device().name;
    found.demand = demandOn(release, name, found.runner);
    found.faults = faultsOf(found.facts, found.runner, found.demand, unixSeconds());
    auto ports = choosePorts(host.device(), found.facts, takenPorts(name), found.demand.ports);
    if (!ports)
        return fault(Aspect::Ports, ports.error());
    found.ports = std::move(*ports);
    return found;
}

std::vector<cluster::Device> devicesOf(const cluster::Cluster& cluster, const plan::Plan& plan)
{
    Release release;
    release.cluster = cluster;
    std::vector<cluster::Device> devices;
    for (const ReleaseNode& node : makeNodes(cluster, plan))
        if (std::none_of(devices.begin(), devices.end(),
                         [&](const cluster::Device& other) { return other.name == node.device; }))
            devices.push_back(deviceOf(release, node));
    return devices;
}

Result<void> testDevices(const DeviceTests& tests, HostAccess& access, std::stop_token stop,
                         const std::function<void(const DeviceTest&)>& tested)
{
    Release release;
    release.cluster = tests.cluster;
    release.problem = tests.problem;
    release.plan = tests.plan;
    release.nodes = makeNodes(tests.cluster, tests.plan);
    std::mutex telling;
    {
        std::vector<std::jthread> threads;
        for (const cluster::Device& device : devicesToTest(tests))
            threads.emplace_back([&, device] {
                DeviceHost host(device, folderOn(device), access, tests.limits);
                auto examined = guarded("testing it",
                                        [&] { return examine(host, release, tests.runner, stop); });
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
