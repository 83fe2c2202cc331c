// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/gateway/GatewayShared.h"

namespace millrace::runtime
{

/// The gateway's two ends of one pipeline. feed() and takeAnswers() each run on a thread of their
/// own until the stop.
class GatewayPipeline
{
public:
    /// `stages` in the order of the pipeline.
    GatewayPipeline(GatewayShared& shared, PipelineId pipeline,
                    std::span<const StageAddress> stages)
        : m_shared(shared), m_pipeline(pipeline), m_stages(stages)
    {
    }
    /// Sends requests to the first stage.
    void feed(const std::stop_token& stop);
    /// Takes answers from the last one.
    void takeAnswers(const std::stop_token& stop);

private:
    [[nodiscard]] bool waitForWork(const std::stop_token& stop);
    [[nodiscard]] bool connectFirst(std::optional<Channel>& out, const std::stop_token& stop);
    [[nodiscard]] Result<void> send(Channel& out, const RequestLedger::Sending& sending,
                                    const std::stop_token& stop);
    [[nodiscard]] Result<void> takeAnswer(Channel& channel, const FrameLimits& limits,
                                          const std::stop_token& stop);
    [[nodiscard]] Result<void> takeOutputs(Channel& channel, const Channel::Incoming& incoming,
                                           const std::stop_token& stop);
    void answered(const Epoch& epoch, std::uint64_t id, Reply reply);
    void lost(const std::string& why);

    GatewayShared& m_shared;
    PipelineId m_pipeline;
    std::span<const StageAddress> m_stages;
};

} // namespace millrace::runtime
