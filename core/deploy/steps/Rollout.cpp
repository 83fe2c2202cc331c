// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/steps/Rollout.h"

#include "deploy/DeviceTest.h"
#include "deploy/steps/Serving.h"

#include <random>
#include <sstream>

namespace millrace::deploy
{
namespace
{

std::string randomToken()
{
    std::random_device random;
    return fmt::format("{:08x}{:08x}", random(), random());
}

} // namespace

Rollout::Rollout(Release whole, HostAccess& reached, HostLimits within)
    : release(std::move(whole)), access(reached), limits(within), token(randomToken())
{
    for (const ReleaseNode& node : release.nodes) {
        // Tasks of several devices fill these at once.
        facts[node.device];
        runners[node.device];
        auto& known = ports[node.device];
        if (node.endpoint.port != 0)
            known.push_back(node.endpoint.port);
        transfers[node.name];
        if (!hosts.contains(node.device))
            hosts[node.device] = std::make_unique<DeviceHost>(
                deviceOf(release, node), folderOn(release, node), access, limits);
    }
}

std::vector<std::size_t> Rollout::nodesOn(const std::string& device) const
{
    std::vector<std::size_t> nodes;
    for (std::size_t n = 0; n < release.nodes.size(); ++n)
        if (release.nodes[n].device == device)
            nodes.push_back(n);
    return nodes;
}

std::vector<Task> Rollout::perDevice(const Run& run) const
{
    std::vector<Task> tasks;
    for (const auto& [name, host] : hosts)
        tasks.push_back({name, [run, &device = *host](const TaskContext& context) {
                             return run(device, context);
                         }});
    return tasks;
}

void Rollout::undoPerDevice(RecipeStep& step, const Undo& undo)
{
    for (Task& task : step.tasks)
        task.undo = [undo, &device = host(task.device)](const std::stop_token& stop) {
            undo(device, stop);
        };
}

std::unique_lock<std::mutex> Rollout::ourTurn()
{
    return release.kind == ReleaseKind::Local ? std::unique_lock(turn)
                                              : std::unique_lock<std::mutex>();
}

Result<std::set<std::string>> Rollout::alive(const std::string& device, const std::stop_token& stop)
{
    std::vector<std::string> arguments{release.id};
    for (const std::size_t n : nodesOn(device))
        arguments.push_back(release.nodes[n].name);
    const auto said = host(device).help("state", arguments, stop);
    if (!said)
        return tl::unexpected(said.error());
    std::set<std::string> names;
    std::istringstream lines(*said);
    for (std::string line; std::getline(lines, line);)
        names.insert(line.substr(0, line.find(' ')));
    return names;
}

std::string Rollout::tail(std::size_t node, const std::stop_token& stop)
{
    const ReleaseNode& which = release.nodes[node];
    const auto log = host(which.device).help("tail", {release.id, which.name}, stop);
    return log ? endOfLog(*log) : "its log cannot be read: " + log.error().message;
}

Result<void> Rollout::assignEndpoints()
{
    std::map<std::string, std::size_t> used;
    for (ReleaseNode& node : release.nodes) {
        const cluster::Device& device = host(node.device).device();
        const auto address = access.dataAddress(device);
        if (!address)
            return inContext(node.device, address.error());
        node.endpoint = {*address, ports.at(node.device)[used[node.device]++]};
        node.folder = facts.at(node.device).folder / "releases" / release.id / node.name;
    }
    return {};
}

void Rollout::unlock()
{
    for (const auto& [name, host] : hosts)
        static_cast<void>(host->help("unlock", {token}, {}));
}

} // namespace millrace::deploy
