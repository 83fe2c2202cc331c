// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/stage/StageSender.h"

#include "runtime/Wire.h"

namespace millrace::runtime
{
namespace
{

constexpr std::chrono::milliseconds kRetry{100};
constexpr std::chrono::seconds kDialTime{5};

} // namespace

StageSender::StageSender(StageFlow& flow, TlsContext tls) : m_flow(flow), m_tls(std::move(tls))
{
    if (flow.config.node.pace)
        m_pace.emplace(flow.config.node);
}

void StageSender::offer(Channel results)
{
    const std::lock_guard lock(m_mutex);
    m_offered.emplace(std::move(results));
    m_offers.notify_all();
}

void StageSender::takeOffer()
{
    const std::lock_guard lock(m_mutex);
    if (!m_offered)
        return;
    if (m_out)
        lose("the gateway dialled again");
    m_out.emplace(std::move(*m_offered));
    m_out->sends();
    m_offered.reset();
}

void StageSender::lose(const std::string& why)
{
    m_out.reset();
    m_flow.log(m_flow.name() + ": sending: " + why);
    if (std::exchange(m_hasSent, false))
        m_flow.intake([](StageIntake& intake) { intake.lostWhatWasSent(); });
}

void StageSender::sendAll(const std::stop_token& stop)
{
    while (!stop.stop_requested()) {
        auto outgoing = m_flow.toSend.tryTake(kBeat / 2, stop);
        if (!outgoing) {
            idle();
            continue;
        }
        deliver(*outgoing, stop);
        m_flow.pool.give(outgoing->feeds);
        m_flow.pool.give(outgoing->relayed);
    }
}

/// Beats, and finds out early when nobody is there any more.
void StageSender::idle()
{
    takeOffer();
    if (!m_out)
        return;
    if (const auto ok = m_out->tend(); !ok)
        lose(ok.error().message);
}

void StageSender::deliver(Outgoing& outgoing, const std::stop_token& stop)
{
    while (!stop.stop_requested() && !m_flow.dropsStale(outgoing.epoch)) {
        if (!connect(stop))
            continue;
        const auto sent = send(outgoing, stop);
        if (sent || stop.stop_requested())
            return;
        m_hasSent = true; // perhaps in part
        lose(sent.error().message);
    }
}

/// To where the answers go; false after a short wait when nobody is there yet.
bool StageSender::connect(const std::stop_token& stop)
{
    takeOffer();
    if (m_out)
        if (const auto ok = m_out->tend(); !ok)
            lose(ok.error().message);
    if (m_out)
        return true;
    if (!m_flow.config.next) {
        std::unique_lock lock(m_mutex);
        m_offers.wait_for(lock, stop, kRetry, [this] { return m_offered.has_value(); });
        return false; // the next try takes it
    }
    auto channel = dial(stop);
    if (channel) {
        m_lastTrouble.clear();
        m_out.emplace(std::move(*channel));
        m_out->sends();
        return true;
    }
    if (channel.error().message != std::exchange(m_lastTrouble, channel.error().message))
        m_flow.log(m_flow.name() + " cannot send: " + channel.error().message);
    (void)sleepUntil(Clock::now() + kRetry, stop);
    return false;
}

Result<Channel> StageSender::dial(const std::stop_token& stop)
{
    const StageConfig& config = m_flow.config;
    wire::Hello hello;
    hello.set_release(config.node.release);
    hello.set_purpose(wire::DATA);
    auto greeted = dialAndGreet(m_tls, config.nextEndpoint, *config.next,
                                buffersFor(config.node.pace, config.node.dilation), hello,
                                Limit::within(kDialTime, stop));
    if (!greeted)
        return tl::unexpected(greeted.error());
    return std::move(greeted->channel);
}

std::vector<inference::TensorView> StageSender::leaving(const Outgoing& outgoing) const
{
    std::vector<inference::TensorView> views = outgoing.outputs.tensors();
    for (const std::string& name : m_flow.config.relayed)
        for (const auto* list : {&outgoing.feeds, &outgoing.relayed})
            for (const inference::NamedTensor& tensor : *list)
                if (tensor.name == name)
                    views.push_back(inference::viewOf(tensor));
    return views;
}

Result<void> StageSender::send(const Outgoing& outgoing, const std::stop_token& stop)
{
    const auto fails = [&](const std::string& why) {
        m_hasSent = true;
        return m_out->send(FrameKind::Failure,
                           encodeFailure({outgoing.request, outgoing.epoch, why}), {stop});
    };
    if (outgoing.failure)
        return fails(*outgoing.failure);
    const auto views = leaving(outgoing);
    std::vector<std::span<const std::byte>> payload;
    std::uint64_t bytes = 0;
    for (const inference::TensorView& view : views) {
        payload.push_back(view.data);
        bytes += view.data.size();
    }
    const std::string meta = encodeTensors(describe(outgoing.request, outgoing.epoch, views));
    const std::uint64_t most = m_flow.config.node.maxFrameBytes;
    if (bytes > most || meta.size() > FrameLimits{}.metaBytes)
        return fails(fmt::format("{}: its tensors take {} bytes, and a frame carries at most {}",
                                 m_flow.name(), bytes, most));
    m_hasSent = true;
    const auto sent =
        m_out->send(FrameKind::Tensors, meta, payload, {stop}, m_pace ? &*m_pace : nullptr);
    if (sent)
        m_flow.counters.change([&](auto& counts) {
            ++counts.plain.sent;
            counts.plain.bytesOut += bytes;
        });
    return sent;
}

} // namespace millrace::runtime
