// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/Rollout.h"

#include "base/Account.h"
#include "base/File.h"
#include "deploy/DeviceTest.h"
#include "deploy/Health.h"
#include "deploy/LocalFiles.h"
#include "deploy/LocalNodes.h"
#include "deploy/ReleaseParts.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
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

/// "ada@laptop (process 4711) since 2026-11-25 22:10:05 UTC"
std::string whoWeAre()
{
    std::array<char, 256> computer{};
    ::gethostname(computer.data(), computer.size() - 1);
    const std::string account = thisAccount().name;
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    std::array<char, 32> time{};
    std::strftime(time.data(), time.size(), "%Y-%m-%d %H:%M:%S UTC", &utc);
    return fmt::format("{}@{} (process {}) since {}", account.empty() ? "?" : account,
                       computer.data(), ::getpid(), time.data());
}

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

} // namespace

Rollout::Rollout(Release release, HostAccess& access, HostLimits limits)
    : m_release(std::move(release)), m_access(access), m_limits(limits), m_token(randomToken())
{
    for (const ReleaseNode& node : m_release.nodes) {
        const cluster::Device device = deviceOf(m_release, node);
        // Tasks of several devices fill these at once.
        m_facts[node.device];
        m_runners[node.device];
        m_ports[node.device];
        m_transfers[node.name];
        if (!m_hosts.contains(node.device))
            m_hosts[node.device] =
                std::make_unique<DeviceHost>(device, folderOn(device), access, limits);
    }
}

std::vector<std::size_t> Rollout::nodesOn(const std::string& device) const
{
    std::vector<std::size_t> nodes;
    for (std::size_t n = 0; n < m_release.nodes.size(); ++n)
        if (m_release.nodes[n].device == device)
            nodes.push_back(n);
    return nodes;
}

std::vector<Task> Rollout::perDevice(const Run& run) const
{
    std::vector<Task> tasks;
    for (const auto& [name, host] : m_hosts)
        tasks.push_back({name, [run, &device = *host](const TaskContext& context) {
                             return run(device, context);
                         }});
    return tasks;
}

RecipeStep Rollout::reach()
{
    RecipeStep step{"reach", kNever, OnFailure::LetOthersFinish, {}};
    step.tasks = perDevice([](DeviceHost& host, const TaskContext& context) -> Result<std::string> {
        if (const auto ok = host.connect(context.stop()); !ok)
            return tl::unexpected(ok.error());
        return host.device().address.value_or("this computer");
    });
    return step;
}

RecipeStep Rollout::check(const std::filesystem::path& runner)
{
    RecipeStep step{"check", m_limits.script * 2, OnFailure::LetOthersFinish, {}};
    step.tasks = perDevice([this, runner](DeviceHost& host, const TaskContext& context) {
        return checkDevice(host, runner, context);
    });
    return step;
}

Result<std::string> Rollout::checkDevice(DeviceHost& host, const std::filesystem::path& runner,
                                         const TaskContext& context)
{
    const std::string& name = host.device().name;
    Examined found = examine(host, m_release, runner, context.stop());
    if (!found.faults.empty())
        return tl::unexpected(std::move(found.faults.front().error));
    m_facts.at(name) = found.facts;
    m_runners.at(name) = found.runner;
    m_ports.at(name) = found.ports;
    return fmt::format("{}, {} free", found.facts.architecture,
                       formatBytes(found.facts.freeMemory));
}

RecipeStep Rollout::lock()
{
    RecipeStep step{"lock", m_limits.script * 3, OnFailure::LetOthersFinish, {}};
    step.tasks = perDevice(
        [this](DeviceHost& host, const TaskContext& context) { return lockDevice(host, context); });
    for (Task& task : step.tasks)
        task.undo = [this, &device = host(task.device)](const std::stop_token& stop) {
            static_cast<void>(device.help("unlock", {m_token}, stop));
        };
    return step;
}

Result<std::string> Rollout::lockDevice(DeviceHost& host, const TaskContext& context)
{
    if (const auto ok = host.help("lock", {m_token, whoWeAre()}, context.stop()); !ok)
        return tl::unexpected(ok.error());
    std::vector<std::string> abandoned;
    for (const Release& release : abandonedReleases())
        if (release.kind == ReleaseKind::Ssh)
            abandoned.push_back(release.id);
    if (const auto ok = host.help("sweep", abandoned, context.stop()); !ok)
        return inContext("cleaning up after an earlier deployment", ok.error());
    return "";
}

void Rollout::unlock()
{
    for (const auto& [name, host] : m_hosts)
        static_cast<void>(host->help("unlock", {m_token}, {}));
}

RecipeStep Rollout::split(const onnx::Model& model, const Emulation& emulation)
{
    RecipeStep step{"split", kNever, OnFailure::StopOthers, {}};
    step.tasks = {
        {"",
         [this, model, emulation](const TaskContext& context) {
             return prepare(model, emulation, context);
         },
         [this](const std::stop_token&) { static_cast<void>(removeFolder(m_release.folder)); }}};
    return step;
}

Result<void> Rollout::assignEndpoints()
{
    std::map<std::string, std::size_t> used;
    for (ReleaseNode& node : m_release.nodes) {
        const cluster::Device& device = host(node.device).device();
        const auto address = m_access.dataAddress(device);
        if (!address)
            return inContext(node.device, address.error());
        node.endpoint = {*address, m_ports.at(node.device)[used[node.device]++]};
        node.folder = m_facts.at(node.device).folder / "releases" / m_release.id / node.name;
    }
    return {};
}

Result<std::string> Rollout::prepare(const onnx::Model& model, const Emulation& emulation,
                                     const TaskContext& context)
{
    if (const auto ok = assignEndpoints(); !ok)
        return tl::unexpected(ok.error());
    if (const auto ok = makeFolder(m_release); !ok)
        return tl::unexpected(ok.error());
    const auto folder = m_release.folder / "split";
    StepProgress progress(context.steps(), "", "split");
    const auto manifest = splitStages(model, m_release.plan, folder, context.stop(), progress);
    if (!manifest)
        return tl::unexpected(manifest.error());
    if (const auto ok =
            writeFileAtomically(m_release.folder / "manifest.json", onnx::writeManifest(*manifest));
        !ok)
        return tl::unexpected(ok.error());
    auto payloads = makePayloads(m_release, *manifest, folder, m_runners);
    if (!payloads)
        return tl::unexpected(payloads.error());
    m_payloads = std::move(*payloads);
    if (const auto ok = addConfigs(m_release, emulation, *manifest, m_payloads); !ok)
        return tl::unexpected(ok.error());
    return fmt::format("{} stages", manifest->stages.size());
}

RecipeStep Rollout::upload()
{
    RecipeStep step{"upload", kNever, OnFailure::StopOthers, {}};
    step.tasks = perDevice(
        [this](DeviceHost& host, const TaskContext& context) { return uploadTo(host, context); });
    for (Task& task : step.tasks)
        task.undo = [this, &device = host(task.device)](const std::stop_token& stop) {
            static_cast<void>(device.help("remove", {m_release.id}, stop));
        };
    return step;
}

Result<std::string> Rollout::uploadTo(DeviceHost& host, const TaskContext& context)
{
    Bytes all;
    for (const std::size_t n : nodesOn(host.device().name)) {
        const auto sent = sendPayload(host, m_release, m_release.nodes[n], m_payloads[n], context);
        if (!sent)
            return tl::unexpected(sent.error());
        m_transfers.at(m_release.nodes[n].name) = *sent;
        all += sent->model + sent->program;
    }
    return all.value == 0 ? "nothing to send" : formatBytes(all);
}

RecipeStep Rollout::start()
{
    RecipeStep step{"start", m_limits.script * 2, OnFailure::StopOthers, {}};
    m_startedAt = unixSeconds();
    step.tasks = perDevice(
        [this](DeviceHost& host, const TaskContext& context) { return startOn(host, context); });
    for (Task& task : step.tasks)
        task.undo = [this, &device = host(task.device)](const std::stop_token& stop) {
            stopBegun(device, stop);
        };
    return step;
}

/// What ran before goes on; what may have been started goes, also when nobody said so.
void Rollout::stopBegun(DeviceHost& host, const std::stop_token& stop)
{
    std::vector<std::string> arguments{m_release.id};
    {
        const std::lock_guard lock(m_mutex);
        for (const std::size_t n : nodesOn(host.device().name))
            if (m_begun.contains(m_release.nodes[n].name))
                arguments.push_back(m_release.nodes[n].name);
    }
    if (arguments.size() > 1)
        static_cast<void>(host.help("stop", arguments, stop));
}

Result<std::string> Rollout::startOn(DeviceHost& host, const TaskContext& context)
{
    const auto running = alive(host.device().name, context.stop());
    if (!running)
        return tl::unexpected(running.error());
    int started = 0;
    for (const std::size_t n : nodesOn(host.device().name)) {
        ReleaseNode& node = m_release.nodes[n];
        if (!running->contains(node.name)) {
            const std::lock_guard lock(m_mutex);
            m_begun.insert(node.name);
        }
        const bool isStage = n < m_release.plan.stages.size();
        const std::string most = isStage ? std::to_string(host.device().memory.value) : "";
        std::vector<std::string> arguments = {m_release.id, node.name, most};
        if (!isStage)
            arguments.emplace_back(node.name == "gateway" ? "gateway" : "probe");
        const auto said = host.help("start", arguments, context.stop());
        if (!said)
            return inContext(node.name, said.error());
        const std::lock_guard lock(m_mutex);
        node.process = processOf(valueOf(*said, "pid"));
        if (valueOf(*said, "started") == "yes") {
            m_started.insert(node.name);
            ++started;
        }
    }
    return started == 0 ? "runs already" : "";
}

Result<std::set<std::string>> Rollout::alive(const std::string& device, const std::stop_token& stop)
{
    std::vector<std::string> arguments{m_release.id};
    for (const std::size_t n : nodesOn(device))
        arguments.push_back(m_release.nodes[n].name);
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
    const ReleaseNode& which = m_release.nodes[node];
    const auto log = host(which.device).help("tail", {m_release.id, which.name}, stop);
    return log ? endOfLog(*log) : "its log cannot be read: " + log.error().message;
}

Result<std::vector<PayloadFile>> Rollout::missing(std::size_t node, const std::stop_token& stop)
{
    return missingFiles(host(m_release.nodes[node].device), m_payloads[node].files, stop);
}

} // namespace millrace::deploy
