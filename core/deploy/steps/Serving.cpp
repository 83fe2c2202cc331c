// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/steps/Serving.h"

#include "deploy/UnixTime.h"

#include <chrono>
#include <set>
#include <sstream>
#include <thread>

namespace millrace::deploy
{
namespace
{

constexpr std::chrono::milliseconds kAnswerLimit{2000};
constexpr std::chrono::milliseconds kPoll{50};
constexpr std::size_t kTailLines = 4;

/// Waits for one release to serve.
class Health
{
public:
    Health(const Release& release, const std::vector<std::size_t>& which, const Waiting& waiting,
           NodeWatch& watch, std::stop_token stop, Steps& steps)
        : m_release(release), m_which(which.begin(), which.end()), m_waiting(waiting),
          m_watch(watch), m_stop(std::move(stop)), m_steps(steps)
    {
    }

    Result<void> wait()
    {
        const auto address = gatewayAddress(m_release);
        if (!address)
            return tl::unexpected(address.error());
        for (const std::size_t node : m_which)
            m_steps.running(m_release.nodes[node].device, StepId::WarmUp);
        m_steps.running("", StepId::Health);
        const auto end =
            std::chrono::steady_clock::now() + std::chrono::duration<double>(m_waiting.limit.value);
        while (!isServing(*address)) {
            if (m_stop.stop_requested())
                return fail(ErrorCode::Cancelled, "interrupted while the stages were starting");
            if (auto ok = checkAlive(); !ok)
                return ok;
            if (std::chrono::steady_clock::now() >= end)
                return timedOut();
            std::this_thread::sleep_for(kPoll);
        }
        m_steps.done("", StepId::Health, WhenUndone::Stays);
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
        // In the gateway's own clock, which may be wrong.
        m_startedThere = m_waiting.startedAt + status->at - unixSeconds();
        bool isUp = true;
        for (std::size_t n = 0; n < m_release.nodes.size(); ++n)
            if (const auto* stage = std::get_if<StageRef>(&m_release.nodes[n].role))
                isUp = noteStage(n, status->find(*stage)) && isUp;
        for (std::size_t n = 0; isUp && n < m_release.nodes.size(); ++n)
            if (std::holds_alternative<GatewayRole>(m_release.nodes[n].role))
                warm(n);
        return isUp && status->state == runtime::ServiceState::Serving;
    }

    bool noteStage(std::size_t node, const runtime::StageStatus* status)
    {
        if (status == nullptr)
            return false;
        // Of the process before, perhaps, whose end the gateway has not seen yet.
        const bool isOld = m_which.contains(node) && status->changedAt < m_startedThere;
        if (!status->up || isOld)
            return false;
        warm(node);
        return true;
    }

    void warm(std::size_t node)
    {
        if (m_which.contains(node) && m_warm.insert(node).second)
            m_steps.done(m_release.nodes[node].device, StepId::WarmUp, WhenUndone::TakenBack);
    }

    Result<void> checkAlive()
    {
        for (std::size_t n = 0; n < m_release.nodes.size(); ++n) {
            if (m_watch.isAlive(n))
                continue;
            const ReleaseNode& node = m_release.nodes[n];
            const Error error{
                ErrorCode::Network,
                oneLine(fmt::format("{}: the runner ended; {}", title(node), m_watch.logTail(n)))};
            m_steps.failed(node.device, StepId::WarmUp, error);
            return tl::unexpected(error);
        }
        return {};
    }

    Result<void> timedOut()
    {
        std::vector<std::string> missing;
        for (std::size_t node = 0; node < m_release.nodes.size(); ++node)
            if (m_which.contains(node) && !m_warm.contains(node))
                missing.push_back(
                    fmt::format("{}: {}", title(m_release.nodes[node]), m_watch.logTail(node)));
        return fail(ErrorCode::Timeout, "not ready after {}: {}", formatDuration(m_waiting.limit),
                    missing.empty() ? "the gateway" : fmt::format("{}", fmt::join(missing, "; ")));
    }

    const Release& m_release;
    std::set<std::size_t> m_which, m_warm;
    Waiting m_waiting;
    NodeWatch& m_watch;
    double m_startedThere = 0;
    std::stop_token m_stop;
    Steps& m_steps;
    std::optional<runtime::StatusClient> m_client;
};

} // namespace

std::string title(const ReleaseNode& node)
{
    return fmt::format("{} on {}", node.name, node.device);
}

std::string endOfLog(const std::string& log)
{
    std::vector<std::string> lines;
    std::istringstream text(log);
    for (std::string line; std::getline(text, line);)
        if (!line.empty())
            lines.push_back(line);
    if (lines.empty())
        return "its log is empty";
    lines.erase(lines.begin(),
                lines.end() - static_cast<std::ptrdiff_t>(std::min(lines.size(), kTailLines)));
    return fmt::format("its log ends with: {}", fmt::join(lines, " | "));
}

Result<void> waitUntilServing(const Release& release, const std::vector<std::size_t>& which,
                              const Waiting& waiting, NodeWatch& watch, std::stop_token stop,
                              Steps& steps)
{
    return Health(release, which, waiting, watch, std::move(stop), steps).wait();
}

} // namespace millrace::deploy
