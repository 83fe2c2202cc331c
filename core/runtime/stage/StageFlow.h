// SPDX-License-Identifier: GPL-3.0-or-later
/// What the threads of a stage share and hand to each other.
#pragma once

#include "inference/Session.h"
#include "runtime/Channel.h"
#include "runtime/Handoff.h"
#include "runtime/Node.h"
#include "runtime/flow/StageIntake.h"
#include "runtime/stage/BufferPool.h"
#include "runtime/stage/StageCounters.h"

namespace millrace::runtime
{

/// A request between receiving and computing.
struct Work {
    std::uint64_t request = 0;
    Epoch epoch;
    std::vector<inference::NamedTensor> feeds, relayed;
    Clock::time_point arrived, ready;
    std::optional<std::string> failure; ///< why it cannot be computed
};

/// An answer between computing and sending; owns what it sends.
struct Outgoing {
    std::uint64_t request = 0;
    Epoch epoch;
    inference::Outputs outputs;
    std::vector<inference::NamedTensor> feeds, relayed;
    std::optional<std::string> failure;
};

/// Of one stage; thread-safe.
class StageFlow
{
public:
    StageFlow(const StageConfig& stage, const LogSink& sink) : config(stage), log(sink) {}

    /// Asks or tells the intake.
    template <class Use>
    auto intake(const Use& use)
    {
        const std::lock_guard lock(m_mutex);
        return use(m_intake);
    }
    /// Drops what is stale, and counts it.
    [[nodiscard]] bool dropsStale(const Epoch& epoch);
    /// "stage 2 on pi-3", for messages.
    [[nodiscard]] std::string name() const;

    const StageConfig& config;
    const LogSink& log;
    StageCounters counters;
    BufferPool pool;
    Handoff<Work> toCompute;
    Handoff<Outgoing> toSend;

private:
    std::mutex m_mutex;
    StageIntake m_intake;
};

} // namespace millrace::runtime
