// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/Gateway.h"

#include "runtime/ProcessMemory.h"

#include <algorithm>
#include <cmath>

namespace millrace::runtime
{
namespace
{

constexpr std::chrono::seconds kPatience{5};
constexpr std::chrono::seconds kThroughputSpan{10};
constexpr std::chrono::seconds kLatencySpan{60};
constexpr std::size_t kMaxEntries = 16'384;
constexpr std::size_t kMaxEventsTold = 200;
constexpr std::chrono::minutes kSlowReader{10};

double secondsBetween(Clock::time_point from, Clock::time_point to)
{
    return std::chrono::duration<double>(to - from).count();
}

Summary scaled(Summary summary, double dilation)
{
    for (double* figure : {&summary.sum, &summary.p50, &summary.p95, &summary.p99, &summary.max})
        *figure /= dilation;
    return summary;
}

} // namespace

void AnswerLog::add(Clock::time_point at, Seconds latency)
{
    m_entries.push_back({at, latency.value});
    while (m_entries.size() > kMaxEntries || m_entries.front().at < at - kLatencySpan)
        m_entries.pop_front();
}

void AnswerLog::reset(Clock::time_point)
{
    m_entries.clear();
}

double AnswerLog::throughput(Clock::time_point now) const
{
    const auto first = std::find_if(m_entries.begin(), m_entries.end(), [&](const Entry& entry) {
        return entry.at >= now - kThroughputSpan;
    });
    const auto count = m_entries.end() - first;
    if (count < 2)
        return 0;
    // Between answers; a pipeline that stands still fades instead of keeping its last pace.
    const double between = secondsBetween(first->at, m_entries.back().at);
    const double quiet = secondsBetween(m_entries.back().at, now);
    const double pace = between / static_cast<double>(count - 1);
    return static_cast<double>(count - 1) / (quiet > 3 * pace ? between + quiet : between);
}

Summary AnswerLog::latency() const
{
    Histogram histogram;
    for (const Entry& entry : m_entries)
        histogram.record({entry.latency});
    return histogram.summary();
}

Gateway::Gateway(const GatewayConfig& config, TlsContext tls, const LogSink& log)
    : m_config(config), m_tls(std::move(tls)), m_log(log)
{
    for (const StageAddress& stage : config.stages) {
        Watched watched;
        watched.status.device = stage.device;
        watched.status.changedAt = wallClock();
        m_stages.push_back(std::move(watched));
    }
    tell(EventKind::Started, -1, "the gateway started");
}

Result<void> Gateway::run(std::stop_token stop)
{
    auto listener = Listener::open(m_config.node.listen, Buffers{});
    if (!listener)
        return tl::unexpected(listener.error());
    m_log(fmt::format("the gateway listens on port {}", listener->port()));
    const std::stop_callback ended(stop, [this] { m_end.request_stop(); });
    const std::stop_token end = m_end.get_token();
    std::vector<std::jthread> threads;
    threads.emplace_back([this, end] { feed(end); });
    threads.emplace_back([this, end] { takeAnswers(end); });
    for (std::size_t stage = 0; stage < m_stages.size(); ++stage)
        threads.emplace_back([this, stage, end] { watch(stage, end); });
    {
        const Door door(
            std::move(*listener), m_tls, m_config.node.release,
            [this](Channel channel, const wire::Hello& hello, const std::stop_token& own) {
                serve(std::move(channel), hello, own);
            },
            [this](const std::string& why) { refused(why); });
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, end, [] { return false; });
    }
    m_log("the gateway ends");
    return {};
}

void Gateway::refused(const std::string& why)
{
    const std::lock_guard lock(m_mutex);
    ++m_counts.refusedConnections;
    tell(EventKind::Refused, -1, "refused a connection: " + why);
}

std::string Gateway::whyNot(const Channel& channel, const wire::Hello& hello)
{
    const bool isClient =
        std::any_of(m_config.clients.begin(), m_config.clients.end(),
                    [&](const Peer& client) { return client.name == channel.peer(); });
    if (!isClient)
        return "only clients are let in here";
    const std::lock_guard lock(m_mutex);
    switch (hello.purpose()) {
    case wire::STATUS:
        return {};
    case wire::ANSWERS:
        // Answers come first: requests of a session that nobody listens for would be lost.
        return m_clients.try_emplace(hello.session()).second ? "" : "this session is taken";
    case wire::SUBMIT:
        return m_clients.contains(hello.session()) ? "" : "no such session";
    default:
        return "no such purpose here";
    }
}

void Gateway::serve(Channel channel, const wire::Hello& hello, const std::stop_token& stop)
{
    const std::string why = whyNot(channel, hello);
    if (!why.empty())
        refused(channel.peer() + ": " + why);
    const auto welcomed = answerHello(channel, m_incarnation, why, stop);
    if (!why.empty())
        return;
    if (hello.purpose() == wire::ANSWERS) {
        if (welcomed)
            giveAnswers(std::move(channel), hello.session(), stop);
        forget(hello.session());
    } else if (welcomed && hello.purpose() == wire::SUBMIT) {
        takeRequests(std::move(channel), hello.session(), stop);
    } else if (welcomed) {
        obey(std::move(channel), stop);
    }
}

void Gateway::takeRequests(Channel channel, std::uint64_t session, const std::stop_token& stop)
{
    FrameLimits limits;
    limits.kinds = {FrameKind::Tensors};
    limits.payloadBytes = largestPayload(m_config.inputs, m_config.node.maxFrameBytes);
    for (std::uint64_t number = 0;; ++number) {
        const auto incoming = channel.receive(limits, {stop});
        auto header = incoming ? decodeTensors(incoming->meta, incoming->header.payloadBytes)
                               : tl::unexpected(incoming.error());
        if (header && header->request != number)
            header = fail(ErrorCode::ParseError, "malformed: request {} where {} was due",
                          header->request, number);
        auto inputs =
            header ? receiveTensors(channel, *header, stop) : tl::unexpected(header.error());
        if (!inputs) {
            if (inputs.error().code == ErrorCode::ParseError)
                refused(channel.peer() + ": " + inputs.error().message);
            return;
        }
        const auto fits = checkPorts(*header, m_config.inputs);
        const std::string error =
            fits ? "" : "the request does not fit the model: " + fits.error().message;
        if (!accept(session, {session, number, std::move(*inputs), Clock::now()}, error, stop))
            return;
    }
}

/// Waits for room; what comes with an error is answered at once. False when the client is gone.
bool Gateway::accept(std::uint64_t session, Pending pending, const std::string& error,
                     const std::stop_token& stop)
{
    const auto most = static_cast<std::size_t>(m_config.maxInFlight);
    std::unique_lock lock(m_mutex);
    const auto hasRoom = [&] {
        const auto client = m_clients.find(session);
        return client == m_clients.end() || m_draining ||
               (m_pending.size() < most &&
                client->second.submitted - client->second.delivered < most);
    };
    if (!m_changed.wait(lock, stop, hasRoom))
        return false;
    const auto client = m_clients.find(session);
    if (client == m_clients.end())
        return false;
    ++client->second.submitted;
    if (!error.empty() || m_draining) {
        client->second.ready.emplace(
            pending.number, Reply{{}, error.empty() ? "the release takes no new requests" : error});
    } else {
        ++m_counts.accepted;
        pending.accepted = Clock::now();
        m_pending.emplace(m_nextId++, std::make_shared<const Pending>(std::move(pending)));
    }
    m_changed.notify_all();
    return true;
}

void Gateway::giveAnswers(Channel channel, std::uint64_t session, const std::stop_token& stop)
{
    while (!stop.stop_requested()) {
        std::unique_lock lock(m_mutex);
        Client& client = m_clients.at(session); // only this thread removes it
        const auto isReady = [&client] { return client.ready.contains(client.delivered); };
        if (!m_changed.wait_for(lock, stop, std::chrono::milliseconds(200), isReady)) {
            lock.unlock();
            if (channel.isGone())
                return;
            continue;
        }
        const std::uint64_t number = client.delivered;
        const Reply reply = std::move(client.ready.extract(number).mapped());
        lock.unlock();
        std::vector<inference::TensorView> views;
        std::vector<std::span<const std::byte>> payload;
        for (const inference::NamedTensor& output : reply.outputs) {
            views.push_back(inference::viewOf(output));
            payload.push_back(views.back().data);
        }
        const Limit limit = Limit::within(kSlowReader, stop);
        const auto sent =
            reply.error.empty()
                ? channel.send(FrameKind::Tensors, encodeTensors(describe(number, 0, views)),
                               payload, limit)
                : channel.send(FrameKind::Failure, encodeFailure({number, 0, reply.error}), limit);
        if (!sent)
            return;
        lock.lock();
        ++client.delivered;
        m_changed.notify_all();
    }
}

/// The client has gone: what it still waits for is dropped, and not sent if it was not yet.
void Gateway::forget(std::uint64_t session)
{
    const std::lock_guard lock(m_mutex);
    m_counts.lost += std::erase_if(
        m_pending, [&](const auto& entry) { return entry.second->session == session; });
    m_clients.erase(session);
    m_changed.notify_all();
}

void Gateway::obey(Channel channel, const std::stop_token& stop)
{
    while (true) {
        const auto command = receiveCommand(channel, {stop});
        if (!command)
            return;
        const wire::Reply reply = execute(*command, stop);
        const auto sent = channel.send(FrameKind::Reply, reply.SerializeAsString(),
                                       Limit::within(kPatience, stop));
        if (command->what() == wire::Command::SHUTDOWN)
            m_end.request_stop();
        if (!sent)
            return;
    }
}

wire::Reply Gateway::execute(const wire::Command& command, const std::stop_token& stop)
{
    wire::Reply reply;
    switch (command.what()) {
    case wire::Command::STATUS:
        *reply.mutable_status() = toWire(status(command.events_after()));
        break;
    case wire::Command::RESET:
        resetAll(stop);
        break;
    case wire::Command::SHUTDOWN:
        shutDownStages(stop);
        break;
    case wire::Command::DRAIN: {
        const std::lock_guard lock(m_mutex);
        m_draining = true;
        m_changed.notify_all();
        tell(EventKind::Drained, -1, "the release takes no new requests");
        break;
    }
    default:
        reply.set_error("a gateway knows no such command");
    }
    return reply;
}

void Gateway::resetAll(const std::stop_token& stop)
{
    std::unique_lock lock(m_mutex);
    m_answers.reset(Clock::now());
    m_lastHop = {};
    m_lastHopBytes = m_lastHopFrames = 0;
    m_deadlines = {};
    ++m_resetsWanted;
    m_changed.notify_all();
    m_changed.wait_for(lock, stop, std::chrono::seconds(2), [this] {
        return std::all_of(m_stages.begin(), m_stages.end(), [this](const Watched& stage) {
            return !stage.status.up || stage.resetsDone == m_resetsWanted;
        });
    });
}

void Gateway::shutDownStages(const std::stop_token& stop)
{
    std::unique_lock lock(m_mutex);
    m_draining = m_shutDownWanted = true;
    m_changed.notify_all();
    m_changed.wait_for(lock, stop, std::chrono::seconds(2), [this] {
        return std::all_of(m_stages.begin(), m_stages.end(),
                           [](const Watched& stage) { return !stage.status.up || stage.shutDown; });
    });
}

LiveStatus Gateway::status(std::uint64_t eventsAfter)
{
    const std::lock_guard lock(m_mutex);
    const auto now = Clock::now();
    const double dilation = m_config.node.dilation;
    LiveStatus status = m_counts;
    status.release = m_config.node.release;
    status.incarnation = m_incarnation;
    status.at = wallClock();
    status.upSeconds = secondsBetween(m_started, now);
    status.dilation = dilation;
    status.inFlight = m_pending.size();
    status.throughput = m_answers.throughput(now) * dilation;
    status.latency = scaled(m_answers.latency(), dilation);
    status.gatewayPeakMemory = processMemory().peak;
    status.deadlines = m_deadlines.all;
    status.lateDeadlines = m_deadlines.late;
    bool allUp = true, allWereUp = true;
    std::string from = m_config.device;
    for (const Watched& watched : m_stages) {
        StageStatus stage = watched.status;
        StageMetrics& metrics = stage.metrics;
        for (Summary* figure : {&metrics.compute, &metrics.hostCompute, &metrics.transfer,
                                &metrics.queueWait, &metrics.backPressure})
            *figure = scaled(*figure, dilation);
        status.deadlines += metrics.deadlines;
        status.lateDeadlines += metrics.lateDeadlines;
        const std::uint64_t bytes = metrics.received == 0 ? 0 : metrics.bytesIn / metrics.received;
        status.hops.push_back({from, stage.device, bytes, metrics.received, metrics.transfer});
        from = stage.device;
        allUp = allUp && stage.up;
        allWereUp = allWereUp && watched.wasUp;
        status.stages.push_back(std::move(stage));
    }
    status.hops.push_back({from, m_config.device,
                           m_lastHopFrames == 0 ? 0 : m_lastHopBytes / m_lastHopFrames,
                           m_lastHopFrames, scaled(m_lastHop.summary(), dilation)});
    status.state = m_draining  ? ServiceState::Draining
                   : allUp     ? ServiceState::Serving
                   : allWereUp ? ServiceState::Interrupted
                               : ServiceState::Starting;
    for (const Event& event : m_events)
        if (event.number > eventsAfter)
            status.events.push_back(event);
    if (status.events.size() > kMaxEventsTold)
        status.events.erase(status.events.begin(),
                            status.events.end() - static_cast<std::ptrdiff_t>(kMaxEventsTold));
    return status;
}

Result<void> runGateway(const GatewayConfig& config, const std::filesystem::path& folder,
                        std::stop_token stop, const LogSink& log)
{
    std::vector<Peer> peers = config.clients;
    for (const StageAddress& stage : config.stages)
        peers.push_back(stage.peer);
    auto tls = openTls(config.node, folder, std::move(peers));
    if (!tls)
        return tl::unexpected(tls.error());
    return Gateway(config, std::move(*tls), log).run(std::move(stop));
}

} // namespace millrace::runtime
