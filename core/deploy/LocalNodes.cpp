// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/LocalNodes.h"

#include "base/File.h"
#include "deploy/Health.h"
#include "deploy/LocalFiles.h"
#include "deploy/Process.h"

#include <algorithm>
#include <chrono>

namespace millrace::deploy
{
namespace
{

constexpr Seconds kStartLimit{180};
constexpr std::uintmax_t kTail = 16384; // bytes of a log, far more than is shown

std::filesystem::path logFile(const Release& release, const ReleaseNode& node)
{
    return nodeFolder(release, node) / "node.log";
}

class LocalWatch final : public NodeWatch
{
public:
    explicit LocalWatch(const Release& release) : m_release(release) {}
    bool isAlive(std::size_t node) override { return deploy::isAlive(m_release.nodes[node]); }
    std::string logTail(std::size_t node) override
    {
        const auto log = readEnd(logFile(m_release, m_release.nodes[node]), kTail);
        return log ? endOfLog(*log) : "its log cannot be read";
    }

private:
    const Release& m_release;
};

} // namespace

std::vector<std::string> nodeCommand(const Release& release, const ReleaseNode& node)
{
    std::vector<std::string> command{release.runner.string()};
    if (node.name == "gateway")
        command.emplace_back("--gateway");
    command.push_back((nodeFolder(release, node) / "config.json").string());
    return command;
}

Result<void> startNodes(Release& release, const std::vector<std::size_t>& which, Steps& steps)
{
    for (const std::size_t index : which) {
        ReleaseNode& node = release.nodes[index];
        steps.running(node.device, "start");
        const auto started = startDetached(nodeCommand(release, node), logFile(release, node));
        if (!started) {
            const Error error = inContext(title(node), started.error()).value();
            steps.failed(node.device, "start", error);
            return tl::unexpected(error);
        }
        node.process = *started;
        steps.done(node.device, "start", WhenUndone::TakenBack,
                   fmt::format("process {}", started->pid));
    }
    return saveRelease(release);
}

Result<void> waitUntilServing(const Release& release, const std::vector<std::size_t>& which,
                              double startedAt, std::stop_token stop, Steps& steps)
{
    LocalWatch watch(release);
    return waitUntilServing(release, which, {startedAt, kStartLimit}, watch, std::move(stop),
                            steps);
}

std::vector<ProcessId> processesOf(const Release& release)
{
    std::vector<ProcessId> processes = processesNaming(release.folder);
    for (const ReleaseNode& node : release.nodes)
        if (isAlive(node) &&
            std::find(processes.begin(), processes.end(), node.process) == processes.end())
            processes.push_back(node.process);
    return processes;
}

double unixSeconds()
{
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

} // namespace millrace::deploy
