// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/stage/StageReceiver.h"

#include <algorithm>

namespace millrace::runtime
{
namespace
{

Clock::duration span(double seconds)
{
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

/// Gives the next stream its turn at the end of this one.
struct Turn {
    std::binary_semaphore& turn;
    ~Turn() { turn.release(); }
};

} // namespace

void StageReceiver::receiveAll(Channel channel, const std::stop_token& stop)
{
    channel.takes();
    std::stop_source own;
    const auto stream = m_flow.intake([](StageIntake& intake) { return intake.open(); });
    {
        // The newest stream counts: the one before is of a peer that dialled again.
        const std::lock_guard lock(m_mutex);
        m_inForce.request_stop();
        m_inForce = own;
    }
    if (!waitForTurn(channel, stream, stop))
        return;
    const Turn turn{m_turn};
    const std::stop_callback ends(stop, [&own] { own.request_stop(); });
    FrameLimits limits;
    limits.kinds = {FrameKind::Tensors, FrameKind::Failure};
    limits.payloadBytes =
        std::max(m_flow.config.node.maxFrameBytes, largestPayload(m_flow.config.arriving, 0));
    while (true) {
        auto work = receiveOne(channel, limits, own.get_token());
        if (!work)
            return ended(channel, work.error());
        if (!m_flow.intake([&](StageIntake& intake) { return intake.take(work->epoch); })) {
            m_flow.counters.change([](auto& counts) { ++counts.plain.stale; });
            continue;
        }
        // What arrived whole is used, whatever becomes of its stream meanwhile.
        while (!m_flow.toCompute.tryGive(*work, kBeat / 2, stop)) {
            if (stop.stop_requested())
                return;
            (void)channel.tend(); // a broken stream shows at the next receive
        }
    }
}

/// The stream before may still hand over the frame that it has. False when there is nothing to wait
/// for any more.
bool StageReceiver::waitForTurn(Channel& channel, StageIntake::Stream stream,
                                const std::stop_token& stop)
{
    while (!m_turn.try_acquire_for(kBeat / 2)) {
        const bool isInForce =
            m_flow.intake([&](const StageIntake& intake) { return intake.isInForce(stream); });
        if (stop.stop_requested() || !isInForce || !channel.tend())
            return false;
    }
    return true;
}

/// Whoever sent on the stream counts the loss; here it is only said.
void StageReceiver::ended(const Channel& channel, const Error& why)
{
    if (why.code == ErrorCode::Cancelled)
        return;
    if (why.code == ErrorCode::ParseError)
        m_flow.counters.change([&](auto& counts) {
            ++counts.plain.refusedFrames;
            counts.plain.lastRefusal = why.message;
        });
    m_flow.log(channel.peer() + ": " + why.message);
}

Result<Work> StageReceiver::receiveOne(Channel& channel, const FrameLimits& limits,
                                       const std::stop_token& stop)
{
    const auto incoming = channel.receive(limits, {stop});
    if (!incoming)
        return tl::unexpected(incoming.error());
    if (incoming->header.kind == FrameKind::Tensors)
        return receiveTensorsOf(channel, *incoming, stop);
    const auto failure = decodeFailure(incoming->meta);
    if (!failure)
        return tl::unexpected(failure.error());
    Work work;
    work.request = failure->request;
    work.epoch = failure->epoch;
    work.failure = failure->message;
    work.arrived = work.ready = Clock::now();
    return work;
}

Result<Work> StageReceiver::receiveTensorsOf(Channel& channel, const Channel::Incoming& incoming,
                                             const std::stop_token& stop)
{
    const StageConfig& config = m_flow.config;
    const auto header = decodeTensors(incoming.meta, incoming.header.payloadBytes);
    if (!header)
        return tl::unexpected(header.error());
    Work work;
    work.request = header->request;
    work.epoch = header->epoch;
    // What does not fit now will not fit when it is sent again: the request fails.
    auto tensors = receiveFitting(channel, incoming, *header, config.arriving, stop,
                                  [this](std::size_t bytes) { return m_flow.pool.take(bytes); });
    if (!tensors)
        return tl::unexpected(tensors.error());
    work.arrived = Clock::now();
    work.ready = work.arrived + span(config.node.delay.value * config.node.dilation);
    if (!*tensors) {
        work.failure = fmt::format("{}: {}", m_flow.name(), tensors->error().message);
        return work;
    }
    for (inference::NamedTensor& tensor : **tensors) {
        const bool isInput =
            std::any_of(config.inputs.begin(), config.inputs.end(),
                        [&](const PortInfo& port) { return port.name == tensor.name; });
        (isInput ? work.feeds : work.relayed).push_back(std::move(tensor));
    }
    m_flow.counters.change([&](auto& counts) {
        ++counts.plain.received;
        counts.plain.bytesIn += incoming.header.payloadBytes;
        if (incoming.arrival == Connection::Arrival::Waited) {
            counts.transfer.record(
                {std::chrono::duration<double>(Clock::now() - incoming.begun).count()});
            countArrival(config.node, incoming, counts.deadlines);
        }
    });
    return work;
}

} // namespace millrace::runtime
