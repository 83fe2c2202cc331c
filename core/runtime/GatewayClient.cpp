// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/GatewayClient.h"

#include "runtime/Wire.h"

namespace millrace::runtime
{
namespace
{

constexpr std::chrono::minutes kSubmitTime{60 * 24}; ///< a stage may be down for long
constexpr std::chrono::seconds kReplyTime{10};

Result<Channel> open(const GatewayAddress& address, wire::Purpose purpose, std::uint64_t session,
                     const Limit& limit)
{
    const Peer gateway{"gateway", address.gatewayFingerprint};
    const auto tls = TlsContext::create(address.certificatePem, address.privateKeyPem, {gateway});
    if (!tls)
        return tl::unexpected(tls.error());
    auto connection = Connection::dial(*tls, address.endpoint, gateway, Buffers{}, limit);
    if (!connection)
        return tl::unexpected(connection.error());
    Channel channel(std::move(*connection));
    wire::Hello hello;
    hello.set_release(address.release);
    hello.set_purpose(purpose);
    hello.set_session(session);
    if (const auto welcome = greet(channel, hello, limit); !welcome)
        return tl::unexpected(welcome.error());
    return channel;
}

} // namespace

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
    auto channel = open(address, wire::STATUS, 0, Limit::within(timeLimit, std::move(stop)));
    if (!channel)
        return tl::unexpected(channel.error());
    return StatusClient(std::make_unique<Impl>(Impl{std::move(*channel)}));
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

struct RequestClient::Impl {
    Channel answers, requests;
    std::uint64_t submitted = 0;
};

RequestClient::RequestClient(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
RequestClient::RequestClient(RequestClient&&) noexcept = default;
RequestClient& RequestClient::operator=(RequestClient&&) noexcept = default;
RequestClient::~RequestClient() = default;

Result<RequestClient> RequestClient::connect(const GatewayAddress& address,
                                             std::chrono::milliseconds timeLimit,
                                             std::stop_token stop)
{
    const Limit limit = Limit::within(timeLimit, std::move(stop));
    const std::uint64_t session = randomNumber();
    auto answers = open(address, wire::ANSWERS, session, limit);
    if (!answers)
        return tl::unexpected(answers.error());
    auto requests = open(address, wire::SUBMIT, session, limit);
    if (!requests)
        return tl::unexpected(requests.error());
    return RequestClient(std::make_unique<Impl>(Impl{std::move(*answers), std::move(*requests)}));
}

Result<std::uint64_t> RequestClient::submit(const std::vector<inference::NamedTensor>& inputs,
                                            std::stop_token stop)
{
    std::vector<inference::TensorView> views;
    std::vector<std::span<const std::byte>> payload;
    for (const inference::NamedTensor& input : inputs) {
        views.push_back(inference::viewOf(input));
        payload.push_back(views.back().data);
    }
    const std::uint64_t number = m_impl->submitted;
    if (m_impl->requests.isGone())
        return fail(ErrorCode::Network, "the gateway ended the connection; see its log");
    const auto sent =
        m_impl->requests.send(FrameKind::Tensors, encodeTensors(describe(number, 0, views)),
                              payload, Limit::within(kSubmitTime, stop));
    if (!sent)
        return tl::unexpected(sent.error());
    ++m_impl->submitted;
    return number;
}

Result<Answer> RequestClient::answer(std::chrono::milliseconds timeLimit, std::stop_token stop)
{
    FrameLimits limits;
    limits.kinds = {FrameKind::Tensors, FrameKind::Failure};
    limits.payloadBytes = std::uint64_t{1} << 32; // the gateway is known by its key
    const auto incoming = m_impl->answers.receive(limits, Limit::within(timeLimit, stop));
    if (!incoming)
        return tl::unexpected(incoming.error());
    if (incoming->header.kind == FrameKind::Failure) {
        const auto failure = decodeFailure(incoming->meta);
        if (!failure)
            return tl::unexpected(failure.error());
        return Answer{failure->request, {}, failure->message};
    }
    const auto header = decodeTensors(incoming->meta, incoming->header.payloadBytes);
    if (!header)
        return tl::unexpected(header.error());
    auto outputs = receiveTensors(m_impl->answers, *header, stop);
    if (!outputs)
        return tl::unexpected(outputs.error());
    return Answer{header->request, std::move(*outputs), {}};
}

} // namespace millrace::runtime
