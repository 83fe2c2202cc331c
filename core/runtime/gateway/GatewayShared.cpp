// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/gateway/GatewayShared.h"

namespace millrace::runtime
{
namespace
{

constexpr std::chrono::seconds kDialTime{3};
constexpr std::size_t kMaxEvents = 1000;
constexpr std::size_t kPipelines = 1; // that a gateway's config can name

} // namespace

GatewayShared::GatewayShared(const GatewayConfig& gateway, TlsContext context, const LogSink& sink)
    : config(gateway), tls(std::move(context)), log(sink),
      ledger(incarnation, kPipelines, static_cast<std::size_t>(gateway.maxInFlight))
{
}

void GatewayShared::tell(EventKind kind, const std::optional<StageRef>& stage,
                         const std::string& text)
{
    events.push_back({++lastEvent, wallClock(), kind, stage, oneLine(text)});
    if (events.size() > kMaxEvents)
        events.pop_front();
    changed.notify_all();
}

void GatewayShared::sendAgain(std::size_t count, const std::string& why)
{
    if (count > 0)
        tell(EventKind::Resent, {}, fmt::format("{}: {} requests are sent again", why, count));
}

void GatewayShared::logEvents()
{
    std::vector<std::string> lines;
    {
        const std::lock_guard lock(mutex);
        for (const Event& event : events)
            if (event.number > lastLogged)
                lines.push_back(event.text);
        lastLogged = lastEvent;
    }
    for (const std::string& line : lines)
        log(line);
}

void GatewayShared::refused(const std::string& why, std::uint64_t times)
{
    const std::lock_guard lock(mutex);
    refusedConnections += times;
    tell(EventKind::Refused, {}, "refused a connection: " + why);
}

Result<Channel> GatewayShared::dial(const StageAddress& stage, wire::Purpose purpose,
                                    Buffers buffers, const std::stop_token& stop) const
{
    wire::Hello hello;
    hello.set_release(config.node.release);
    hello.set_purpose(purpose);
    auto greeted = dialAndGreet(tls, stage.endpoint, stage.peer, buffers, hello,
                                Limit::within(kDialTime, stop));
    if (!greeted)
        return tl::unexpected(greeted.error());
    return std::move(greeted->channel);
}

} // namespace millrace::runtime
