// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/GatewayWatch.h"

#include "runtime/Pace.h"

#include <chrono>
#include <filesystem>

namespace millrace::ui
{
namespace
{

/// With the gateway's own asking, a stage that is lost shows within a second.
constexpr std::chrono::milliseconds kPeriod{350};
constexpr std::chrono::milliseconds kDialLimit{1500};

class Watcher
{
public:
    Watcher(const deploy::Release& release, std::stop_token stop)
        : m_release(release), m_stop(std::move(stop))
    {
    }

    Result<runtime::LiveStatus> ask()
    {
        auto status = askOnce();
        // A gateway that started anew numbers its events anew.
        if (status && status->incarnation != m_incarnation) {
            const bool mayLack = m_lastEvent > 0;
            m_incarnation = status->incarnation;
            m_lastEvent = 0;
            if (mayLack)
                status = askOnce();
        }
        if (status && !status->events.empty())
            m_lastEvent = status->events.back().number;
        if (status && !isOfThePlan(*status))
            return fail(ErrorCode::Network,
                        "the gateway tells of {} stages where the plan has {}; deploy again",
                        status->stages().size(), m_release.plan.stageCount());
        return status;
    }

    [[nodiscard]] GatewayLoss loss(const Error& error) const
    {
        std::error_code ignored;
        return {error, static_cast<int>(work::countEnded(m_release)),
                !std::filesystem::exists(m_release.folder, ignored)};
    }

private:
    Result<runtime::LiveStatus> askOnce()
    {
        if (!m_client) {
            const auto address = deploy::gatewayAddress(m_release);
            if (!address)
                return tl::unexpected(address.error());
            auto client = runtime::StatusClient::connect(*address, kDialLimit, m_stop);
            if (!client)
                return tl::unexpected(client.error());
            m_client.emplace(std::move(*client));
        }
        auto status = m_client->status(m_lastEvent, m_stop);
        if (!status)
            m_client.reset();
        return status;
    }

    [[nodiscard]] bool isOfThePlan(const runtime::LiveStatus& status) const
    {
        const auto& planned = m_release.plan.pipelines;
        return std::equal(status.pipelines.begin(), status.pipelines.end(), planned.begin(),
                          planned.end(), [](const auto& live, const auto& pipeline) {
                              return live.stages.size() == pipeline.stages.size() &&
                                     live.hops.size() == pipeline.hops.size();
                          });
    }

    const deploy::Release& m_release;
    std::stop_token m_stop;
    std::optional<runtime::StatusClient> m_client;
    std::uint64_t m_incarnation = 0, m_lastEvent = 0;
};

} // namespace

void watchGateway(const deploy::Release& release, const std::stop_token& stop,
                  const std::function<void(runtime::LiveStatus, work::State)>& arrived,
                  const std::function<void(const GatewayLoss&)>& lost)
{
    Watcher watcher(release, stop);
    while (!stop.stop_requested()) {
        auto status = watcher.ask();
        if (status) {
            const work::State state = work::releaseState(release, *status).state;
            arrived(std::move(*status), state);
        } else if (!stop.stop_requested())
            lost(watcher.loss(status.error()));
        (void)runtime::sleepUntil(std::chrono::steady_clock::now() + kPeriod, stop);
    }
}

} // namespace millrace::ui
