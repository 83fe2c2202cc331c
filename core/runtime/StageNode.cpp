// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/StageNode.h"

#include "base/CpuTime.h"
#include "runtime/ProcessMemory.h"

#include <sys/resource.h>

#include <algorithm>

namespace millrace::runtime
{
namespace
{

constexpr std::chrono::milliseconds kRetry{100};
constexpr std::chrono::seconds kDialTime{5};
constexpr std::chrono::minutes kSendTime{10}; ///< with back-pressure: a slow pipeline is no error
constexpr std::size_t kPoolSize = 16;

Seconds since(Clock::time_point begin)
{
    return {std::chrono::duration<double>(Clock::now() - begin).count()};
}

Clock::duration span(double seconds)
{
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

double processCpuSeconds()
{
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

} // namespace

std::vector<std::byte> BufferPool::take(std::size_t bytes)
{
    const std::lock_guard lock(m_mutex);
    auto best = m_free.end();
    for (auto at = m_free.begin(); at != m_free.end(); ++at)
        if (at->size() >= bytes && (best == m_free.end() || at->size() < best->size()))
            best = at;
    if (best == m_free.end())
        return {};
    std::vector<std::byte> buffer = std::move(*best);
    m_free.erase(best);
    return buffer;
}

void BufferPool::give(std::vector<inference::NamedTensor>& tensors)
{
    const std::lock_guard lock(m_mutex);
    for (inference::NamedTensor& tensor : tensors)
        if (!tensor.tensor.data.empty() && m_free.size() < kPoolSize)
            m_free.push_back(std::move(tensor.tensor.data));
}

void StageCounters::reset()
{
    const std::lock_guard lock(m_mutex);
    Counts fresh;
    fresh.plain.stale = m_counts.plain.stale;
    fresh.plain.streamBreaks = m_counts.plain.streamBreaks;
    fresh.plain.refusedConnections = m_counts.plain.refusedConnections;
    fresh.plain.refusedFrames = m_counts.plain.refusedFrames;
    fresh.plain.lastRefusal = m_counts.plain.lastRefusal;
    m_counts = std::move(fresh);
}

StageMetrics StageCounters::metrics() const
{
    const std::lock_guard lock(m_mutex);
    StageMetrics metrics = m_counts.plain;
    metrics.compute = m_counts.compute.summary();
    metrics.hostCompute = m_counts.hostCompute.summary();
    metrics.transfer = m_counts.transfer.summary();
    metrics.queueWait = m_counts.queueWait.summary();
    metrics.backPressure = m_counts.backPressure.summary();
    metrics.deadlines = m_counts.deadlines.all;
    metrics.lateDeadlines = m_counts.deadlines.late;
    const ProcessMemory memory = processMemory();
    metrics.peakMemory = memory.peak;
    metrics.memory = memory.now;
    metrics.cpuSeconds = processCpuSeconds();
    return metrics;
}

StageNode::StageNode(const StageConfig& config, inference::Session session, TlsContext tls,
                     const LogSink& log)
    : m_config(config), m_session(std::move(session)), m_tls(std::move(tls)), m_log(log)
{
    if (config.node.pace)
        m_pace.emplace(config.node);
}

void StageNode::warmUp()
{
    std::vector<inference::NamedTensor> feeds;
    for (const PortInfo& port : m_config.inputs) {
        std::vector<std::int64_t> shape = port.shape;
        std::replace(shape.begin(), shape.end(), std::int64_t{-1}, std::int64_t{1});
        auto tensor = inference::randomTensor(port.dtype, shape, 1);
        if (!tensor)
            return;
        feeds.push_back({port.name, std::move(*tensor)});
    }
    if (const auto ran = m_session.runInPlace(feeds, m_end.get_token()); !ran)
        m_log("warm-up: " + ran.error().message);
}

Result<void> StageNode::run(std::stop_token stop)
{
    const Buffers buffers = buffersFor(m_config.node.arrivingPace, m_config.node.dilation);
    auto listener = Listener::open(m_config.node.listen, buffers);
    if (!listener)
        return tl::unexpected(listener.error());
    m_log(fmt::format("stage {} on {} is ready, port {}", m_config.stage, m_config.device,
                      listener->port()));
    const std::stop_callback ended(stop, [this] { m_end.request_stop(); });
    std::jthread sending([this] { sendAll(m_end.get_token()); });
    std::jthread computing([this] { computeAll(m_end.get_token()); });
    {
        const Door door(
            std::move(*listener), m_tls, m_config.node.release,
            [this](Channel channel, const wire::Hello& hello, const std::stop_token& own) {
                serve(std::move(channel), hello, own);
            },
            [this](const std::string& why) { refused(why); });
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any ending;
        ending.wait(lock, m_end.get_token(), [] { return false; });
    }
    m_log(fmt::format("stage {} ends", m_config.stage));
    return {};
}

void StageNode::refused(const std::string& why)
{
    m_counters.change([&](auto& counts) {
        ++counts.plain.refusedConnections;
        counts.plain.lastRefusal = oneLine(why);
    });
    m_log("refused a connection: " + why);
}

std::string StageNode::whyNot(const Channel& channel, const wire::Hello& hello) const
{
    const bool isLast = !m_config.next;
    switch (hello.purpose()) {
    case wire::DATA:
        return channel.peer() == m_config.previous.name ? "" : "not the stage before";
    case wire::CONTROL:
        return channel.peer() == m_config.gateway.name ? "" : "not the gateway";
    case wire::RESULTS:
        return channel.peer() == m_config.gateway.name && isLast ? "" : "no results for this peer";
    default:
        return "no such purpose here";
    }
}

void StageNode::serve(Channel channel, const wire::Hello& hello, const std::stop_token& stop)
{
    const std::string why = whyNot(channel, hello);
    if (!why.empty())
        refused(channel.peer() + ": " + why);
    if (!answerHello(channel, m_incarnation, why, stop) || !why.empty())
        return;
    if (hello.purpose() == wire::CONTROL)
        obey(std::move(channel), stop);
    else if (hello.purpose() == wire::RESULTS)
        m_results.give(std::move(channel), stop);
    else
        receiveAll(std::move(channel), stop);
}

void StageNode::receiveAll(Channel channel, const std::stop_token& stop)
{
    std::stop_source own;
    {
        // The newest stream counts: the one before is of a peer that dialled again.
        const std::lock_guard lock(m_streamMutex);
        m_stream.request_stop();
        m_stream = own;
    }
    const std::lock_guard lock(m_receiving);
    const std::stop_callback ended(stop, [&own] { own.request_stop(); });
    FrameLimits limits;
    limits.kinds = {FrameKind::Tensors, FrameKind::Failure};
    limits.payloadBytes = largestPayload(m_config.arriving, m_config.node.maxFrameBytes);
    while (true) {
        auto work = receiveOne(channel, limits, own.get_token());
        if (!work) {
            m_counters.change([&](auto& counts) {
                ++counts.plain.streamBreaks;
                if (work.error().code == ErrorCode::ParseError) {
                    ++counts.plain.refusedFrames;
                    counts.plain.lastRefusal = work.error().message;
                }
            });
            if (!stop.stop_requested())
                m_log(channel.peer() + ": " + work.error().message);
            return;
        }
        if (isStale(work->epoch)) {
            m_counters.change([](auto& counts) { ++counts.plain.stale; });
            continue;
        }
        m_epoch = work->epoch;
        if (!m_toCompute.give(std::move(*work), own.get_token()))
            return;
    }
}

Result<StageNode::Work> StageNode::receiveOne(Channel& channel, const FrameLimits& limits,
                                              const std::stop_token& stop)
{
    const auto incoming = channel.receive(limits, {stop});
    if (!incoming)
        return tl::unexpected(incoming.error());
    Work work;
    if (incoming->header.kind == FrameKind::Failure) {
        const auto failure = decodeFailure(incoming->meta);
        if (!failure)
            return tl::unexpected(failure.error());
        work.request = failure->request;
        work.epoch = failure->epoch;
        work.failure = failure->message;
        work.arrived = work.ready = Clock::now();
        return work;
    }
    const auto header = decodeTensors(incoming->meta, incoming->header.payloadBytes);
    if (!header)
        return tl::unexpected(header.error());
    if (const auto fits = checkPorts(*header, m_config.arriving); !fits)
        return fail(ErrorCode::ParseError, "malformed: {}", fits.error().message);
    auto tensors = receiveTensors(channel, *header, stop,
                                  [this](std::size_t bytes) { return m_pool.take(bytes); });
    if (!tensors)
        return tl::unexpected(tensors.error());
    work.request = header->request;
    work.epoch = header->epoch;
    work.arrived = Clock::now();
    work.ready = work.arrived + span(m_config.node.delay.value * m_config.node.dilation);
    for (inference::NamedTensor& tensor : *tensors) {
        const bool isInput =
            std::any_of(m_config.inputs.begin(), m_config.inputs.end(),
                        [&](const PortInfo& port) { return port.name == tensor.name; });
        (isInput ? work.feeds : work.relayed).push_back(std::move(tensor));
    }
    m_counters.change([&](auto& counts) {
        ++counts.plain.received;
        counts.plain.bytesIn += incoming->header.payloadBytes;
        if (incoming->arrival == Connection::Arrival::Waited) {
            counts.transfer.record(since(incoming->begun));
            countArrival(m_config.node, *incoming, counts.deadlines);
        }
    });
    return work;
}

void StageNode::obey(Channel channel, const std::stop_token& stop)
{
    while (true) {
        const auto command = receiveCommand(channel, {stop});
        if (!command)
            return;
        wire::Reply reply;
        if (command->what() == wire::Command::RESET)
            m_counters.reset();
        else if (command->what() != wire::Command::METRICS &&
                 command->what() != wire::Command::SHUTDOWN)
            reply.set_error("a stage knows no such command");
        StageMetrics metrics = m_counters.metrics();
        metrics.incarnation = m_incarnation;
        *reply.mutable_metrics() = toWire(metrics);
        if (!channel.send(FrameKind::Reply, reply.SerializeAsString(),
                          Limit::within(kDialTime, stop)))
            return;
        if (command->what() == wire::Command::SHUTDOWN)
            m_end.request_stop();
    }
}

void StageNode::computeAll(const std::stop_token& stop)
{
    while (auto work = m_toCompute.take(stop)) {
        if (!sleepUntil(work->ready, stop))
            return;
        if (isStale(work->epoch)) {
            m_counters.change([](auto& counts) { ++counts.plain.stale; });
            continue;
        }
        const Seconds waited = since(work->ready);
        Outgoing outgoing = compute(std::move(*work), stop);
        const auto computed = Clock::now();
        if (!m_toSend.give(std::move(outgoing), stop))
            return;
        m_counters.change([&](auto& counts) {
            counts.queueWait.record(waited);
            counts.backPressure.record(since(computed));
        });
    }
}

StageNode::Outgoing StageNode::compute(Work work, const std::stop_token& stop)
{
    Outgoing outgoing{
        work.request,           work.epoch, {}, std::move(work.feeds), std::move(work.relayed),
        std::move(work.failure)};
    if (outgoing.failure)
        return outgoing;
    const auto begun = Clock::now();
    // ONNX Runtime with one thread runs in this one.
    const Seconds before = threadCpuTime();
    auto outputs = m_session.runInPlace(outgoing.feeds, stop);
    const Seconds cpu = threadCpuTime() - before;
    if (m_config.computeFactor > 0)
        hold(begun, cpu, stop);
    m_counters.change([&](auto& counts) {
        ++(outputs ? counts.plain.computed : counts.plain.failed);
        counts.compute.record(since(begun));
        counts.hostCompute.record(cpu);
    });
    if (outputs)
        outgoing.outputs = std::move(*outputs);
    else
        outgoing.failure = fmt::format("stage {} on {}: {}", m_config.stage, m_config.device,
                                       outputs.error().message);
    return outgoing;
}

/// A slow device's run ends when the CPU time that it took here, stretched, is over.
void StageNode::hold(Clock::time_point begun, Seconds cpu, const std::stop_token& stop)
{
    const auto deadline = begun + span(cpu.value * m_config.computeFactor * m_config.node.dilation);
    m_counters.change(
        [&](auto& counts) { counts.deadlines.count(deadline, m_config.node.tolerance); });
    if (deadline > Clock::now())
        (void)sleepUntil(deadline, stop); // the stop is seen by whoever waits next
}

void StageNode::sendAll(const std::stop_token& stop)
{
    while (auto outgoing = m_toSend.take(stop)) {
        while (!stop.stop_requested() && !isStale(outgoing->epoch)) {
            if (!connect(stop))
                continue;
            const auto sent = send(*outgoing, stop);
            if (sent)
                break;
            m_out.reset();
            if (stop.stop_requested())
                return;
            m_counters.change([](auto& counts) { ++counts.plain.streamBreaks; });
            m_log("sending: " + sent.error().message);
        }
        m_pool.give(outgoing->feeds);
        m_pool.give(outgoing->relayed);
    }
}

/// To where the answers go; false after a short wait when nobody is there yet.
bool StageNode::connect(const std::stop_token& stop)
{
    if (m_out && m_out->isGone())
        m_out.reset();
    if (m_out)
        return true;
    if (!m_config.next) {
        auto results = m_results.take(stop);
        if (results && !results->isGone())
            m_out.emplace(std::move(*results));
        return m_out.has_value();
    }
    const Buffers buffers = buffersFor(m_config.node.pace, m_config.node.dilation);
    auto connection = Connection::dial(m_tls, m_config.nextEndpoint, *m_config.next, buffers,
                                       Limit::within(kDialTime, stop));
    if (connection) {
        Channel channel(std::move(*connection));
        wire::Hello hello;
        hello.set_release(m_config.node.release);
        hello.set_purpose(wire::DATA);
        if (greet(channel, hello, Limit::within(kDialTime, stop))) {
            m_out.emplace(std::move(channel));
            return true;
        }
    }
    (void)sleepUntil(Clock::now() + kRetry, stop);
    return false;
}

Result<void> StageNode::send(const Outgoing& outgoing, const std::stop_token& stop)
{
    const Limit limit = Limit::within(kSendTime, stop);
    if (outgoing.failure)
        return m_out->send(FrameKind::Failure,
                           encodeFailure({outgoing.request, outgoing.epoch, *outgoing.failure}),
                           limit);
    std::vector<inference::TensorView> views = outgoing.outputs.tensors();
    for (const std::string& name : m_config.relayed)
        for (const auto* list : {&outgoing.feeds, &outgoing.relayed})
            for (const inference::NamedTensor& tensor : *list)
                if (tensor.name == name)
                    views.push_back(inference::viewOf(tensor));
    std::vector<std::span<const std::byte>> payload;
    std::uint64_t bytes = 0;
    for (const inference::TensorView& view : views) {
        payload.push_back(view.data);
        bytes += view.data.size();
    }
    const auto sent = m_out->send(FrameKind::Tensors,
                                  encodeTensors(describe(outgoing.request, outgoing.epoch, views)),
                                  payload, limit, m_pace ? &*m_pace : nullptr);
    if (sent)
        m_counters.change([&](auto& counts) {
            ++counts.plain.sent;
            counts.plain.bytesOut += bytes;
        });
    return sent;
}

Result<void> runStage(const StageConfig& config, const std::filesystem::path& folder,
                      std::stop_token stop, const LogSink& log)
{
    std::vector<Peer> peers{config.previous};
    if (config.gateway != config.previous)
        peers.push_back(config.gateway);
    if (config.next)
        peers.push_back(*config.next);
    auto tls = openTls(config.node, folder, std::move(peers));
    if (!tls)
        return tl::unexpected(tls.error());
    inference::SessionOptions options;
    options.threads = config.threads;
    options.allocation = inference::Allocation::KeptForRuns;
    log(fmt::format("stage {} on {} loads {}", config.stage, config.device, config.modelFile));
    auto session = inference::Session::fromFile(folder / config.modelFile, options);
    if (!session)
        return inContext(config.modelFile, session.error());
    StageNode node(config, std::move(*session), std::move(*tls), log);
    node.warmUp();
    return node.run(std::move(stop));
}

} // namespace millrace::runtime
