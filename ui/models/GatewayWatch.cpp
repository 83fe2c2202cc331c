// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/GatewayWatch.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace millrace::ui
{
namespace
{

/// With the gateway's own asking, a stage that is lost shows within a second.
constexpr std::chrono::milliseconds kPeriod{350};
constexpr std::chrono::milliseconds kDialLimit{1500};

void pause(const std::stop_token& stop)
{
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, kPeriod, [] { return false; });
}

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
        return status;
    }

    [[nodiscard]] int deadNodes() const
    {
        return static_cast<int>(
            std::count_if(m_release.nodes.begin(), m_release.nodes.end(),
                          [](const deploy::ReleaseNode& node) { return !deploy::isAlive(node); }));
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

    const deploy::Release& m_release;
    std::stop_token m_stop;
    std::optional<runtime::StatusClient> m_client;
    std::uint64_t m_incarnation = 0, m_lastEvent = 0;
};

} // namespace

void watchGateway(const deploy::Release& release, const std::stop_token& stop,
                  const std::function<void(runtime::LiveStatus)>& arrived,
                  const std::function<void(const std::string& why, int deadNodes)>& lost)
{
    Watcher watcher(release, stop);
    while (!stop.stop_requested()) {
        auto status = watcher.ask();
        if (status)
            arrived(std::move(*status));
        else if (!stop.stop_requested())
            lost(status.error().message, watcher.deadNodes());
        pause(stop);
    }
}

} // namespace millrace::ui
