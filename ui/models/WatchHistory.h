// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Units.h"
#include "runtime/Metrics.h"

#include <optional>
#include <vector>

namespace millrace::ui
{

/// How often something was timed and how long it took in all; only ever grows.
struct TimedCount {
    std::uint64_t count = 0;
    double seconds = 0;
    bool operator==(const TimedCount&) const = default;
};

/// What is remembered of one moment. Counts run on where a process starts anew or is told to count
/// anew, so what happened between any two points is a difference.
struct WatchPoint {
    struct Stage {
        bool up = false;
        TimedCount compute;
        TimedCount waits;      ///< before and after the run: queue and back-pressure
        double cpuSeconds = 0; ///< of the whole process
        Bytes memory, peakMemory;
        bool operator==(const Stage&) const = default;
    };
    double at = 0;           ///< Unix seconds
    double hostSeconds = 0;  ///< the gateway's own clock
    bool isAfterGap = false; ///< nothing is known of the time since the point before
    std::uint64_t answered = 0, deadlines = 0, lateDeadlines = 0, inFlight = 0;
    double p50 = 0, p95 = 0, p99 = 0;  ///< latency in seconds, as the gateway says; 0: none yet
    std::vector<Stage> stages;         ///< pipeline after pipeline, as in the plan
    std::vector<TimedCount> transfers; ///< by hop, likewise
    bool operator==(const WatchPoint&) const = default;
};

/// Figures of the time that ends at one moment, in the cluster's seconds; none: nothing happened of
/// which it could be told.
struct WatchRates {
    struct Stage {
        bool up = false;
        std::optional<Seconds> compute; ///< mean
        std::optional<Seconds> waiting; ///< mean of queue and back-pressure together
        std::optional<double> cpu;      ///< share of one core of this host
        Bytes memory, peakMemory;
    };
    double at = 0; ///< Unix seconds
    bool isAfterGap = false;
    std::optional<double> throughput; ///< answers per second, dilation divided out
    std::optional<Seconds> p50, p95, p99;
    std::optional<double> lateShare; ///< of the emulation's deadlines
    std::uint64_t inFlight = 0;
    std::vector<Stage> stages;
    std::vector<std::optional<Seconds>> transfers; ///< mean by hop
};

/// Seconds over which the figures of a moment are taken: several answers, yet soon up to date.
[[nodiscard]] double watchWindow(Seconds bottleneck, double dilation);

/// A release's past, in bounded memory: every point of the last ten minutes, then one each five
/// seconds up to an hour and a half, then one a minute up to a day. A value; not thread-safe.
class WatchHistory
{
public:
    explicit WatchHistory(double window = 5);

    /// Ignores what the same gateway said before the last one, by its own clock. Where the wall
    /// clock has gone back the history begins anew.
    void add(const runtime::LiveStatus& status);
    /// The gateway did not answer: the next point comes after a gap.
    void addGap() { m_gap = true; }

    [[nodiscard]] const std::vector<WatchPoint>& points() const { return m_points; }
    [[nodiscard]] bool isEmpty() const { return m_points.empty(); }
    /// Of the newest point. Precondition: not empty.
    [[nodiscard]] WatchRates latest() const;
    /// Of the last `range` seconds, at most `most` (> 2), one for each part of a fixed grid of
    /// time; the newest point is always among them.
    [[nodiscard]] std::vector<WatchRates> last(double range, std::size_t most) const;

private:
    [[nodiscard]] WatchRates rates(std::size_t end, double window) const;
    void growPipelines(WatchPoint& point, const runtime::LiveStatus& status, bool isSame) const;
    void thin();

    double m_window;
    double m_dilation = 1;
    std::vector<WatchPoint> m_points;
    runtime::LiveStatus m_last; ///< without events
    bool m_gap = false;
    std::size_t m_added = 0;
};

} // namespace millrace::ui
