// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Release.h"
#include "ui/models/LadderRows.h"
#include "ui/models/WatchHistory.h"

#include <QString>

namespace millrace::ui
{

/// A measured figure beside the plan's; none: nothing was measured yet.
struct StageFigures {
    DeviceId device;        ///< of the release's problem
    std::optional<bool> up; ///< none: not known
    std::optional<Seconds> compute;
    Seconds predictedCompute;
    std::optional<double> cpu; ///< share of one core of this host
    Bytes memory, peakMemory, predictedMemory;
    Bytes limit; ///< what the device gives
    bool operator==(const StageFigures&) const = default;
};

/// A release now, measured beside predicted, in the cluster's seconds (the emulation's dilation is
/// divided out of every figure).
struct WatchFigures {
    runtime::ServiceState state = runtime::ServiceState::Starting;
    std::optional<double> throughput; ///< per second
    double predictedThroughput = 0;
    std::optional<Seconds> p50, p95, p99;
    std::uint64_t inFlight = 0, answered = 0, failed = 0, lost = 0, resent = 0;
    std::vector<StageFigures> stages;
    std::vector<std::optional<Seconds>> transfers; ///< by hop
    /// The slowest stage or hop as measured; none before every stage of it was measured.
    std::optional<plan::Bottleneck> bottleneck;
    Seconds bottleneckTime;
    double dilation = 1;
    std::optional<double> lateShare; ///< of the last minute's deadlines
    bool operator==(const WatchFigures&) const = default;

    /// Measured against predicted; none without answers.
    [[nodiscard]] std::optional<double> ratio() const;
    /// False: this host was too busy for the emulation to mean what the plan says.
    [[nodiscard]] bool isComparable() const;
};

/// `history` holds `status` as its newest point; both have the plan's stages and hops. A stage or
/// link that did nothing lately keeps what was measured before.
[[nodiscard]] WatchFigures watchFigures(const deploy::Release& release,
                                        const runtime::LiveStatus& status,
                                        const WatchHistory& history);

/// While its gateway does not answer: what the plan says, and nothing measured.
[[nodiscard]] WatchFigures unknownFigures(const deploy::Release& release);

/// What the views need of a release that runs; without a graph.
[[nodiscard]] Snapshot snapshotOf(const deploy::Release& release);

/// The ladder's rungs with what was measured; the bottleneck is the measured one where it is known.
[[nodiscard]] std::vector<LadderRow> measuredRows(const Snapshot& snapshot,
                                                  const WatchFigures& figures);

/// "Bottleneck now: compute on nuc, 65.1 ms (predicted 65.0 ms)." Whole sentences.
[[nodiscard]] QString bottleneckSentence(const deploy::Release& release,
                                         const WatchFigures& figures);
/// What disturbs the figures, in whole sentences; empty: nothing.
[[nodiscard]] QString disturbanceSentence(const deploy::Release& release,
                                          const WatchFigures& figures);

/// The series as comma-separated values with a header line; times in seconds, empty: not measured.
[[nodiscard]] std::string watchCsv(const deploy::Release& release,
                                   const std::vector<WatchRates>& series);

} // namespace millrace::ui
