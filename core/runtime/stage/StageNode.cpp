// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/stage/StageNode.h"

#include "base/CpuTime.h"
#include "base/Guarded.h"

#include <algorithm>

namespace millrace::runtime
{
namespace
{

constexpr std::chrono::seconds kReplyTime{5};

Seconds since(Clock::time_point begin)
{
    return {std::chrono::duration<double>(Clock::now() - begin).count()};
}

Clock::duration span(double seconds)
{
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

} // namespace

bool StageFlow::dropsStale(const Epoch& epoch)
{
    const bool isStale = intake([&](const StageIntake& known) { return known.isStale(epoch); });
    if (isStale)
        counters.change([](auto& counts) { ++counts.plain.stale; });
    return isStale;
}

std::string StageFlow::name() const
{
    return fmt::format("stage {} on {}", config.stage.stage + 1, config.device);
}

StageNode::StageNode(const StageConfig& config, inference::Session session, TlsContext tls,
                     const LogSink& log)
    : m_config(config), m_session(std::move(session)), m_tls(tls), m_log(log),
      m_incarnation(randomNumber()), m_flow(config, log), m_receiver(m_flow),
      m_sender(m_flow, std::move(tls))
{
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

std::jthread StageNode::thread(const char* what, std::function<void(const std::stop_token&)> work)
{
    return std::jthread([this, what, work = std::move(work)] {
        auto done = guarded(what, [&] { work(m_end.get_token()); });
        if (done)
            return;
        const std::lock_guard lock(m_mutex);
        m_outcome = std::move(done);
        m_end.request_stop();
    });
}

Result<void> StageNode::run(std::stop_token stop)
{
    const Buffers buffers = buffersFor(m_config.node.arrivingPace, m_config.node.dilation);
    auto listener = Listener::open(m_config.node.listen, buffers);
    if (!listener)
        return tl::unexpected(listener.error());
    m_log(fmt::format("{} is ready, port {}", m_flow.name(), listener->port()));
    const std::stop_callback ended(stop, [this] { m_end.request_stop(); });
    const auto sending =
        thread("sending", [this](const std::stop_token& end) { m_sender.sendAll(end); });
    const auto computing =
        thread("computing", [this](const std::stop_token& end) { computeAll(end); });
    {
        const Door door(
            std::move(*listener), m_tls, m_config.node.release,
            [this](Channel channel, const wire::Hello& hello, const std::stop_token& own) {
                serve(std::move(channel), hello, own);
            },
            [this](const std::string& why, std::uint64_t times) { refused(why, times); });
        std::unique_lock lock(m_mutex);
        std::condition_variable_any ending;
        ending.wait(lock, m_end.get_token(), [] { return false; });
    }
    m_log(m_flow.name() + " ends");
    const std::lock_guard lock(m_mutex);
    return m_outcome;
}

void StageNode::refused(const std::string& why, std::uint64_t times)
{
    m_flow.counters.change([&](auto& counts) {
        counts.plain.refusedConnections += times;
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
        refused(channel.peer() + ": " + why, 1);
    wire::Hello answer;
    answer.set_incarnation(m_incarnation);
    answer.set_error(why);
    if (!answerHello(channel, answer, stop) || !why.empty())
        return;
    if (hello.purpose() == wire::CONTROL)
        obey(std::move(channel), stop);
    else if (hello.purpose() == wire::RESULTS)
        m_sender.offer(std::move(channel));
    else
        m_receiver.receiveAll(std::move(channel), stop);
}

StageMetrics StageNode::metrics()
{
    StageMetrics metrics = m_flow.counters.metrics();
    metrics.incarnation = m_incarnation;
    metrics.streamBreaks = m_flow.intake([](const StageIntake& intake) { return intake.losses(); });
    return metrics;
}

void StageNode::obey(Channel channel, const std::stop_token& stop)
{
    while (true) {
        const auto command = receiveCommand(channel, {stop});
        if (!command)
            return;
        wire::Reply reply;
        if (command->what() == wire::Command::RESET)
            m_flow.counters.reset();
        else if (command->what() != wire::Command::METRICS &&
                 command->what() != wire::Command::SHUTDOWN)
            reply.set_error("a stage knows no such command");
        *reply.mutable_metrics() = toWire(metrics());
        if (!channel.send(FrameKind::Reply, reply.SerializeAsString(),
                          Limit::within(kReplyTime, stop)))
            return;
        if (command->what() == wire::Command::SHUTDOWN)
            m_end.request_stop();
    }
}

void StageNode::computeAll(const std::stop_token& stop)
{
    while (auto work = m_flow.toCompute.take(stop)) {
        if (!sleepUntil(work->ready, stop))
            return;
        if (m_flow.dropsStale(work->epoch))
            continue;
        const Seconds waited = since(work->ready);
        Outgoing outgoing = compute(std::move(*work), stop);
        const auto computed = Clock::now();
        if (!m_flow.toSend.give(std::move(outgoing), stop))
            return;
        m_flow.counters.change([&](auto& counts) {
            counts.queueWait.record(waited);
            counts.backPressure.record(since(computed));
        });
    }
}

Outgoing StageNode::compute(Work work, const std::stop_token& stop)
{
    Outgoing outgoing{
        work.request,           work.epoch, {}, std::move(work.feeds), std::move(work.relayed),
        std::move(work.failure)};
    if (outgoing.failure)
        return outgoing;
    const auto begun = Clock::now();
    // ONNX Runtime with one thread runs in this one.
    const Seconds before = threadCpuTime();
    auto outputs = guarded("computing", [&] { return m_session.runInPlace(outgoing.feeds, stop); });
    const Seconds cpu = threadCpuTime() - before;
    if (m_config.computeFactor > 0)
        hold(begun, cpu, stop);
    m_flow.counters.change([&](auto& counts) {
        ++(outputs ? counts.plain.computed : counts.plain.failed);
        counts.compute.record(since(begun));
        counts.hostCompute.record(cpu);
    });
    if (outputs)
        outgoing.outputs = std::move(*outputs);
    else
        outgoing.failure = fmt::format("{}: {}", m_flow.name(), outputs.error().message);
    return outgoing;
}

/// A slow device's run ends when the CPU time that it took here, stretched, is over.
void StageNode::hold(Clock::time_point begun, Seconds cpu, const std::stop_token& stop)
{
    const auto deadline = begun + span(cpu.value * m_config.computeFactor * m_config.node.dilation);
    m_flow.counters.change(
        [&](auto& counts) { counts.deadlines.count(deadline, m_config.node.tolerance); });
    if (deadline > Clock::now())
        (void)sleepUntil(deadline, stop); // the stop is seen by whoever waits next
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
    log(fmt::format("stage {} on {} loads {}", config.stage.stage + 1, config.device,
                    config.modelFile));
    auto session = inference::Session::fromFile(folder / config.modelFile, options);
    if (!session)
        return inContext(config.modelFile, session.error());
    StageNode node(config, std::move(*session), std::move(*tls), log);
    node.warmUp();
    return node.run(std::move(stop));
}

} // namespace millrace::runtime
