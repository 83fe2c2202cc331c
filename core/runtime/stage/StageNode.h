// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/net/Door.h"
#include "runtime/stage/StageReceiver.h"
#include "runtime/stage/StageSender.h"

namespace millrace::runtime
{

/// A stage at work; see runStage().
class StageNode
{
public:
    StageNode(const StageConfig& config, inference::Session session, TlsContext tls,
              const LogSink& log);
    /// Until the stop or a shutdown command. An unexpected failure of a thread ends it, too, so
    /// that whoever watches over the process starts it anew.
    [[nodiscard]] Result<void> run(std::stop_token stop);
    /// One run on zeros or so, so that the first request finds everything in place.
    void warmUp();

private:
    void serve(Channel channel, const wire::Hello& hello, const std::stop_token& stop);
    [[nodiscard]] std::string whyNot(const Channel& channel, const wire::Hello& hello) const;
    void obey(Channel channel, const std::stop_token& stop);
    [[nodiscard]] StageMetrics metrics();
    void computeAll(const std::stop_token& stop);
    [[nodiscard]] Outgoing compute(Work work, const std::stop_token& stop);
    void hold(Clock::time_point begun, Seconds cpu, const std::stop_token& stop);
    void refused(const std::string& why, std::uint64_t times);
    /// A thread that must not end: `work` under a floor.
    [[nodiscard]] std::jthread thread(const char* what,
                                      std::function<void(const std::stop_token&)> work);

    const StageConfig& m_config;
    inference::Session m_session;
    TlsContext m_tls;
    const LogSink& m_log;
    const std::uint64_t m_incarnation;
    StageFlow m_flow;
    StageReceiver m_receiver;
    StageSender m_sender;
    std::mutex m_mutex;
    Result<void> m_outcome; ///< guarded by m_mutex
    std::stop_source m_end;
};

} // namespace millrace::runtime
