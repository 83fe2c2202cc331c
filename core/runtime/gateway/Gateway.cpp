// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/gateway/Gateway.h"

#include "base/Guarded.h"
#include "runtime/ProcessMemory.h"

#include <algorithm>

namespace millrace::runtime
{
namespace
{

constexpr std::chrono::seconds kPatience{5};
constexpr std::chrono::seconds kSweep{1};
constexpr std::size_t kMaxEventsTold = 200;
constexpr std::size_t kMostAskers = 32;

Summary scaled(Summary summary, double dilation)
{
    for (double* figure : {&summary.sum, &summary.p50, &summary.p95, &summary.p99, &summary.max})
        *figure /= dilation;
    return summary;
}

} // namespace

Gateway::Gateway(const GatewayConfig& config, TlsContext tls, const LogSink& log)
    : m_config(config), m_shared(config, std::move(tls), log), m_desk(m_shared),
      m_pipeline(m_shared, PipelineId(), config.pipelines.front().stages)
{
    StageRef stage;
    for (const PipelineAddresses& pipeline : config.pipelines) {
        stage.stage = 0;
        for (const StageAddress& address : pipeline.stages) {
            m_stages.emplace_back(m_shared, stage, address);
            ++stage.stage;
        }
        ++stage.pipeline.value;
    }
    m_shared.tell(EventKind::Started, {}, "the gateway started");
}

std::jthread Gateway::thread(const char* what, std::function<void(const std::stop_token&)> work)
{
    return std::jthread([this, what, work = std::move(work)] {
        auto done = guarded(what, [&] { work(m_end.get_token()); });
        if (done)
            return;
        const std::lock_guard lock(m_shared.mutex);
        m_outcome = std::move(done);
        m_end.request_stop();
    });
}

Result<void> Gateway::run(std::stop_token stop)
{
    auto listener = Listener::open(m_config.node.listen, Buffers{});
    if (!listener)
        return tl::unexpected(listener.error());
    m_shared.log(fmt::format("the gateway listens on port {}", listener->port()));
    const std::stop_callback ended(stop, [this] { m_end.request_stop(); });
    const std::stop_token end = m_end.get_token();
    std::vector<std::jthread> threads;
    threads.push_back(thread("feeding", [this](const auto& token) { m_pipeline.feed(token); }));
    threads.push_back(
        thread("taking answers", [this](const auto& token) { m_pipeline.takeAnswers(token); }));
    for (StageWatch& stage : m_stages)
        threads.push_back(
            thread("watching a stage", [&stage](const auto& token) { stage.watch(token); }));
    {
        const Door door(
            std::move(*listener), m_shared.tls, m_config.node.release,
            [this](Channel channel, const wire::Hello& hello, const std::stop_token& own) {
                serve(std::move(channel), hello, own);
            },
            [this](const std::string& why, std::uint64_t times) { m_shared.refused(why, times); });
        while (!end.stop_requested()) {
            m_shared.logEvents();
            m_desk.sweep();
            std::unique_lock lock(m_shared.mutex);
            m_shared.changed.wait_for(lock, end, kSweep,
                                      [this] { return m_shared.lastEvent != m_shared.lastLogged; });
        }
    }
    m_shared.logEvents();
    m_shared.log("the gateway ends");
    threads.clear();
    return m_outcome;
}

void Gateway::serve(Channel channel, const wire::Hello& hello, const std::stop_token& stop)
{
    const bool isClient =
        std::any_of(m_config.clients.begin(), m_config.clients.end(),
                    [&](const Peer& client) { return client.name == channel.peer(); });
    if (isClient && hello.purpose() == wire::ANSWERS)
        return m_desk.serveAnswers(std::move(channel), hello, stop);
    if (isClient && hello.purpose() == wire::SUBMIT)
        return m_desk.serveRequests(std::move(channel), hello, stop);
    if (isClient && hello.purpose() == wire::STATUS)
        return greetAndObey(std::move(channel), hello, stop);
    wire::Hello answer;
    answer.set_error(isClient ? "no such purpose here" : "only clients are let in here");
    m_shared.refused(channel.peer() + ": " + answer.error(), 1);
    (void)answerHello(channel, answer, stop);
}

void Gateway::greetAndObey(Channel channel, const wire::Hello&, const std::stop_token& stop)
{
    std::list<Asker>::iterator asker;
    {
        const std::lock_guard lock(m_shared.mutex);
        if (m_askers.size() >= kMostAskers)
            std::min_element(m_askers.begin(), m_askers.end(), [](const Asker& a, const Asker& b) {
                return std::pair(a.stop.stop_requested(), a.lastAt) <
                       std::pair(b.stop.stop_requested(), b.lastAt);
            })->stop.request_stop();
        asker = m_askers.emplace(m_askers.end());
    }
    {
        const std::stop_callback ends(stop, [&asker] { asker->stop.request_stop(); });
        wire::Hello answer;
        answer.set_incarnation(m_shared.incarnation);
        if (answerHello(channel, answer, stop))
            obey(channel, *asker, asker->stop.get_token());
    }
    const std::lock_guard lock(m_shared.mutex);
    m_askers.erase(asker);
}

void Gateway::obey(Channel& channel, Asker& asker, const std::stop_token& stop)
{
    while (true) {
        const auto command = receiveCommand(channel, {stop});
        if (!command)
            return;
        {
            const std::lock_guard lock(m_shared.mutex);
            asker.lastAt = Clock::now();
        }
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
        const std::lock_guard lock(m_shared.mutex);
        m_shared.ledger.drain();
        m_shared.tell(EventKind::Drained, {}, "the release takes no new requests");
        break;
    }
    default:
        reply.set_error("a gateway knows no such command");
    }
    return reply;
}

void Gateway::waitForStages(std::unique_lock<std::mutex>& lock, const std::stop_token& stop)
{
    m_shared.changed.notify_all();
    m_shared.changed.wait_for(lock, stop, std::chrono::seconds(2), [this] {
        return std::all_of(m_stages.begin(), m_stages.end(),
                           [](const StageWatch& stage) { return stage.isDone(); });
    });
}

void Gateway::resetAll(const std::stop_token& stop)
{
    std::unique_lock lock(m_shared.mutex);
    m_shared.answers.reset();
    m_shared.lastHop = {};
    m_shared.lastHopBytes = m_shared.lastHopFrames = 0;
    m_shared.deadlines = {};
    for (StageWatch& stage : m_stages)
        stage.wantReset();
    waitForStages(lock, stop);
}

void Gateway::shutDownStages(const std::stop_token& stop)
{
    std::unique_lock lock(m_shared.mutex);
    m_shared.ledger.drain();
    m_shared.isEnding = true;
    for (StageWatch& stage : m_stages)
        stage.wantShutDown();
    waitForStages(lock, stop);
}

LiveStatus Gateway::status(std::uint64_t eventsAfter)
{
    const std::lock_guard lock(m_shared.mutex);
    const auto now = Clock::now();
    const double dilation = m_config.node.dilation;
    const RequestLedger::Counts& counts = m_shared.ledger.counts();
    LiveStatus status;
    status.release = m_config.node.release;
    status.incarnation = m_shared.incarnation;
    status.at = wallClock();
    status.upSeconds = std::chrono::duration<double>(now - m_started).count();
    status.dilation = dilation;
    status.accepted = counts.accepted;
    status.answered = counts.answered;
    status.failed = counts.failed;
    status.lost = counts.lost;
    status.resent = counts.resent;
    status.duplicates = counts.duplicates;
    status.inFlight = m_shared.ledger.inFlight();
    status.throughput = m_shared.answers.throughput(now) * dilation;
    status.latency = scaled(m_shared.answers.latency(), dilation);
    status.gatewayPeakMemory = processMemory().peak;
    status.refusedConnections = m_shared.refusedConnections;
    status.deadlines = m_shared.deadlines.all;
    status.lateDeadlines = m_shared.deadlines.late;
    addStages(status);
    for (const Event& event : m_shared.events)
        if (event.number > eventsAfter)
            status.events.push_back(event);
    if (status.events.size() > kMaxEventsTold)
        status.events.erase(status.events.begin(),
                            status.events.end() - static_cast<std::ptrdiff_t>(kMaxEventsTold));
    return status;
}

void Gateway::addStages(LiveStatus& status) const
{
    const double dilation = status.dilation;
    bool allUp = true, allWereUp = true;
    for (const StageWatch& watched : m_stages) {
        allUp = allUp && watched.status().up;
        allWereUp = allWereUp && watched.wasUp();
        status.pipelines.resize(watched.at().pipeline.index() + 1);
        PipelineStatus& pipeline = status.pipelines.back();
        StageStatus stage = watched.status();
        StageMetrics& metrics = stage.metrics;
        for (Summary* figure : {&metrics.compute, &metrics.hostCompute, &metrics.transfer,
                                &metrics.queueWait, &metrics.backPressure})
            *figure = scaled(*figure, dilation);
        status.deadlines += metrics.deadlines;
        status.lateDeadlines += metrics.lateDeadlines;
        const std::uint64_t bytes = metrics.received == 0 ? 0 : metrics.bytesIn / metrics.received;
        const std::string& from =
            pipeline.stages.empty() ? m_config.device : pipeline.stages.back().device;
        pipeline.hops.push_back({from, stage.device, bytes, metrics.received, metrics.transfer});
        pipeline.stages.push_back(std::move(stage));
    }
    const std::uint64_t frames = m_shared.lastHopFrames;
    for (PipelineStatus& pipeline : status.pipelines)
        pipeline.hops.push_back({pipeline.stages.back().device, m_config.device,
                                 frames == 0 ? 0 : m_shared.lastHopBytes / frames, frames,
                                 scaled(m_shared.lastHop.summary(), dilation)});
    status.state = m_shared.ledger.isDraining() ? ServiceState::Draining
                   : allUp                      ? ServiceState::Serving
                   : allWereUp                  ? ServiceState::Interrupted
                                                : ServiceState::Starting;
}

Result<void> runGateway(const GatewayConfig& config, const std::filesystem::path& folder,
                        std::stop_token stop, const LogSink& log)
{
    std::vector<Peer> peers = config.clients;
    for (const PipelineAddresses& pipeline : config.pipelines)
        for (const StageAddress& stage : pipeline.stages)
            peers.push_back(stage.peer);
    auto tls = openTls(config.node, folder, std::move(peers));
    if (!tls)
        return tl::unexpected(tls.error());
    return Gateway(config, std::move(*tls), log).run(std::move(stop));
}

} // namespace millrace::runtime
