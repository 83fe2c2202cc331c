// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/Session.h"
#include "runtime/Door.h"
#include "runtime/Handoff.h"
#include "runtime/Node.h"

#include <atomic>

namespace millrace::runtime
{

/// Receive buffers that are used again: pages that were touched once need not be touched anew.
/// Thread-safe.
class BufferPool
{
public:
    [[nodiscard]] std::vector<std::byte> take(std::size_t bytes);
    void give(std::vector<inference::NamedTensor>& tensors);

private:
    std::mutex m_mutex;
    std::vector<std::vector<std::byte>> m_free;
};

/// What a stage counts; thread-safe.
class StageCounters
{
public:
    template <class Change>
    void change(const Change& change)
    {
        const std::lock_guard lock(m_mutex);
        change(m_counts);
    }
    /// Histograms and counters begin anew, but not those of trouble.
    void reset();
    [[nodiscard]] StageMetrics metrics() const;

    struct Counts {
        StageMetrics plain; ///< its summaries are not used
        Histogram compute, hostCompute, transfer, queueWait, backPressure;
        DeadlineCount deadlines;
    };

private:
    mutable std::mutex m_mutex;
    Counts m_counts;
};

/// A stage at work; see runStage().
class StageNode
{
public:
    StageNode(const StageConfig& config, inference::Session session, TlsContext tls,
              const LogSink& log);
    /// Until the stop or a shutdown command.
    [[nodiscard]] Result<void> run(std::stop_token stop);
    /// One run on zeros or so, so that the first request finds everything in place.
    void warmUp();

private:
    /// A request between receiving and computing.
    struct Work {
        std::uint64_t request = 0, epoch = 0;
        std::vector<inference::NamedTensor> feeds, relayed;
        Clock::time_point arrived, ready;
        std::optional<std::string> failure;
    };
    /// An answer between computing and sending; owns what it sends.
    struct Outgoing {
        std::uint64_t request = 0, epoch = 0;
        inference::Outputs outputs;
        std::vector<inference::NamedTensor> feeds, relayed;
        std::optional<std::string> failure;
    };

    void serve(Channel channel, const wire::Hello& hello, const std::stop_token& stop);
    [[nodiscard]] std::string whyNot(const Channel& channel, const wire::Hello& hello) const;
    void receiveAll(Channel channel, const std::stop_token& stop);
    [[nodiscard]] Result<Work> receiveOne(Channel& channel, const FrameLimits& limits,
                                          const std::stop_token& stop);
    void obey(Channel channel, const std::stop_token& stop);
    void computeAll(const std::stop_token& stop);
    [[nodiscard]] Outgoing compute(Work work, const std::stop_token& stop);
    void hold(Clock::time_point begun, Seconds cpu, const std::stop_token& stop);
    void sendAll(const std::stop_token& stop);
    [[nodiscard]] bool connect(const std::stop_token& stop);
    [[nodiscard]] Result<void> send(const Outgoing& outgoing, const std::stop_token& stop);
    [[nodiscard]] bool isStale(std::uint64_t epoch) const { return epoch < m_epoch.load(); }
    void refused(const std::string& why);

    const StageConfig& m_config;
    inference::Session m_session;
    TlsContext m_tls;
    const LogSink& m_log;
    const std::uint64_t m_incarnation = randomNumber();
    StageCounters m_counters;
    BufferPool m_pool;
    std::atomic<std::uint64_t> m_epoch = 0;
    Handoff<Work> m_toCompute;
    Handoff<Outgoing> m_toSend;
    std::optional<Pace> m_pace;   ///< of the sending thread
    std::optional<Channel> m_out; ///< of the sending thread
    Handoff<Channel> m_results;   ///< the gateway's, for the last stage
    std::mutex m_receiving;       ///< one incoming stream at a time
    std::mutex m_streamMutex;
    std::stop_source m_stream; ///< of the incoming stream in force
    std::stop_source m_end;
};

} // namespace millrace::runtime
