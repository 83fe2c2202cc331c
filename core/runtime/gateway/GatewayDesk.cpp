// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/gateway/GatewayDesk.h"

#include "runtime/net/Door.h"

#include <algorithm>

namespace millrace::runtime
{
namespace
{

constexpr std::chrono::seconds kComesBack{60};
constexpr std::chrono::milliseconds kFarewell{200};
constexpr std::size_t kMostClients = 64;

} // namespace

/// With answers before `next` the client is done. The error says why it is not let in.
Result<std::stop_source> GatewayDesk::seat(Session session, std::uint64_t next)
{
    const std::lock_guard lock(m_shared.mutex);
    if (!m_lines.contains(session) && m_lines.size() >= kMostClients) {
        const auto gone =
            std::min_element(m_lines.begin(), m_lines.end(), [](const auto& a, const auto& b) {
                return a.second.leftAt < b.second.leftAt;
            });
        if (gone->second.leftAt == Clock::time_point::max())
            return fail(ErrorCode::ResourceExhausted, "{} clients are here already", kMostClients);
        forget(gone->first);
    }
    if (auto arrived = m_shared.ledger.arrives(session, next); !arrived)
        return tl::unexpected(arrived.error());
    Line& line = m_lines[session];
    line.inForce.request_stop();
    line = {};
    m_shared.changed.notify_all();
    return line.inForce;
}

void GatewayDesk::serveAnswers(Channel channel, const wire::Hello& hello,
                               const std::stop_token& stop)
{
    const Session session = hello.session();
    auto seat = this->seat(session, hello.next());
    wire::Hello answer;
    answer.set_incarnation(m_shared.incarnation);
    if (!seat) {
        m_shared.refused(channel.peer() + ": " + seat.error().message, 1);
        answer.set_error(seat.error().message);
    }
    const auto welcomed = answerHello(channel, answer, stop);
    if (!seat)
        return;
    const std::stop_token own = seat->get_token();
    if (welcomed) {
        const std::stop_callback ends(stop, [&seat] { seat->request_stop(); });
        giveAnswers(channel, session, own);
    }
    const std::lock_guard lock(m_shared.mutex);
    const auto line = m_lines.find(session);
    if (line == m_lines.end() || line->second.inForce != *seat)
        return; // it has dialled again meanwhile, or said good-bye
    line->second.leftAt = Clock::now();
    m_shared.ledger.leaves(session);
    m_shared.changed.notify_all();
}

void GatewayDesk::giveAnswers(Channel& channel, Session session, const std::stop_token& stop)
{
    channel.sends();
    channel.onAcknowledged([this, session](std::uint64_t next) {
        const std::lock_guard lock(m_shared.mutex);
        m_shared.ledger.acknowledge(session, next);
        m_shared.changed.notify_all();
    });
    while (true) {
        std::optional<RequestLedger::Answer> answer;
        bool isEnding = false;
        {
            std::unique_lock lock(m_shared.mutex);
            m_shared.changed.wait_for(lock, stop, kBeat / 4, [&] {
                answer = m_shared.ledger.nextAnswer(session);
                return answer.has_value();
            });
            isEnding = m_shared.isEnding;
        }
        if (stop.stop_requested()) {
            if (isEnding)
                (void)channel.send(FrameKind::Bye, encodeBye("the release was ended"),
                                   Limit::within(kFarewell, {}));
            return;
        }
        if (!(answer ? give(channel, *answer, stop) : channel.tend()))
            return;
        if (answer) {
            const std::lock_guard lock(m_shared.mutex);
            m_shared.ledger.gave(session, answer->number);
        }
    }
}

Result<void> GatewayDesk::give(Channel& channel, const RequestLedger::Answer& answer,
                               const std::stop_token& stop) const
{
    const Reply& reply = *answer.reply;
    if (!reply.error.empty())
        return channel.send(FrameKind::Failure, encodeFailure({answer.number, {}, reply.error}),
                            {stop});
    std::vector<inference::TensorView> views;
    std::vector<std::span<const std::byte>> payload;
    for (const inference::NamedTensor& output : reply.outputs) {
        views.push_back(inference::viewOf(output));
        payload.push_back(views.back().data);
    }
    return channel.send(FrameKind::Tensors, encodeTensors(describe(answer.number, {}, views)),
                        payload, {stop});
}

void GatewayDesk::serveRequests(Channel channel, const wire::Hello& hello,
                                const std::stop_token& stop)
{
    const Session session = hello.session();
    wire::Hello answer;
    answer.set_incarnation(m_shared.incarnation);
    {
        const std::lock_guard lock(m_shared.mutex);
        // Answers come first: requests of a session that nobody listens for would be lost.
        if (!m_shared.ledger.isThere(session))
            answer.set_error("no such session");
        answer.set_next(m_shared.ledger.due(session));
    }
    if (!answerHello(channel, answer, stop) || !answer.error().empty())
        return;
    takeRequests(channel, session, stop);
}

void GatewayDesk::takeRequests(Channel& channel, Session session, const std::stop_token& stop)
{
    channel.takes();
    FrameLimits limits;
    limits.kinds = {FrameKind::Tensors, FrameKind::Bye};
    limits.payloadBytes =
        std::max(m_shared.config.node.maxFrameBytes, largestPayload(m_shared.config.inputs, 0));
    while (true) {
        const auto incoming = channel.receive(limits, {stop});
        if (incoming && incoming->header.kind == FrameKind::Bye) {
            const std::lock_guard lock(m_shared.mutex);
            return forget(session);
        }
        const auto taken = incoming ? takeRequest(channel, *incoming, session, stop)
                                    : tl::unexpected(incoming.error());
        if (taken)
            continue;
        if (taken.error().code == ErrorCode::ParseError) {
            m_shared.refused(channel.peer() + ": " + taken.error().message, 1);
            // The client would only send the same again.
            (void)channel.send(FrameKind::Bye, encodeBye(taken.error().message),
                               Limit::within(kFarewell, stop));
        }
        return;
    }
}

Result<void> GatewayDesk::takeRequest(Channel& channel, const Channel::Incoming& incoming,
                                      Session session, const std::stop_token& stop)
{
    const auto header = decodeTensors(incoming.meta, incoming.header.payloadBytes);
    if (!header)
        return tl::unexpected(header.error());
    auto inputs = receiveFitting(channel, incoming, *header, m_shared.config.inputs, stop);
    if (!inputs)
        return tl::unexpected(inputs.error());
    if (!waitForRoom(channel, session, stop))
        return fail(ErrorCode::Cancelled, "the client is gone");
    const std::lock_guard lock(m_shared.mutex);
    m_shared.changed.notify_all();
    auto taken = *inputs ? m_shared.ledger.accept(session, header->request,
                                                  std::make_shared<const Request>(
                                                      Request{std::move(**inputs), Clock::now()}))
                         : m_shared.ledger.refuse(session, header->request,
                                                  "the request does not fit the model: " +
                                                      inputs->error().message);
    if (!taken && m_shared.ledger.knows(session))
        return fail(ErrorCode::ParseError, "{}", taken.error().message);
    return taken;
}

bool GatewayDesk::waitForRoom(Channel& channel, Session session, const std::stop_token& stop)
{
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(m_shared.mutex);
            if (m_shared.changed.wait_for(lock, stop, kBeat / 2,
                                          [&] { return m_shared.ledger.hasRoom(session); }))
                return m_shared.ledger.knows(session);
        }
        (void)channel.tend(); // a broken stream shows at the next receive
    }
    return false;
}

void GatewayDesk::forget(Session session)
{
    const auto line = m_lines.find(session);
    if (line == m_lines.end())
        return;
    line->second.inForce.request_stop();
    m_lines.erase(line);
    m_shared.ledger.forget(session);
    m_shared.changed.notify_all();
}

void GatewayDesk::sweep()
{
    const std::lock_guard lock(m_shared.mutex);
    std::vector<Session> gone;
    for (const auto& [session, line] : m_lines)
        if (line.leftAt != Clock::time_point::max() && Clock::now() > line.leftAt + kComesBack)
            gone.push_back(session);
    for (const Session session : gone)
        forget(session);
}

} // namespace millrace::runtime
