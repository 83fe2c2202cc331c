// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Ids.h"
#include "base/Units.h"
#include "runtime/Histogram.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::runtime
{

/// What one stage counted since it was last told to begin anew (ResetMetrics), in this host's own
/// seconds. Counters of trouble are never reset.
struct StageMetrics {
    std::uint64_t incarnation = 0; ///< drawn at the process's start: another one means it restarted
    std::uint64_t received = 0, computed = 0, sent = 0, failed = 0;
    std::uint64_t bytesIn = 0, bytesOut = 0; ///< payloads
    Summary compute;                         ///< wall time of runs, emulated slowness included
    Summary hostCompute;                     ///< CPU time of runs on this host
    Summary transfer;  ///< first header byte to last payload byte of frames that were not held back
    Summary queueWait; ///< a received frame's wait for the compute thread
    Summary backPressure; ///< an answer's wait for the send thread
    std::uint64_t deadlines = 0,
                  lateDeadlines = 0; ///< emulation: how many, and how many had passed
    Bytes peakMemory;                ///< VmHWM
    Bytes memory;                    ///< VmRSS
    double cpuSeconds = 0;           ///< of the whole process since its start
    // Trouble, since the process's start:
    std::uint64_t stale = 0;        ///< frames of an older epoch, dropped
    std::uint64_t streamBreaks = 0; ///< incoming streams that ended in the middle
    std::uint64_t refusedConnections = 0, refusedFrames = 0;
    std::string lastRefusal; ///< one line; empty: none
    bool operator==(const StageMetrics&) const = default;
};

/// A stage as the gateway sees it.
struct StageStatus {
    std::string device;
    bool up = false;      ///< its control connection answers
    double changedAt = 0; ///< Unix seconds of the last change of `up`
    StageMetrics
        metrics; ///< the last that arrived; times in the cluster's seconds (dilation divided out)
    bool operator==(const StageStatus&) const = default;
};

struct HopStatus {
    std::string from, to; ///< device names
    std::uint64_t bytes = 0;
    std::uint64_t frames = 0;
    Summary transfer; ///< in the cluster's seconds
    bool operator==(const HopStatus&) const = default;
};

/// Hop k leads to stage k, the last one back to the gateway.
struct PipelineStatus {
    std::vector<StageStatus> stages;
    std::vector<HopStatus> hops; ///< stages + 1
    bool operator==(const PipelineStatus&) const = default;
};

enum class EventKind { Started, StageUp, StageDown, Resent, Refused, RequestFailed, Drained };

struct Event {
    std::uint64_t number = 0; ///< 1, 2, 3, ... within the gateway's life
    double at = 0;            ///< Unix seconds
    EventKind kind = EventKind::Started;
    std::optional<StageRef> stage; ///< that it is about
    std::string text;              ///< one English line for logs
    bool operator==(const Event&) const = default;
};

enum class ServiceState {
    Starting,    ///< some stage was never up yet
    Serving,     ///< all stages are up
    Interrupted, ///< a stage is down; requests wait
    Draining,    ///< takes no new requests
};

/// A release at one moment, as the gateway knows it. Times and rates are the cluster's: where the
/// emulation runs slower by `dilation`, it is divided out.
struct LiveStatus {
    std::string release;
    std::uint64_t incarnation = 0; ///< of the gateway's process
    double at = 0;                 ///< Unix seconds
    double upSeconds = 0;          ///< host seconds since the gateway's start
    ServiceState state = ServiceState::Starting;
    double dilation = 1;
    std::uint64_t accepted = 0, answered = 0, failed = 0,
                  inFlight = 0;   ///< requests, since the start
    std::uint64_t lost = 0;       ///< accepted requests whose client went away before the answer
    std::uint64_t resent = 0;     ///< sent again after a stage was lost
    std::uint64_t duplicates = 0; ///< answers to requests that had their answer already; dropped
    double throughput = 0; ///< answers per second over the last 10 host seconds (or since reset)
    Summary latency; ///< of the last minute's requests (or since reset), gateway in to gateway out
    Bytes gatewayPeakMemory;
    std::uint64_t refusedConnections = 0;           ///< at the gateway
    std::uint64_t deadlines = 0, lateDeadlines = 0; ///< of all stages and the gateway
    std::vector<PipelineStatus> pipelines;          ///< of the plan, in its order
    std::vector<Event> events; ///< those after the number asked for, at most the last 200
    bool operator==(const LiveStatus&) const = default;

    /// Null where the plan has no such stage or hop.
    [[nodiscard]] const StageStatus* find(const StageRef& stage) const;
    [[nodiscard]] const HopStatus* find(const HopRef& hop) const;
    /// Those of all pipelines, one pipeline after the other; valid as long as the status.
    [[nodiscard]] std::vector<const StageStatus*> stages() const;
    [[nodiscard]] std::vector<const HopStatus*> hops() const;
};

} // namespace millrace::runtime
