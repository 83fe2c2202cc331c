// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/gateway/GatewayDesk.h"
#include "runtime/gateway/GatewayPipeline.h"
#include "runtime/gateway/StageWatch.h"
#include "runtime/net/Door.h"

namespace millrace::runtime
{

/// A gateway at work; see runGateway().
class Gateway
{
public:
    Gateway(const GatewayConfig& config, TlsContext tls, const LogSink& log);
    [[nodiscard]] Result<void> run(std::stop_token stop);

private:
    /// Somebody who asks for the status; the one who was quiet for longest makes room.
    struct Asker {
        std::stop_source stop;
        Clock::time_point lastAt = Clock::now();
    };
    void serve(Channel channel, const wire::Hello& hello, const std::stop_token& stop);
    void greetAndObey(Channel channel, const wire::Hello& hello, const std::stop_token& stop);
    void obey(Channel& channel, Asker& asker, const std::stop_token& stop);
    [[nodiscard]] wire::Reply execute(const wire::Command& command, const std::stop_token& stop);
    void resetAll(const std::stop_token& stop);
    void shutDownStages(const std::stop_token& stop);
    void waitForStages(std::unique_lock<std::mutex>& lock, const std::stop_token& stop);
    [[nodiscard]] LiveStatus status(std::uint64_t eventsAfter);
    void addStages(LiveStatus& status) const;
    [[nodiscard]] std::jthread thread(const char* what,
                                      std::function<void(const std::stop_token&)> work);

    const GatewayConfig& m_config;
    const Clock::time_point m_started = Clock::now();
    GatewayShared m_shared;
    GatewayDesk m_desk;
    GatewayPipeline m_pipeline;
    std::list<StageWatch> m_stages;
    std::list<Asker> m_askers; ///< guarded by the shared mutex, as is the next
    Result<void> m_outcome;
    std::stop_source m_end;
};

} // namespace millrace::runtime
