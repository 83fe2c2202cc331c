// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/LocalNodes.h"

#include "base/File.h"
#include "deploy/LocalFiles.h"
#include "deploy/Process.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <sstream>
#include <thread>

namespace millrace::deploy
{
namespace
{

constexpr std::chrono::seconds kStartLimit{180};
constexpr std::chrono::milliseconds kAnswerLimit{2000};
constexpr std::chrono::milliseconds kPoll{50};
constexpr std::size_t kTailLines = 4;

std::filesystem::path logFile(const Release& release, const ReleaseNode& node)
{
    return nodeFolder(release, node) / "node.log";
}

/// The last lines of a node's log, on one line.
std::string logTail(const Release& release, const ReleaseNode& node)
{
    const auto log = readFile(logFile(release, node), std::uintmax_t{1} << 26);
    if (!log)
        return "its log cannot be read";
    std::vector<std::string> lines;
    std::istringstream text(*log);
    for (std::string line; std::getline(text, line);)
        if (!line.empty())
            lines.push_back(line);
    if (lines.empty())
        return "its log is empty";
    lines.erase(lines.begin(),
                lines.end() - static_cast<std::ptrdiff_t>(std::min(lines.size(), kTailLines)));
    return fmt::format("its log ends with: {}", fmt::join(lines, " | "));
}

std::string who(const ReleaseNode& node)
{
    return fmt::format("{} on {}", node.name, node.device);
}

/// Waits for one release to serve.
class Health
{
public:
    Health(const Release& release, const std::vector<std::size_t>& which, double startedAt,
           std::stop_token stop, Steps& steps)
        : m_release(release), m_which(which.begin(), which.end()), m_startedAt(startedAt),
          m_stop(std::move(stop)), m_steps(steps)
    {
    }

    Result<void> wait()
    {
        const auto address = gatewayAddress(m_release);
        if (!address)
            return tl::unexpected(address.error());
        for (const std::size_t node : m_which)
            m_steps.running(m_release.nodes[node].device, "warm up");
        m_steps.running("", "health");
        const auto end = std::chrono::steady_clock::now() + kStartLimit;
        while (!isServing(*address)) {
            if (m_stop.stop_requested())
                return fail(ErrorCode::Cancelled, "interrupted while the stages were starting");
            if (auto ok = checkAlive(); !ok)
                return ok;
            if (std::chrono::steady_clock::now() >= end)
                return timedOut();
            std::this_thread::sleep_for(kPoll);
        }
        m_steps.done("", "health");
        return {};
    }

private:
    bool isServing(const runtime::GatewayAddress& address)
    {
        if (!m_client) {
            auto client = runtime::StatusClient::connect(address, kAnswerLimit, m_stop);
            if (!client)
                return false; // it listens last of all; whether it lives is asked elsewhere
            m_client.emplace(std::move(*client));
        }
        const auto status = m_client->status(0, m_stop);
        if (!status) {
            m_client.reset();
            return false;
        }
        bool isUp = status->stages.size() + 1 == m_release.nodes.size();
        for (std::size_t k = 0; k < status->stages.size(); ++k)
            isUp = noteStage(k, status->stages[k]) && isUp;
        if (isUp)
            warm(m_release.nodes.size() - 1);
        return isUp && status->state == runtime::ServiceState::Serving;
    }

    bool noteStage(std::size_t stage, const runtime::StageStatus& status)
    {
        // Of the process before, perhaps, whose end the gateway has not seen yet.
        const bool isOld = m_which.contains(stage) && status.changedAt < m_startedAt;
        if (!status.up || isOld)
            return false;
        warm(stage);
        return true;
    }

    void warm(std::size_t node)
    {
        if (m_which.contains(node) && m_warm.insert(node).second)
            m_steps.done(m_release.nodes[node].device, "warm up");
    }

    Result<void> checkAlive()
    {
        for (const ReleaseNode& node : m_release.nodes) {
            if (isAlive(node))
                continue;
            const Error error{ErrorCode::Network,
                              oneLine(fmt::format("{}: the runner ended; {}", who(node),
                                                  logTail(m_release, node)))};
            m_steps.failed(node.device, "warm up", error);
            return tl::unexpected(error);
        }
        return {};
    }

    Result<void> timedOut()
    {
        std::vector<std::string> missing;
        for (std::size_t node = 0; node < m_release.nodes.size(); ++node)
            if (m_which.contains(node) && !m_warm.contains(node))
                missing.push_back(fmt::format("{}: {}", who(m_release.nodes[node]),
                                              logTail(m_release, m_release.nodes[node])));
        return fail(ErrorCode::Timeout, "not ready after {} seconds: {}", kStartLimit.count(),
                    missing.empty() ? "the gateway" : fmt::format("{}", fmt::join(missing, "; ")));
    }

    const Release& m_release;
    std::set<std::size_t> m_which, m_warm;
    double m_startedAt;
    std::stop_token m_stop;
    Steps& m_steps;
    std::optional<runtime::StatusClient> m_client;
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
            const Error error = inContext(who(node), started.error()).value();
            steps.failed(node.device, "start", error);
            return tl::unexpected(error);
        }
        node.process = *started;
        steps.done(node.device, "start", fmt::format("process {}", started->pid));
    }
    return saveRelease(release);
}

Result<void> waitUntilServing(const Release& release, const std::vector<std::size_t>& which,
                              double startedAt, std::stop_token stop, Steps& steps)
{
    return Health(release, which, startedAt, std::move(stop), steps).wait();
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
