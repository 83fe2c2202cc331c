// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/Wire.h"

#include <limits>
#include <random>

namespace millrace::runtime
{
namespace
{

void set(wire::Summary& to, const Summary& from)
{
    to.set_count(from.count);
    to.set_sum(from.sum);
    to.set_p50(from.p50);
    to.set_p95(from.p95);
    to.set_p99(from.p99);
    to.set_max(from.max);
}

Summary summary(const wire::Summary& from)
{
    return {from.count(), from.sum(), from.p50(), from.p95(), from.p99(), from.max()};
}

template <class Enum>
Enum enumerator(std::uint32_t value, Enum last)
{
    return value <= static_cast<std::uint32_t>(last) ? static_cast<Enum>(value) : Enum{};
}

template <class Message>
Result<Message> receiveMessage(Channel& channel, FrameKind kind, const Limit& limit)
{
    FrameLimits limits;
    limits.kinds = {kind};
    const auto incoming = channel.receive(limits, limit);
    if (!incoming)
        return tl::unexpected(incoming.error());
    Message message;
    if (!message.ParseFromString(incoming->meta))
        return fail(ErrorCode::ParseError, "malformed: no message of its kind");
    return message;
}

} // namespace

wire::StageMetrics toWire(const StageMetrics& metrics)
{
    wire::StageMetrics to;
    to.set_incarnation(metrics.incarnation);
    to.set_received(metrics.received);
    to.set_computed(metrics.computed);
    to.set_sent(metrics.sent);
    to.set_failed(metrics.failed);
    to.set_bytes_in(metrics.bytesIn);
    to.set_bytes_out(metrics.bytesOut);
    set(*to.mutable_compute(), metrics.compute);
    set(*to.mutable_host_compute(), metrics.hostCompute);
    set(*to.mutable_transfer(), metrics.transfer);
    set(*to.mutable_queue_wait(), metrics.queueWait);
    set(*to.mutable_back_pressure(), metrics.backPressure);
    to.set_deadlines(metrics.deadlines);
    to.set_late_deadlines(metrics.lateDeadlines);
    to.set_peak_memory(metrics.peakMemory.value);
    to.set_memory(metrics.memory.value);
    to.set_cpu_seconds(metrics.cpuSeconds);
    to.set_stale(metrics.stale);
    to.set_stream_breaks(metrics.streamBreaks);
    to.set_refused_connections(metrics.refusedConnections);
    to.set_refused_frames(metrics.refusedFrames);
    to.set_last_refusal(metrics.lastRefusal);
    return to;
}

StageMetrics fromWire(const wire::StageMetrics& from)
{
    StageMetrics to;
    to.incarnation = from.incarnation();
    to.received = from.received();
    to.computed = from.computed();
    to.sent = from.sent();
    to.failed = from.failed();
    to.bytesIn = from.bytes_in();
    to.bytesOut = from.bytes_out();
    to.compute = summary(from.compute());
    to.hostCompute = summary(from.host_compute());
    to.transfer = summary(from.transfer());
    to.queueWait = summary(from.queue_wait());
    to.backPressure = summary(from.back_pressure());
    to.deadlines = from.deadlines();
    to.lateDeadlines = from.late_deadlines();
    to.peakMemory = {from.peak_memory()};
    to.memory = {from.memory()};
    to.cpuSeconds = from.cpu_seconds();
    to.stale = from.stale();
    to.streamBreaks = from.stream_breaks();
    to.refusedConnections = from.refused_connections();
    to.refusedFrames = from.refused_frames();
    to.lastRefusal = oneLine(from.last_refusal());
    return to;
}

namespace
{

wire::PipelineStatus toWire(const PipelineStatus& pipeline)
{
    wire::PipelineStatus to;
    for (const StageStatus& stage : pipeline.stages) {
        wire::StageStatus* one = to.add_stages();
        one->set_device(stage.device);
        one->set_up(stage.up);
        one->set_changed_at(stage.changedAt);
        *one->mutable_metrics() = runtime::toWire(stage.metrics);
    }
    for (const HopStatus& hop : pipeline.hops) {
        wire::HopStatus* one = to.add_hops();
        one->set_from(hop.from);
        one->set_to(hop.to);
        one->set_bytes(hop.bytes);
        one->set_frames(hop.frames);
        set(*one->mutable_transfer(), hop.transfer);
    }
    return to;
}

PipelineStatus fromWire(const wire::PipelineStatus& from)
{
    PipelineStatus to;
    for (const wire::StageStatus& stage : from.stages())
        to.stages.push_back({oneLine(stage.device()), stage.up(), stage.changed_at(),
                             runtime::fromWire(stage.metrics())});
    for (const wire::HopStatus& hop : from.hops())
        to.hops.push_back({oneLine(hop.from()), oneLine(hop.to()), hop.bytes(), hop.frames(),
                           summary(hop.transfer())});
    return to;
}

/// None where the event is about no stage, or about one that cannot be.
std::optional<StageRef> stageOf(const wire::Event& event)
{
    constexpr auto kMost = static_cast<std::uint32_t>(std::numeric_limits<std::int32_t>::max());
    if (!event.has_stage() || event.stage().pipeline() > kMost || event.stage().stage() > kMost)
        return {};
    return StageRef{PipelineId(static_cast<std::int32_t>(event.stage().pipeline())),
                    static_cast<std::int32_t>(event.stage().stage())};
}

} // namespace

wire::LiveStatus toWire(const LiveStatus& status)
{
    wire::LiveStatus to;
    to.set_release(status.release);
    to.set_incarnation(status.incarnation);
    to.set_at(status.at);
    to.set_up_seconds(status.upSeconds);
    to.set_state(static_cast<std::uint32_t>(status.state));
    to.set_dilation(status.dilation);
    to.set_accepted(status.accepted);
    to.set_answered(status.answered);
    to.set_failed(status.failed);
    to.set_in_flight(status.inFlight);
    to.set_lost(status.lost);
    to.set_resent(status.resent);
    to.set_duplicates(status.duplicates);
    to.set_throughput(status.throughput);
    set(*to.mutable_latency(), status.latency);
    to.set_gateway_peak_memory(status.gatewayPeakMemory.value);
    to.set_refused_connections(status.refusedConnections);
    to.set_deadlines(status.deadlines);
    to.set_late_deadlines(status.lateDeadlines);
    for (const PipelineStatus& pipeline : status.pipelines)
        *to.add_pipelines() = toWire(pipeline);
    for (const Event& event : status.events) {
        wire::Event* one = to.add_events();
        one->set_number(event.number);
        one->set_at(event.at);
        one->set_kind(static_cast<std::uint32_t>(event.kind));
        if (event.stage) {
            one->mutable_stage()->set_pipeline(
                static_cast<std::uint32_t>(event.stage->pipeline.value));
            one->mutable_stage()->set_stage(static_cast<std::uint32_t>(event.stage->stage));
        }
        one->set_text(event.text);
    }
    return to;
}

LiveStatus fromWire(const wire::LiveStatus& from)
{
    LiveStatus to;
    to.release = oneLine(from.release());
    to.incarnation = from.incarnation();
    to.at = from.at();
    to.upSeconds = from.up_seconds();
    to.state = enumerator(from.state(), ServiceState::Draining);
    to.dilation = from.dilation();
    to.accepted = from.accepted();
    to.answered = from.answered();
    to.failed = from.failed();
    to.inFlight = from.in_flight();
    to.lost = from.lost();
    to.resent = from.resent();
    to.duplicates = from.duplicates();
    to.throughput = from.throughput();
    to.latency = summary(from.latency());
    to.gatewayPeakMemory = {from.gateway_peak_memory()};
    to.refusedConnections = from.refused_connections();
    to.deadlines = from.deadlines();
    to.lateDeadlines = from.late_deadlines();
    for (const wire::PipelineStatus& pipeline : from.pipelines())
        to.pipelines.push_back(fromWire(pipeline));
    for (const wire::Event& event : from.events())
        to.events.push_back({event.number(), event.at(),
                             enumerator(event.kind(), EventKind::Drained), stageOf(event),
                             oneLine(event.text())});
    return to;
}

Result<wire::Hello> receiveHello(Channel& channel, const Limit& limit)
{
    return receiveMessage<wire::Hello>(channel, FrameKind::Hello, limit);
}

Result<wire::Hello> greet(Channel& channel, const wire::Hello& hello, const Limit& limit)
{
    if (auto sent = channel.send(FrameKind::Hello, hello.SerializeAsString(), limit); !sent)
        return tl::unexpected(sent.error());
    auto welcome = receiveHello(channel, limit);
    if (welcome && !welcome->error().empty())
        return fail(ErrorCode::AuthFailed, "{} refuses: {}", channel.peer(), welcome->error());
    return welcome;
}

Result<Greeted> dialAndGreet(const TlsContext& tls, const Endpoint& endpoint, const Peer& peer,
                             Buffers buffers, const wire::Hello& hello, const Limit& limit)
{
    while (true) {
        auto connection = Connection::dial(tls, endpoint, peer, buffers, limit);
        if (!connection)
            return tl::unexpected(connection.error());
        Channel channel(std::move(*connection));
        auto welcome = greet(channel, hello, limit);
        if (welcome)
            return Greeted{std::move(channel), std::move(*welcome)};
        if (welcome.error().code != ErrorCode::Network || Clock::now() >= limit.deadline)
            return tl::unexpected(welcome.error());
    }
}

Result<wire::Reply> ask(Channel& channel, const wire::Command& command, const Limit& limit)
{
    if (auto sent = channel.send(FrameKind::Command, command.SerializeAsString(), limit); !sent)
        return tl::unexpected(sent.error());
    auto reply = receiveMessage<wire::Reply>(channel, FrameKind::Reply, limit);
    if (reply && !reply->error().empty())
        return fail(ErrorCode::Internal, "{}: {}", channel.peer(), reply->error());
    return reply;
}

Result<wire::Command> receiveCommand(Channel& channel, const Limit& limit)
{
    return receiveMessage<wire::Command>(channel, FrameKind::Command, limit);
}

std::uint64_t randomNumber()
{
    std::random_device device;
    const std::uint64_t high = device(), low = device();
    return (high << 32 | low) | 1;
}

double wallClock()
{
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

} // namespace millrace::runtime
