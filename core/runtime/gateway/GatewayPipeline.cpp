// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/gateway/GatewayPipeline.h"

#include <algorithm>

namespace millrace::runtime
{
namespace
{

constexpr std::chrono::milliseconds kRetry{100};

} // namespace

void GatewayPipeline::lost(const std::string& why)
{
    const std::lock_guard lock(m_shared.mutex);
    m_shared.sendAgain(m_shared.ledger.lost(m_pipeline), why);
}

bool GatewayPipeline::waitForWork(const std::stop_token& stop)
{
    std::unique_lock lock(m_shared.mutex);
    return m_shared.changed.wait_for(lock, stop, kBeat / 2, [this] {
        return m_shared.ledger.hasWork() && m_shared.ledger.hasSeen(m_stages.size());
    });
}

void GatewayPipeline::feed(const std::stop_token& stop)
{
    std::optional<Channel> out;
    while (!stop.stop_requested()) {
        const bool hasWork = waitForWork(stop);
        if (out)
            if (const auto ok = out->tend(); !ok) {
                out.reset();
                lost("the first stage's connection broke: " + ok.error().message);
            }
        if (!hasWork || !connectFirst(out, stop))
            continue;
        std::unique_lock lock(m_shared.mutex);
        const auto sending = m_shared.ledger.take(m_pipeline);
        lock.unlock();
        if (!sending)
            continue; // its client went away meanwhile
        if (const auto sent = send(*out, *sending, stop); !sent) {
            out.reset();
            if (!stop.stop_requested())
                lost("the first stage's connection broke: " + sent.error().message);
        }
    }
}

bool GatewayPipeline::connectFirst(std::optional<Channel>& out, const std::stop_token& stop)
{
    if (out)
        return true;
    const NodeConfig& node = m_shared.config.node;
    auto channel =
        m_shared.dial(m_stages.front(), wire::DATA, buffersFor(node.pace, node.dilation), stop);
    if (!channel) {
        (void)sleepUntil(Clock::now() + kRetry, stop);
        return false;
    }
    out.emplace(std::move(*channel));
    out->sends();
    return true;
}

Result<void> GatewayPipeline::send(Channel& out, const RequestLedger::Sending& sending,
                                   const std::stop_token& stop)
{
    std::vector<inference::TensorView> views;
    std::vector<std::span<const std::byte>> payload;
    for (const inference::NamedTensor& input : sending.request->inputs) {
        views.push_back(inference::viewOf(input));
        payload.push_back(views.back().data);
    }
    const NodeConfig& node = m_shared.config.node;
    std::optional<Pace> pace;
    if (node.pace)
        pace.emplace(node);
    return out.send(FrameKind::Tensors, encodeTensors(describe(sending.id, sending.epoch, views)),
                    payload, {stop}, pace ? &*pace : nullptr);
}

void GatewayPipeline::takeAnswers(const std::stop_token& stop)
{
    FrameLimits limits;
    limits.kinds = {FrameKind::Tensors, FrameKind::Failure};
    limits.payloadBytes =
        std::max(m_shared.config.node.maxFrameBytes, largestPayload(m_shared.config.outputs, 0));
    while (!stop.stop_requested()) {
        auto channel = m_shared.dial(m_stages.back(), wire::RESULTS, Buffers{}, stop);
        if (!channel) {
            (void)sleepUntil(Clock::now() + kRetry, stop);
            continue;
        }
        channel->takes();
        Result<void> taken;
        while (taken)
            taken = takeAnswer(*channel, limits, stop);
        if (!stop.stop_requested())
            lost("the last stage's connection broke: " + taken.error().message);
    }
}

Result<void> GatewayPipeline::takeAnswer(Channel& channel, const FrameLimits& limits,
                                         const std::stop_token& stop)
{
    const auto incoming = channel.receive(limits, {stop});
    if (!incoming)
        return tl::unexpected(incoming.error());
    if (incoming->header.kind == FrameKind::Tensors)
        return takeOutputs(channel, *incoming, stop);
    const auto failure = decodeFailure(incoming->meta);
    if (!failure)
        return tl::unexpected(failure.error());
    answered(failure->epoch, failure->request, {{}, failure->message});
    return {};
}

Result<void> GatewayPipeline::takeOutputs(Channel& channel, const Channel::Incoming& incoming,
                                          const std::stop_token& stop)
{
    const NodeConfig& node = m_shared.config.node;
    const auto header = decodeTensors(incoming.meta, incoming.header.payloadBytes);
    if (!header)
        return tl::unexpected(header.error());
    auto outputs = receiveFitting(channel, incoming, *header, m_shared.config.outputs, stop);
    if (!outputs)
        return tl::unexpected(outputs.error());
    const std::chrono::duration<double> transfer = Clock::now() - incoming.begun;
    {
        const std::lock_guard lock(m_shared.mutex);
        ++m_shared.lastHopFrames;
        m_shared.lastHopBytes += incoming.header.payloadBytes;
        if (incoming.arrival == Connection::Arrival::Waited) {
            m_shared.lastHop.record({transfer.count()});
            countArrival(node, incoming, m_shared.deadlines);
        }
    }
    if (node.delay.value > 0) {
        const std::chrono::duration<double> delay(node.delay.value * node.dilation);
        const auto until = Clock::now() + std::chrono::duration_cast<Clock::duration>(delay);
        if (auto slept = sleepUntil(until, stop); !slept)
            return slept;
    }
    answered(header->epoch, header->request,
             *outputs ? Reply{std::move(**outputs), {}}
                      : Reply{{}, "the answer is not the model's: " + outputs->error().message});
    return {};
}

void GatewayPipeline::answered(const Epoch& epoch, std::uint64_t id, Reply reply)
{
    const std::lock_guard lock(m_shared.mutex);
    RequestLedger::Sending whose;
    const std::string error = reply.error;
    const auto now = Clock::now();
    switch (m_shared.ledger.answered(epoch, id, std::move(reply), &whose)) {
    case RequestLedger::Outcome::Answered:
        m_shared.answers.add(
            now, {std::chrono::duration<double>(now - whose.request->accepted).count()});
        break;
    case RequestLedger::Outcome::Failed:
        m_shared.tell(EventKind::RequestFailed, {}, error);
        break;
    case RequestLedger::Outcome::Duplicate:
        break;
    }
    m_shared.changed.notify_all();
}

} // namespace millrace::runtime
