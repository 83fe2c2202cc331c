// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/flow/RequestLedger.h"

#include <algorithm>

namespace millrace::runtime
{

Result<void> RequestLedger::arrives(Session session, std::uint64_t next)
{
    const auto [found, isNew] = m_clients.try_emplace(session);
    Client& client = found->second;
    if (isNew) {
        client.due = client.toGive = client.acknowledged = next;
        return {};
    }
    if (next < client.acknowledged || next > client.due)
        return fail(ErrorCode::InvalidArgument,
                    "answers from {} on are wanted, those from {} to {} are here", next,
                    client.acknowledged, client.due);
    acknowledge(session, next);
    client.isThere = true;
    client.toGive = next;
    return {};
}

std::uint64_t RequestLedger::due(Session session) const
{
    const auto client = m_clients.find(session);
    return client == m_clients.end() ? 0 : client->second.due;
}

bool RequestLedger::hasRoom(Session session) const
{
    const auto client = m_clients.find(session);
    return client == m_clients.end() || m_isDraining ||
           (m_pending.size() < m_maxInFlight &&
            client->second.due - client->second.acknowledged < m_maxInFlight);
}

Result<RequestLedger::Client*> RequestLedger::expect(Session session, std::uint64_t number)
{
    const auto client = m_clients.find(session);
    if (client == m_clients.end())
        return fail(ErrorCode::InvalidArgument, "no such session");
    if (number > client->second.due)
        return fail(ErrorCode::InvalidArgument, "malformed: request {} where {} was due", number,
                    client->second.due);
    return number < client->second.due ? nullptr : &client->second;
}

Result<void> RequestLedger::accept(Session session, std::uint64_t number, Kept request)
{
    if (m_isDraining)
        return refuse(session, number, "the release takes no new requests");
    const auto client = expect(session, number);
    if (!client)
        return tl::unexpected(client.error());
    if (*client == nullptr)
        return {};
    ++(*client)->due;
    ++m_counts.accepted;
    m_toSend.insert(m_nextId);
    m_pending.emplace(m_nextId++, Pending{session, number, std::move(request), {}});
    return {};
}

Result<void> RequestLedger::refuse(Session session, std::uint64_t number, std::string reason)
{
    const auto client = expect(session, number);
    if (!client)
        return tl::unexpected(client.error());
    if (*client == nullptr)
        return {};
    ++(*client)->due;
    (*client)->ready.emplace(number, std::make_shared<const Reply>(Reply{{}, std::move(reason)}));
    return {};
}

std::optional<RequestLedger::Answer> RequestLedger::nextAnswer(Session session) const
{
    const auto client = m_clients.find(session);
    if (client == m_clients.end() || !client->second.isThere)
        return std::nullopt;
    const auto reply = client->second.ready.find(client->second.toGive);
    if (reply == client->second.ready.end())
        return std::nullopt;
    return Answer{reply->first, reply->second};
}

void RequestLedger::gave(Session session, std::uint64_t number)
{
    const auto client = m_clients.find(session);
    if (client != m_clients.end() && client->second.toGive == number)
        ++client->second.toGive;
}

void RequestLedger::acknowledge(Session session, std::uint64_t next)
{
    const auto found = m_clients.find(session);
    if (found == m_clients.end() || next <= found->second.acknowledged || next > found->second.due)
        return;
    Client& client = found->second;
    client.acknowledged = next;
    client.toGive = std::max(client.toGive, next);
    client.ready.erase(client.ready.begin(), client.ready.lower_bound(next));
}

void RequestLedger::leaves(Session session)
{
    const auto client = m_clients.find(session);
    if (client != m_clients.end())
        client->second.isThere = false;
}

bool RequestLedger::isThere(Session session) const
{
    const auto client = m_clients.find(session);
    return client != m_clients.end() && client->second.isThere;
}

void RequestLedger::forget(Session session)
{
    m_clients.erase(session);
    m_counts.lost += std::erase_if(m_pending, [&](const auto& entry) {
        if (entry.second.session != session)
            return false;
        m_toSend.erase(entry.first);
        return true;
    });
}

std::optional<std::uint64_t> RequestLedger::firstToSend() const
{
    for (const std::uint64_t id : m_toSend)
        if (m_isDraining || isThere(m_pending.at(id).session))
            return id;
    return std::nullopt;
}

std::optional<RequestLedger::Sending> RequestLedger::take(PipelineId pipeline)
{
    const auto id = firstToSend();
    if (!id)
        return std::nullopt;
    m_toSend.erase(*id);
    Pending& pending = m_pending.at(*id);
    pending.on = pipeline;
    return Sending{*id,
                   {m_incarnation, m_epochs.at(pipeline.index())},
                   pending.request,
                   pending.session,
                   pending.number};
}

RequestLedger::Outcome RequestLedger::answered(const Epoch& epoch, std::uint64_t id, Reply reply,
                                               Sending* at)
{
    const auto found = m_pending.find(id);
    if (epoch.gateway != m_incarnation || found == m_pending.end()) {
        ++m_counts.duplicates;
        return Outcome::Duplicate;
    }
    const Pending pending = std::move(found->second);
    m_pending.erase(found);
    m_toSend.erase(id);
    if (at != nullptr)
        *at = {id, epoch, pending.request, pending.session, pending.number};
    const bool isComputed = reply.error.empty();
    ++(isComputed ? m_counts.answered : m_counts.failed);
    m_clients.at(pending.session)
        .ready.emplace(pending.number, std::make_shared<const Reply>(std::move(reply)));
    return isComputed ? Outcome::Answered : Outcome::Failed;
}

std::size_t RequestLedger::lost(PipelineId pipeline)
{
    std::size_t count = 0;
    for (auto& [id, pending] : m_pending)
        if (pending.on == pipeline) {
            pending.on.reset();
            m_toSend.insert(id);
            ++count;
        }
    if (count > 0)
        ++m_epochs.at(pipeline.index());
    m_counts.resent += count;
    return count;
}

std::size_t RequestLedger::stageSeen(StageRef stage, std::uint64_t incarnation,
                                     std::uint64_t losses)
{
    const SeenStage now{incarnation, losses};
    const auto [seen, isNew] = m_stages.try_emplace(stage, now);
    if (!isNew && seen->second == now)
        return 0;
    seen->second = now;
    return lost(stage.pipeline);
}

} // namespace millrace::runtime
