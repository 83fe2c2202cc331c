// SPDX-License-Identifier: GPL-3.0-or-later
#include "World.h"

#include <fmt/format.h>

#include <array>

namespace millrace::test
{
namespace
{

using runtime::RequestLedger;
constexpr std::size_t kMaxInFlight = 4;
constexpr PipelineId kPipeline;

constexpr std::array<const char*, kActs> kNames{
    "submit",       "take request",  "feed",           "receive",       "compute", "send",
    "take answer",  "give answer",   "read answer",    "acknowledge",   "watch",   "stage dies",
    "gateway dies", "stream breaks", "sender redials", "client leaves", "advance"};

/// Some requests can never be answered: the gateway or a stage says so.
bool isRefused(std::uint64_t session, std::uint64_t number)
{
    return session == 1 && number == 2;
}
bool failsInAStage(std::uint64_t session, std::uint64_t number)
{
    return session == 2 && number == 3;
}
std::string content(std::uint64_t session, std::uint64_t number)
{
    if (isRefused(session, number))
        return "refused";
    return failsInAStage(session, number) ? "failed" : fmt::format("{}/{}", session, number);
}

} // namespace

std::string text(const Step& step)
{
    return fmt::format("{} {}", kNames[static_cast<std::size_t>(step.act)], step.who % 16);
}

World::World(Mistake mistake) : m_mistake(mistake), m_ledger(1, 1, kMaxInFlight) {}

void World::connect(std::size_t client)
{
    Client& who = m_clients[client];
    if (who.isConnected)
        return;
    const std::uint64_t session = client + 1;
    if (const auto arrived = m_ledger.arrives(session, who.got); !arrived) {
        who.wrong = arrived.error().message;
        return;
    }
    who.isConnected = true;
    who.toSend = m_ledger.due(session);
    m_moved = true;
}

void World::disconnect(std::size_t client)
{
    Client& who = m_clients[client];
    who.isConnected = false;
    who.requests.clear();
    who.answers.clear();
    who.contents.clear();
    who.acknowledgements.clear();
    m_ledger.leaves(client + 1);
}

void World::submit(std::size_t client)
{
    connect(client);
    Client& who = m_clients[client];
    if (!who.isConnected || who.toSend == kRequests)
        return;
    who.requests.push_back(who.toSend++);
    m_moved = true;
}

void World::takeRequest(std::size_t client)
{
    Client& who = m_clients[client];
    const std::uint64_t session = client + 1;
    if (who.requests.empty() || !m_ledger.hasRoom(session))
        return;
    const std::uint64_t number = who.requests.front();
    who.requests.pop_front();
    const auto taken = isRefused(session, number) ? m_ledger.refuse(session, number, "refused")
                                                  : m_ledger.accept(session, number, {});
    if (!taken)
        who.wrong = taken.error().message;
    m_moved = true;
}

void World::giveAnswer(std::size_t client)
{
    Client& who = m_clients[client];
    const auto answer = m_ledger.nextAnswer(client + 1);
    if (!who.isConnected || !answer)
        return;
    m_ledger.gave(client + 1, answer->number);
    if (m_mistake == Mistake::ForgetsAcknowledged)
        m_ledger.acknowledge(client + 1, answer->number + 1);
    who.answers.push_back(answer->number);
    who.contents.push_back(answer->reply->error.empty() ? answer->reply->outputs.front().name
                                                        : answer->reply->error);
    m_moved = true;
}

void World::readAnswer(std::size_t client)
{
    Client& who = m_clients[client];
    if (who.answers.empty())
        return;
    const std::uint64_t number = who.answers.front();
    if (number != who.got)
        who.wrong = fmt::format("answer {} where {} was due", number, who.got);
    else if (who.contents.front() != content(client + 1, number))
        who.wrong = fmt::format("answer {} is {}", number, who.contents.front());
    ++who.got;
    who.answers.pop_front();
    who.contents.pop_front();
    who.acknowledgements.push_back(who.got);
    m_moved = true;
}

void World::acknowledge(std::size_t client)
{
    Client& who = m_clients[client];
    if (who.acknowledgements.empty())
        return;
    m_ledger.acknowledge(client + 1, who.acknowledgements.front());
    who.acknowledgements.pop_front();
    m_moved = true;
}

void World::dial(std::size_t stream)
{
    Stream& to = m_streams[stream];
    if (to.isOpen)
        return;
    to = {};
    to.isOpen = true;
    if (stream < kStages)
        to.number = m_stages[stream].intake.open();
    m_moved = true;
}

void World::lose(std::size_t stream)
{
    Stream& broken = m_streams[stream];
    if (!broken.isOpen)
        return;
    const bool hadSent = broken.hasSent;
    broken = {};
    m_moved = true;
    if (!hadSent || m_mistake == Mistake::LossesUncounted)
        return;
    if (stream == 0 || stream == kStages)
        (void)m_ledger.lost(kPipeline);
    if (stream > 0)
        m_stages[stream - 1].intake.lostWhatWasSent();
}

void World::feed()
{
    Stream& to = m_streams[0];
    if (!m_ledger.hasWork() || !to.frames.empty())
        return;
    dial(0);
    const auto sending = m_ledger.take(kPipeline);
    to.hasSent = true;
    to.frames.push_back({sending->epoch, sending->id, sending->session, sending->number});
    m_moved = true;
}

void World::receive(std::size_t stage)
{
    Stage& at = m_stages[stage];
    Stream& from = m_streams[stage];
    if (from.frames.empty() || at.toCompute || !at.intake.isInForce(from.number))
        return;
    const Frame frame = from.frames.front();
    from.frames.pop_front();
    if (at.intake.take(frame.epoch))
        at.toCompute = frame;
    m_moved = true;
}

void World::compute(std::size_t stage)
{
    Stage& at = m_stages[stage];
    if (!at.toCompute || at.toSend)
        return;
    if (!at.intake.isStale(at.toCompute->epoch))
        at.toSend = at.toCompute;
    at.toCompute.reset();
    m_moved = true;
}

void World::send(std::size_t stage)
{
    Stage& at = m_stages[stage];
    Stream& to = m_streams[stage + 1];
    if (!at.toSend || !to.frames.empty())
        return;
    if (!at.intake.isStale(at.toSend->epoch)) {
        dial(stage + 1);
        to.hasSent = true;
        to.frames.push_back(*at.toSend);
    }
    at.toSend.reset();
    m_moved = true;
}

void World::takeAnswer()
{
    Stream& from = m_streams[kStages];
    if (from.frames.empty())
        return;
    const Frame frame = from.frames.front();
    from.frames.pop_front();
    runtime::Reply reply;
    if (failsInAStage(frame.session, frame.number))
        reply.error = "failed";
    else
        reply.outputs.push_back({content(frame.session, frame.number), {}});
    (void)m_ledger.answered(frame.epoch, frame.id, std::move(reply));
    m_moved = true;
}

void World::watch(std::size_t stage)
{
    const Stage& at = m_stages[stage];
    const StageRef which{kPipeline, static_cast<std::int32_t>(stage)};
    if (m_ledger.stageSeen(which, at.incarnation, at.intake.losses()) > 0)
        m_moved = true;
}

void World::stageDies(std::size_t stage)
{
    lose(stage);
    m_streams[stage + 1] = {};
    m_stages[stage] = {};
    m_stages[stage].incarnation = ++m_lives;
    if (stage + 1 == kStages) // the gateway took answers from it
        (void)m_ledger.lost(kPipeline);
}

void World::gatewayDies()
{
    for (std::size_t client = 0; client < kClients; ++client)
        disconnect(client);
    m_streams[0] = {};
    lose(kStages);
    ++m_lives;
    m_ledger = RequestLedger(m_mistake == Mistake::GatewayNotNamed ? 1 : m_lives, 1, kMaxInFlight);
}

void World::take(const Step& step)
{
    const std::size_t client = step.who % kClients, stage = step.who % kStages;
    switch (step.act) {
    case Act::Submit:
        return submit(client);
    case Act::TakeRequest:
        return takeRequest(client);
    case Act::Feed:
        return feed();
    case Act::Receive:
        return receive(stage);
    case Act::Compute:
        return compute(stage);
    case Act::Send:
        return send(stage);
    case Act::TakeAnswer:
        return takeAnswer();
    case Act::GiveAnswer:
        return giveAnswer(client);
    case Act::ReadAnswer:
        return readAnswer(client);
    case Act::Acknowledge:
        return acknowledge(client);
    case Act::Watch:
        return watch(stage);
    case Act::StageDies:
        return stageDies(stage);
    case Act::GatewayDies:
        return gatewayDies();
    case Act::StreamBreaks:
    case Act::SenderRedials:
        lose(step.who % (kStages + 1));
        if (step.act == Act::SenderRedials)
            dial(step.who % (kStages + 1));
        return;
    case Act::ClientLeaves:
        return disconnect(client);
    case Act::Advance:
        return advance();
    }
}

void World::advance()
{
    for (int act = 0; act <= static_cast<int>(Act::Watch); ++act)
        for (std::uint8_t who = 0; who < kStages; ++who)
            take({static_cast<Act>(act), who});
}

void World::settle()
{
    constexpr int kEnough = 500;
    m_moved = true;
    for (int round = 0; round < kEnough && m_moved; ++round) {
        m_moved = false;
        advance();
    }
}

std::string World::verdict() const
{
    for (std::size_t client = 0; client < kClients; ++client) {
        const Client& who = m_clients[client];
        if (!who.wrong.empty())
            return fmt::format("client {}: {}", client + 1, who.wrong);
        if (who.got != kRequests)
            return fmt::format("client {} has {} of {} answers", client + 1, who.got, kRequests);
    }
    if (m_ledger.inFlight() != 0)
        return fmt::format("{} requests are in flight for ever", m_ledger.inFlight());
    return {};
}

} // namespace millrace::test
