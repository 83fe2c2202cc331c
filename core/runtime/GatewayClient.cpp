// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/GatewayClient.h"

#include "runtime/OpenGateway.h"

namespace millrace::runtime
{
namespace
{

constexpr std::chrono::seconds kReplyTime{10};

}

Result<Greeted> openGateway(const GatewayAddress& address, wire::Purpose purpose,
                            std::uint64_t session, std::uint64_t next, const Limit& limit)
{
    const Peer gateway{"gateway", address.gatewayFingerprint};
    const auto tls = TlsContext::create(address.certificatePem, address.privateKeyPem, {gateway});
    if (!tls)
        return tl::unexpected(tls.error());
    wire::Hello hello;
    hello.set_release(address.release);
    hello.set_purpose(purpose);
    hello.set_session(session);
    hello.set_next(next);
    return dialAndGreet(*tls, address.endpoint, gateway, Buffers{}, hello, limit);
}

struct StatusClient::Impl {
    Channel channel;

    Result<wire::Reply> ask(wire::Command::What what, std::uint64_t eventsAfter,
                            const std::stop_token& stop)
    {
        wire::Command command;
        command.set_what(what);
        command.set_events_after(eventsAfter);
        return runtime::ask(channel, command, Limit::within(kReplyTime, stop));
    }
    Result<void> tell(wire::Command::What what, const std::stop_token& stop)
    {
        if (const auto reply = ask(what, 0, stop); !reply)
            return tl::unexpected(reply.error());
        return {};
    }
};

StatusClient::StatusClient(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
StatusClient::StatusClient(StatusClient&&) noexcept = default;
StatusClient& StatusClient::operator=(StatusClient&&) noexcept = default;
StatusClient::~StatusClient() = default;

Result<StatusClient> StatusClient::connect(const GatewayAddress& address,
                                           std::chrono::milliseconds timeLimit,
                                           std::stop_token stop)
{
    auto greeted =
        openGateway(address, wire::STATUS, 0, 0, Limit::within(timeLimit, std::move(stop)));
    if (!greeted)
        return tl::unexpected(greeted.error());
    return StatusClient(std::make_unique<Impl>(Impl{std::move(greeted->channel)}));
}

Result<LiveStatus> StatusClient::status(std::uint64_t eventsAfter, std::stop_token stop)
{
    const auto reply = m_impl->ask(wire::Command::STATUS, eventsAfter, stop);
    if (!reply)
        return tl::unexpected(reply.error());
    return fromWire(reply->status());
}

Result<void> StatusClient::resetMetrics(std::stop_token stop)
{
    return m_impl->tell(wire::Command::RESET, stop);
}

Result<void> StatusClient::drain(std::stop_token stop)
{
    return m_impl->tell(wire::Command::DRAIN, stop);
}

Result<void> StatusClient::shutdown(std::stop_token stop)
{
    return m_impl->tell(wire::Command::SHUTDOWN, stop);
}

} // namespace millrace::runtime
