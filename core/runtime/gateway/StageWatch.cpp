// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/gateway/StageWatch.h"

namespace millrace::runtime
{
namespace
{

constexpr std::chrono::milliseconds kRetry{100};
constexpr std::chrono::milliseconds kPoll{250};
constexpr std::chrono::milliseconds kReplyTime{700}; ///< with kPoll: a loss shows within a second

} // namespace

StageWatch::StageWatch(GatewayShared& shared, StageRef stage, const StageAddress& address)
    : m_shared(shared), m_stage(stage), m_address(address)
{
    m_status.device = address.device;
    m_status.changedAt = wallClock();
}

std::string StageWatch::name() const
{
    return fmt::format("stage {} on {}", m_stage.stage + 1, m_status.device);
}

void StageWatch::watch(const std::stop_token& stop)
{
    while (!stop.stop_requested()) {
        auto channel = m_shared.dial(m_address, wire::CONTROL, Buffers{}, stop);
        if (channel) {
            const auto ended = watchConnected(*channel, stop);
            if (stop.stop_requested())
                return;
            down(ended.error().message);
        }
        (void)sleepUntil(Clock::now() + kRetry, stop);
    }
}

/// Asks again and again until an answer fails to come.
Result<void> StageWatch::watchConnected(Channel& channel, const std::stop_token& stop)
{
    while (true) {
        wire::Command command;
        {
            const std::lock_guard lock(m_shared.mutex);
            command.set_what(nextCommand());
        }
        const auto reply = ask(channel, command, Limit::within(kReplyTime, stop));
        if (!reply)
            return tl::unexpected(reply.error());
        std::unique_lock lock(m_shared.mutex);
        learned(fromWire(reply->metrics()), command.what());
        m_shared.changed.wait_for(lock, stop, kPoll, [this] { return !isDone(); });
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "cancelled");
    }
}

wire::Command::What StageWatch::nextCommand() const
{
    if (m_wantsShutDown)
        return wire::Command::SHUTDOWN;
    return m_wantsReset ? wire::Command::RESET : wire::Command::METRICS;
}

void StageWatch::learned(const StageMetrics& metrics, wire::Command::What answered)
{
    if (answered == wire::Command::RESET)
        m_wantsReset = false;
    if (answered == wire::Command::SHUTDOWN)
        m_wantsShutDown = false;
    const bool isAnother = m_status.metrics.incarnation != metrics.incarnation;
    m_status.metrics = metrics;
    if (!m_status.up) {
        m_status.up = true;
        m_status.changedAt = wallClock();
        m_shared.tell(EventKind::StageUp, m_stage, name() + " is up");
    }
    m_shared.sendAgain(
        m_shared.ledger.stageSeen(m_stage, metrics.incarnation, metrics.streamBreaks),
        name() + (isAnother ? " started anew" : " lost what it had sent"));
    m_wasUp = true;
    m_shared.changed.notify_all();
}

void StageWatch::down(const std::string& why)
{
    const std::lock_guard lock(m_shared.mutex);
    if (!m_status.up)
        return;
    m_status.up = false;
    m_status.changedAt = wallClock();
    m_shared.tell(EventKind::StageDown, m_stage, name() + " is down: " + why);
}

} // namespace millrace::runtime
