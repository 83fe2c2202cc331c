// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/WatchHistory.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace millrace::ui
{
namespace
{

constexpr double kMinute = 60;
constexpr double kFull = 10 * kMinute;   // every point
constexpr double kCoarse = 90 * kMinute; // then these
constexpr double kCoarseSpacing = 5;
constexpr double kOldest = 24 * 60 * kMinute;
constexpr double kOldSpacing = kMinute;
constexpr std::size_t kThinEvery = 64;
/// How far the late deadlines are told from: a short hiccup is no news.
constexpr double kLateSpan = kMinute;

template <class T>
T grown(T before, T now, bool isSame)
{
    return isSame && now >= before ? now - before : now;
}

/// A count that is smaller than before began anew.
void grow(TimedCount& total, const runtime::Summary& before, const runtime::Summary& now,
          bool isSame)
{
    const bool runsOn = isSame && now.count >= before.count && now.sum >= before.sum;
    total.count += runsOn ? now.count - before.count : now.count;
    total.seconds += runsOn ? now.sum - before.sum : now.sum;
}

void growStage(WatchPoint::Stage& stage, const runtime::StageStatus& before,
               const runtime::StageStatus& now)
{
    const runtime::StageMetrics &was = before.metrics, &is = now.metrics;
    const bool isSame = was.incarnation == is.incarnation;
    grow(stage.compute, was.compute, is.compute, isSame);
    // A wait before and one after each run: their number is the runs'.
    stage.waits.count = stage.compute.count;
    for (const auto wait :
         {&runtime::StageMetrics::queueWait, &runtime::StageMetrics::backPressure}) {
        TimedCount grownBy;
        grow(grownBy, was.*wait, is.*wait, isSame);
        stage.waits.seconds += grownBy.seconds;
    }
    stage.cpuSeconds += grown(was.cpuSeconds, is.cpuSeconds, isSame);
    stage.up = now.up;
    stage.memory = is.memory;
    stage.peakMemory = is.peakMemory;
}

std::optional<Seconds> mean(const TimedCount& before, const TimedCount& now)
{
    if (now.count <= before.count)
        return {};
    return Seconds{(now.seconds - before.seconds) / static_cast<double>(now.count - before.count)};
}

std::optional<Seconds> known(double seconds)
{
    return seconds > 0 ? std::optional(Seconds{seconds}) : std::nullopt;
}

} // namespace

/// How far the wall clock may be put back without beginning anew, in seconds.
constexpr double kMostWait = 30;

double watchWindow(Seconds bottleneck, double dilation)
{
    constexpr double kAnswers = 12;
    return std::clamp(kAnswers * bottleneck.value * dilation, 4.0, 30.0);
}

WatchHistory::WatchHistory(double window) : m_window(window) {}

void WatchHistory::add(const runtime::LiveStatus& status)
{
    const bool isKnown = !m_points.empty() && status.incarnation == m_last.incarnation;
    if (isKnown && status.upSeconds <= m_last.upSeconds)
        return;
    // The points are in the order of the wall clock, which somebody may have put back. A time
    // server does so by a little: the points wait for it, then.
    if (!m_points.empty() && status.at < m_points.back().at - kMostWait)
        *this = WatchHistory(m_window);
    const bool isFirst = m_points.empty();
    const bool isSame = isKnown && !isFirst;
    WatchPoint point = isFirst ? WatchPoint{} : m_points.back();
    point.at = isFirst ? status.at : std::max(status.at, point.at);
    point.hostSeconds += grown(isSame ? m_last.upSeconds : 0, status.upSeconds, isSame);
    point.isAfterGap = !isFirst && (m_gap || !isSame);
    point.answered += grown(m_last.answered, status.answered, isSame);
    // Sums over the stages: what a stage that began anew has counted since cannot be told from
    // them.
    if (isSame && status.deadlines >= m_last.deadlines &&
        status.lateDeadlines >= m_last.lateDeadlines) {
        point.deadlines += status.deadlines - m_last.deadlines;
        point.lateDeadlines += status.lateDeadlines - m_last.lateDeadlines;
    }
    point.inFlight = status.inFlight;
    point.p50 = status.latency.p50;
    point.p95 = status.latency.p95;
    point.p99 = status.latency.p99;
    growPipelines(point, status, isSame);
    m_points.push_back(std::move(point));
    m_dilation = status.dilation;
    m_last = status;
    m_last.events.clear();
    m_gap = false;
    if (++m_added % kThinEvery == 0)
        thin();
}

/// The point's stages and hops stand pipeline after pipeline, as in the plan.
void WatchHistory::growPipelines(WatchPoint& point, const runtime::LiveStatus& status,
                                 bool isSame) const
{
    point.stages.resize(status.stages().size());
    point.transfers.resize(status.hops().size());
    auto stage = point.stages.begin();
    auto transfer = point.transfers.begin();
    const runtime::StageStatus noStage;
    const runtime::HopStatus noHop;
    for (std::size_t p = 0; p < status.pipelines.size(); ++p) {
        const PipelineId pipeline(p);
        const runtime::PipelineStatus& now = status.pipelines[p];
        for (std::size_t k = 0; k < now.hops.size(); ++k) {
            const auto place = static_cast<std::int32_t>(k);
            const auto* lastStage = m_last.find(StageRef{pipeline, place});
            const auto* lastHop = m_last.find(HopRef{pipeline, place});
            // Hop k is timed by the stage it leads to, the last one by the gateway.
            bool isSameTimer = isSame;
            if (k < now.stages.size()) {
                const runtime::StageStatus& before = lastStage == nullptr ? noStage : *lastStage;
                isSameTimer = before.metrics.incarnation == now.stages[k].metrics.incarnation;
                growStage(*stage++, before, now.stages[k]);
            }
            grow(*transfer++, (lastHop == nullptr ? noHop : *lastHop).transfer,
                 now.hops[k].transfer, isSameTimer);
        }
    }
}

WatchRates WatchHistory::latest() const
{
    return rates(m_points.size() - 1, m_window);
}

/// Over the time before `end` back to `window` seconds or a gap.
WatchRates WatchHistory::rates(std::size_t end, double window) const
{
    const WatchPoint& now = m_points[end];
    std::size_t begin = end;
    while (begin > 0 && !m_points[begin].isAfterGap &&
           m_points[begin].hostSeconds > now.hostSeconds - window)
        --begin;
    std::size_t late = begin;
    while (late > 0 && !m_points[late].isAfterGap &&
           m_points[late].hostSeconds > now.hostSeconds - kLateSpan)
        --late;
    const WatchPoint& before = m_points[begin];
    WatchRates rates;
    rates.at = now.at;
    rates.isAfterGap = now.isAfterGap;
    const double span = now.hostSeconds - before.hostSeconds;
    if (span > 0)
        rates.throughput = static_cast<double>(now.answered - before.answered) / span * m_dilation;
    rates.p50 = known(now.p50);
    rates.p95 = known(now.p95);
    rates.p99 = known(now.p99);
    if (const auto deadlines = now.deadlines - m_points[late].deadlines; deadlines > 0)
        rates.lateShare = static_cast<double>(now.lateDeadlines - m_points[late].lateDeadlines) /
                          static_cast<double>(deadlines);
    rates.inFlight = now.inFlight;
    for (std::size_t k = 0; k < now.stages.size(); ++k) {
        const WatchPoint::Stage &was = before.stages[k], &is = now.stages[k];
        const auto cpu =
            span > 0 ? std::optional((is.cpuSeconds - was.cpuSeconds) / span) : std::nullopt;
        rates.stages.push_back({is.up, mean(was.compute, is.compute), mean(was.waits, is.waits),
                                cpu, is.memory, is.peakMemory});
    }
    for (std::size_t k = 0; k < now.transfers.size(); ++k)
        rates.transfers.push_back(mean(before.transfers[k], now.transfers[k]));
    return rates;
}

std::vector<WatchRates> WatchHistory::last(double range, std::size_t most) const
{
    std::vector<WatchRates> series;
    if (m_points.empty())
        return series;
    // A fixed grid of time, so that a line that moves on keeps its corners.
    const double spacing = range / static_cast<double>(most - 2);
    const auto cell = [spacing](const WatchPoint& point) { return std::floor(point.at / spacing); };
    const double from = m_points.back().at - range;
    bool hasGap = false;
    for (std::size_t i = 0; i < m_points.size(); ++i) {
        if (m_points[i].at < from)
            continue;
        hasGap = hasGap || m_points[i].isAfterGap;
        if (i + 1 < m_points.size() && cell(m_points[i]) == cell(m_points[i + 1]))
            continue;
        series.push_back(rates(i, std::max(m_window, spacing)));
        series.back().isAfterGap = std::exchange(hasGap, false);
    }
    return series;
}

/// Keeps fewer points the older they are; a point that goes leaves its gap to the next one.
void WatchHistory::thin()
{
    const double now = m_points.back().at;
    std::vector<WatchPoint> kept;
    bool hasGap = false;
    for (WatchPoint& point : m_points) {
        const double age = now - point.at;
        const double spacing = age < kFull ? 0 : age < kCoarse ? kCoarseSpacing : kOldSpacing;
        hasGap = hasGap || point.isAfterGap;
        if (age > kOldest || (!kept.empty() && point.at - kept.back().at < spacing))
            continue;
        point.isAfterGap = std::exchange(hasGap, false);
        kept.push_back(std::move(point));
    }
    m_points = std::move(kept);
}

} // namespace millrace::ui
