// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/Gateway.h"

namespace millrace::runtime
{
namespace
{

constexpr std::chrono::milliseconds kRetry{100};
constexpr std::chrono::milliseconds kPoll{250};
constexpr std::chrono::milliseconds kReplyTime{700}; ///< with kPoll: a loss shows within a second
constexpr std::chrono::seconds kDialTime{3};
constexpr std::chrono::minutes kSendTime{10};
constexpr std::size_t kMaxEvents = 1000;

} // namespace

void Gateway::tell(EventKind kind, int stage, const std::string& text)
{
    m_events.push_back({++m_lastEvent, wallClock(), kind, stage, oneLine(text)});
    if (m_events.size() > kMaxEvents)
        m_events.pop_front();
    m_log(m_events.back().text);
}

Result<Channel> Gateway::dial(std::size_t stage, wire::Purpose purpose, Buffers buffers,
                              const std::stop_token& stop)
{
    const StageAddress& address = m_config.stages[stage];
    const Limit limit = Limit::within(kDialTime, stop);
    auto connection = Connection::dial(m_tls, address.endpoint, address.peer, buffers, limit);
    if (!connection)
        return tl::unexpected(connection.error());
    Channel channel(std::move(*connection));
    wire::Hello hello;
    hello.set_release(m_config.node.release);
    hello.set_purpose(purpose);
    if (const auto welcome = greet(channel, hello, limit); !welcome)
        return tl::unexpected(welcome.error());
    return channel;
}

void Gateway::sendAgain(const std::string& why)
{
    const auto sentBefore = std::distance(m_pending.begin(), m_pending.lower_bound(m_nextToSend));
    if (sentBefore == 0)
        return;
    ++m_epoch;
    m_nextToSend = m_pending.begin()->first;
    m_counts.resent += static_cast<std::uint64_t>(sentBefore);
    tell(EventKind::Resent, -1, fmt::format("{}: {} requests are sent again", why, sentBefore));
    m_changed.notify_all();
}

void Gateway::feed(const std::stop_token& stop)
{
    std::optional<Channel> out;
    while (!stop.stop_requested()) {
        std::unique_lock lock(m_mutex);
        const auto isDue = [this] {
            return m_pending.lower_bound(m_nextToSend) != m_pending.end();
        };
        if (!m_changed.wait(lock, stop, isDue))
            return;
        lock.unlock();
        if (!connectFirst(out, stop))
            continue;
        lock.lock();
        const auto due = m_pending.lower_bound(m_nextToSend);
        if (due == m_pending.end())
            continue; // its client went away meanwhile
        const auto [id, pending] = *due;
        const std::uint64_t epoch = m_epoch;
        lock.unlock();
        const auto sent = send(*out, id, epoch, *pending, stop);
        lock.lock();
        if (!sent) {
            out.reset();
            if (!stop.stop_requested())
                sendAgain("the first stage's connection broke");
        } else if (epoch == m_epoch) {
            m_nextToSend = id + 1;
        }
    }
}

bool Gateway::connectFirst(std::optional<Channel>& out, const std::stop_token& stop)
{
    if (out && out->isGone())
        out.reset();
    if (out)
        return true;
    auto channel =
        dial(0, wire::DATA, buffersFor(m_config.node.pace, m_config.node.dilation), stop);
    if (channel)
        out.emplace(std::move(*channel));
    else
        (void)sleepUntil(Clock::now() + kRetry, stop);
    return out.has_value();
}

Result<void> Gateway::send(Channel& out, std::uint64_t id, std::uint64_t epoch,
                           const Pending& pending, const std::stop_token& stop)
{
    std::vector<inference::TensorView> views;
    std::vector<std::span<const std::byte>> payload;
    for (const inference::NamedTensor& input : pending.inputs) {
        views.push_back(inference::viewOf(input));
        payload.push_back(views.back().data);
    }
    std::optional<Pace> pace;
    if (m_config.node.pace)
        pace.emplace(m_config.node);
    return out.send(FrameKind::Tensors, encodeTensors(describe(id, epoch, views)), payload,
                    Limit::within(kSendTime, stop), pace ? &*pace : nullptr);
}

void Gateway::takeAnswers(const std::stop_token& stop)
{
    FrameLimits limits;
    limits.kinds = {FrameKind::Tensors, FrameKind::Failure};
    limits.payloadBytes = largestPayload(m_config.outputs, m_config.node.maxFrameBytes);
    while (!stop.stop_requested()) {
        auto channel = dial(m_stages.size() - 1, wire::RESULTS, Buffers{}, stop);
        if (!channel) {
            (void)sleepUntil(Clock::now() + kRetry, stop);
            continue;
        }
        Result<void> taken;
        while (taken)
            taken = takeAnswer(*channel, limits, stop);
        if (stop.stop_requested())
            return;
        const std::lock_guard lock(m_mutex);
        sendAgain("the last stage's connection broke: " + taken.error().message);
    }
}

Result<void> Gateway::takeAnswer(Channel& channel, const FrameLimits& limits,
                                 const std::stop_token& stop)
{
    const auto incoming = channel.receive(limits, {stop});
    if (!incoming)
        return tl::unexpected(incoming.error());
    if (incoming->header.kind == FrameKind::Failure) {
        const auto failure = decodeFailure(incoming->meta);
        if (!failure)
            return tl::unexpected(failure.error());
        answered(failure->request, {{}, failure->message});
        return {};
    }
    const auto header = decodeTensors(incoming->meta, incoming->header.payloadBytes);
    if (!header)
        return tl::unexpected(header.error());
    if (const auto fits = checkPorts(*header, m_config.outputs); !fits)
        return tl::unexpected(fits.error());
    auto outputs = receiveTensors(channel, *header, stop);
    if (!outputs)
        return tl::unexpected(outputs.error());
    const std::chrono::duration<double> transfer = Clock::now() - incoming->begun;
    {
        const std::lock_guard lock(m_mutex);
        ++m_lastHopFrames;
        m_lastHopBytes += incoming->header.payloadBytes;
        if (incoming->arrival == Connection::Arrival::Waited) {
            m_lastHop.record({transfer.count()});
            countArrival(m_config.node, *incoming, m_deadlines);
        }
    }
    if (m_config.node.delay.value > 0)
        if (auto slept = sleepUntil(
                Clock::now() +
                    std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(
                        m_config.node.delay.value * m_config.node.dilation)),
                stop);
            !slept)
            return slept;
    answered(header->request, {std::move(*outputs), {}});
    return {};
}

void Gateway::answered(std::uint64_t id, Reply reply)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_pending.find(id);
    if (found == m_pending.end()) {
        ++m_counts.duplicates;
        return;
    }
    const auto pending = found->second;
    m_pending.erase(found);
    const auto now = Clock::now();
    if (reply.error.empty()) {
        ++m_counts.answered;
        m_answers.add(now, {std::chrono::duration<double>(now - pending->accepted).count()});
    } else {
        ++m_counts.failed;
        tell(EventKind::RequestFailed, -1, reply.error);
    }
    const auto client = m_clients.find(pending->session);
    if (client != m_clients.end())
        client->second.ready.emplace(pending->number, std::move(reply));
    m_changed.notify_all();
}

void Gateway::watch(std::size_t stage, const std::stop_token& stop)
{
    while (!stop.stop_requested()) {
        auto channel = dial(stage, wire::CONTROL, Buffers{}, stop);
        if (channel) {
            const auto ended = watchConnected(stage, *channel, stop);
            if (stop.stop_requested())
                return;
            lost(stage, ended.error().message);
        }
        (void)sleepUntil(Clock::now() + kRetry, stop);
    }
}

/// Asks again and again until an answer fails to come.
Result<void> Gateway::watchConnected(std::size_t stage, Channel& channel,
                                     const std::stop_token& stop)
{
    while (true) {
        wire::Command command;
        command.set_what(nextCommand(stage));
        const auto reply = ask(channel, command, Limit::within(kReplyTime, stop));
        if (!reply)
            return tl::unexpected(reply.error());
        learned(stage, fromWire(reply->metrics()));
        std::unique_lock lock(m_mutex);
        Watched& watched = m_stages[stage];
        if (command.what() == wire::Command::RESET)
            watched.resetsDone = m_resetsWanted;
        if (command.what() == wire::Command::SHUTDOWN)
            watched.shutDown = true;
        m_changed.notify_all();
        m_changed.wait_for(lock, stop, kPoll, [&] {
            return watched.resetsDone != m_resetsWanted || (m_shutDownWanted && !watched.shutDown);
        });
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "cancelled");
    }
}

wire::Command::What Gateway::nextCommand(std::size_t stage)
{
    const std::lock_guard lock(m_mutex);
    if (m_shutDownWanted && !m_stages[stage].shutDown)
        return wire::Command::SHUTDOWN;
    if (m_stages[stage].resetsDone != m_resetsWanted)
        return wire::Command::RESET;
    return wire::Command::METRICS;
}

void Gateway::learned(std::size_t stage, const StageMetrics& metrics)
{
    const std::lock_guard lock(m_mutex);
    Watched& watched = m_stages[stage];
    const StageMetrics before = std::exchange(watched.status.metrics, metrics);
    const std::string name = fmt::format("stage {} on {}", stage + 1, watched.status.device);
    if (!watched.status.up) {
        watched.status.up = true;
        watched.status.changedAt = wallClock();
        tell(EventKind::StageUp, static_cast<int>(stage), name + " is up");
        m_changed.notify_all();
    }
    if (watched.wasUp && before.incarnation != metrics.incarnation)
        sendAgain(name + " started anew");
    else if (watched.wasUp && before.streamBreaks != metrics.streamBreaks)
        sendAgain("a stream of " + name + " broke");
    watched.wasUp = true;
}

void Gateway::lost(std::size_t stage, const std::string& why)
{
    const std::lock_guard lock(m_mutex);
    Watched& watched = m_stages[stage];
    if (!watched.status.up)
        return;
    watched.status.up = false;
    watched.status.changedAt = wallClock();
    tell(EventKind::StageDown, static_cast<int>(stage),
         fmt::format("stage {} on {} is down: {}", stage + 1, watched.status.device, why));
    m_changed.notify_all();
}

} // namespace millrace::runtime
