// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/Door.h"
#include "runtime/Node.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <set>

namespace millrace::runtime
{

/// The answers of the last minute, for the figures of now. Not thread-safe.
class AnswerLog
{
public:
    void add(Clock::time_point at, Seconds latency);
    void reset(Clock::time_point now);
    /// Answers per second over the last ten seconds.
    [[nodiscard]] double throughput(Clock::time_point now) const;
    [[nodiscard]] Summary latency() const;

private:
    struct Entry {
        Clock::time_point at;
        double latency;
    };
    std::deque<Entry> m_entries;
};

/// A gateway at work; see runGateway().
class Gateway
{
public:
    Gateway(const GatewayConfig& config, TlsContext tls, const LogSink& log);
    [[nodiscard]] Result<void> run(std::stop_token stop);

private:
    struct Reply {
        std::vector<inference::NamedTensor> outputs;
        std::string error;
    };
    /// One client's requests; numbers are the client's.
    struct Client {
        std::uint64_t submitted = 0, delivered = 0;
        std::map<std::uint64_t, Reply> ready;
    };
    /// A request that is not answered yet.
    struct Pending {
        std::uint64_t session = 0, number = 0; ///< whose, and which of theirs
        std::vector<inference::NamedTensor> inputs;
        Clock::time_point accepted;
    };
    /// What the gateway knows of a stage; `m_mutex` guards it.
    struct Watched {
        StageStatus status;
        bool wasUp = false;
        std::uint64_t resetsDone = 0;
        bool shutDown = false;
    };

    // Clients (Gateway.cpp).
    void serve(Channel channel, const wire::Hello& hello, const std::stop_token& stop);
    [[nodiscard]] std::string whyNot(const Channel& channel, const wire::Hello& hello);
    void takeRequests(Channel channel, std::uint64_t session, const std::stop_token& stop);
    [[nodiscard]] bool accept(std::uint64_t session, Pending pending, const std::string& error,
                              const std::stop_token& stop);
    void giveAnswers(Channel channel, std::uint64_t session, const std::stop_token& stop);
    void forget(std::uint64_t session);
    void obey(Channel channel, const std::stop_token& stop);
    [[nodiscard]] wire::Reply execute(const wire::Command& command, const std::stop_token& stop);
    void resetAll(const std::stop_token& stop);
    void shutDownStages(const std::stop_token& stop);
    [[nodiscard]] LiveStatus status(std::uint64_t eventsAfter);
    void refused(const std::string& why);

    // The pipeline (GatewayPipeline.cpp).
    void feed(const std::stop_token& stop);
    [[nodiscard]] bool connectFirst(std::optional<Channel>& out, const std::stop_token& stop);
    [[nodiscard]] Result<void> send(Channel& out, std::uint64_t id, std::uint64_t epoch,
                                    const Pending& pending, const std::stop_token& stop);
    void takeAnswers(const std::stop_token& stop);
    [[nodiscard]] Result<void> takeAnswer(Channel& channel, const FrameLimits& limits,
                                          const std::stop_token& stop);
    void answered(std::uint64_t id, Reply reply);
    void watch(std::size_t stage, const std::stop_token& stop);
    [[nodiscard]] Result<void> watchConnected(std::size_t stage, Channel& channel,
                                              const std::stop_token& stop);
    [[nodiscard]] wire::Command::What nextCommand(std::size_t stage);
    void learned(std::size_t stage, const StageMetrics& metrics);
    void lost(std::size_t stage, const std::string& why);
    [[nodiscard]] Result<Channel> dial(std::size_t stage, wire::Purpose purpose, Buffers buffers,
                                       const std::stop_token& stop);
    /// Whatever is not answered is sent again. With `m_mutex` held.
    void sendAgain(const std::string& why);
    void tell(EventKind kind, int stage, const std::string& text); ///< with `m_mutex` held

    const GatewayConfig& m_config;
    TlsContext m_tls;
    const LogSink& m_log;
    const std::uint64_t m_incarnation = randomNumber();
    const Clock::time_point m_started = Clock::now();

    std::mutex m_mutex; ///< guards all below
    std::condition_variable_any m_changed;
    std::map<std::uint64_t, Client> m_clients;
    std::map<std::uint64_t, std::shared_ptr<const Pending>> m_pending; ///< by id, unanswered
    std::uint64_t m_nextId = 1, m_nextToSend = 1, m_epoch = 1;
    bool m_draining = false;
    std::uint64_t m_resetsWanted = 0;
    bool m_shutDownWanted = false;
    std::vector<Watched> m_stages;
    std::deque<Event> m_events;
    std::uint64_t m_lastEvent = 0;
    LiveStatus m_counts; ///< its plain counters only
    AnswerLog m_answers;
    Histogram m_lastHop;
    std::uint64_t m_lastHopBytes = 0, m_lastHopFrames = 0;
    DeadlineCount m_deadlines;
    std::stop_source m_end;
};

} // namespace millrace::runtime
