// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/WatchFigures.h"

#include "ui/models/Figures.h"

#include <QCoreApplication>

#include <algorithm>

namespace millrace::ui
{
namespace
{

/// As bench() judges it.
constexpr double kLateShare = 0.02;

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(millrace::ui::WatchFigures)
};

std::optional<Seconds> meanOf(const runtime::Summary& summary)
{
    return summary.count == 0 ? std::nullopt : std::optional(Seconds{summary.mean()});
}

std::vector<std::string> names(const deploy::Release& release)
{
    std::vector<std::string> names;
    for (const plan::Device& device : release.problem.devices)
        names.push_back(device.name);
    return names;
}

StageFigures stageFigures(const deploy::Release& release, std::size_t k)
{
    const plan::Stage& planned = release.plan.stages()[k].stage;
    StageFigures figures;
    figures.device = planned.device;
    figures.predictedCompute = planned.compute;
    figures.predictedMemory = planned.memory;
    figures.limit = release.problem.devices[planned.device.index()].memory;
    return figures;
}

/// Hops without ends in the plan do not count.
Seconds hopSeconds(const deploy::Release& release, const WatchFigures& figures, std::size_t k)
{
    const plan::Hop& hop = release.plan.hops()[k].hop;
    return hop.from && hop.to ? figures.transfers[k].value_or(Seconds{}) : Seconds{};
}

void findBottleneck(const deploy::Release& release, WatchFigures& figures)
{
    const bool isAllMeasured =
        std::all_of(figures.stages.begin(), figures.stages.end(),
                    [](const StageFigures& stage) { return stage.compute.has_value(); });
    if (!isAllMeasured || figures.stages.empty())
        return;
    using Kind = plan::BottleneckKind;
    const bool overlaps = release.problem.overlap == plan::Overlap::Yes;
    const auto consider = [&figures](Kind kind, std::size_t index, Seconds time) {
        if (figures.bottleneck && time <= figures.bottleneckTime)
            return;
        figures.bottleneck = plan::Bottleneck{kind, static_cast<int>(index)};
        figures.bottleneckTime = time;
    };
    for (std::size_t k = 0; k < figures.stages.size(); ++k) {
        const Seconds compute = *figures.stages[k].compute;
        if (overlaps)
            consider(Kind::Compute, k, compute);
        else
            consider(Kind::Stage, k,
                     hopSeconds(release, figures, k) + compute +
                         hopSeconds(release, figures, k + 1));
    }
    for (std::size_t k = 0; overlaps && k < figures.transfers.size(); ++k)
        if (figures.transfers[k])
            consider(Kind::Transfer, k, hopSeconds(release, figures, k));
}

Seconds predictedOf(const plan::Pipeline& pipeline, const plan::Bottleneck& at)
{
    const auto index = static_cast<std::size_t>(at.index);
    switch (at.kind) {
    case plan::BottleneckKind::Transfer:
        return pipeline.hops[index].seconds;
    case plan::BottleneckKind::Compute:
        return pipeline.stages[index].compute;
    default:
        return pipeline.hops[index].seconds + pipeline.stages[index].compute +
               pipeline.hops[index + 1].seconds;
    }
}

} // namespace

std::optional<double> WatchFigures::ratio() const
{
    if (!throughput || *throughput <= 0 || predictedThroughput <= 0)
        return {};
    return *throughput / predictedThroughput;
}

bool WatchFigures::isComparable() const
{
    return !lateShare || *lateShare <= kLateShare;
}

WatchFigures watchFigures(const deploy::Release& release, const runtime::LiveStatus& status,
                          const WatchHistory& history)
{
    const WatchRates rates = history.latest();
    WatchFigures figures;
    figures.state = status.state;
    figures.throughput = rates.throughput;
    figures.predictedThroughput = release.plan.throughput();
    figures.p50 = rates.p50;
    figures.p95 = rates.p95;
    figures.p99 = rates.p99;
    figures.inFlight = status.inFlight;
    figures.answered = status.answered;
    figures.failed = status.failed;
    figures.lost = status.lost;
    figures.resent = status.resent;
    figures.dilation = status.dilation;
    figures.lateShare = rates.lateShare;
    const auto stages = status.stages();
    for (std::size_t k = 0; k < release.plan.stageCount(); ++k) {
        StageFigures stage = stageFigures(release, k);
        const WatchRates::Stage& now = rates.stages[k];
        stage.up = now.up;
        stage.compute = now.compute ? now.compute : meanOf(stages[k]->metrics.compute);
        stage.cpu = now.cpu;
        stage.memory = now.up ? now.memory : Bytes{};
        stage.peakMemory = now.peakMemory;
        figures.stages.push_back(stage);
    }
    const auto hops = status.hops();
    for (std::size_t k = 0; k < release.plan.hopCount(); ++k)
        figures.transfers.push_back(rates.transfers[k] ? rates.transfers[k]
                                                       : meanOf(hops[k]->transfer));
    findBottleneck(release, figures);
    return figures;
}

WatchFigures unknownFigures(const deploy::Release& release)
{
    WatchFigures figures;
    figures.predictedThroughput = release.plan.throughput();
    for (std::size_t k = 0; k < release.plan.stageCount(); ++k)
        figures.stages.push_back(stageFigures(release, k));
    figures.transfers.resize(release.plan.hopCount());
    return figures;
}

Snapshot snapshotOf(const deploy::Release& release)
{
    Snapshot snapshot;
    snapshot.cluster = std::make_shared<cluster::Cluster>(release.cluster);
    snapshot.problem = std::make_shared<plan::Problem>(release.problem);
    snapshot.plan = std::make_shared<plan::Plan>(release.plan);
    return snapshot;
}

std::vector<LadderRow> measuredRows(const Snapshot& snapshot, const WatchFigures& figures)
{
    std::vector<LadderRow> rows = ladderRows(snapshot);
    for (LadderRow& row : rows) {
        const bool isTransfer = row.kind == LadderKind::Transfer;
        if (isTransfer && row.index < figures.transfers.size())
            row.measured = figures.transfers[row.index];
        if (!isTransfer && row.index < figures.stages.size()) {
            row.measured = figures.stages[row.index].compute;
            row.isDown = figures.stages[row.index].up == false;
        }
        if (figures.bottleneck)
            row.bottleneck =
                (figures.bottleneck->kind == plan::BottleneckKind::Transfer) == isTransfer &&
                static_cast<std::size_t>(figures.bottleneck->index) == row.index;
    }
    return rows;
}

QString bottleneckSentence(const deploy::Release& release, const WatchFigures& figures)
{
    if (!release.plan.hasStages())
        return {};
    const plan::Pipeline& planned = release.plan.pipelines.front();
    if (!figures.bottleneck)
        return Tr::tr("Nothing is measured yet. Send requests to see which stage or link is the "
                      "bottleneck; the plan expects %1.")
            .arg(bottleneckText(planned, names(release)));
    plan::Pipeline measured = planned;
    measured.bottleneck = *figures.bottleneck;
    const QString where = bottleneckText(measured, names(release));
    const QString sentence = Tr::tr("Bottleneck now: %1, %2 (predicted %3).")
                                 .arg(where, figure(figures.bottleneckTime),
                                      figure(predictedOf(planned, *figures.bottleneck)));
    if (*figures.bottleneck == planned.bottleneck)
        return sentence;
    return Tr::tr("%1 The plan expected %2.")
        .arg(sentence, bottleneckText(planned, names(release)));
}

QString disturbanceSentence(const deploy::Release& release, const WatchFigures& figures)
{
    QStringList sentences;
    if (!figures.isComparable())
        sentences << Tr::tr("This computer was too busy: %1 of the emulation's deadlines passed in "
                            "the last minute, so measured and predicted cannot be compared.")
                         .arg(percent(*figures.lateShare));
    if (release.dilation > 1)
        sentences << Tr::tr("Everything runs %1 times slower, because all stages share this "
                            "computer's cores; the figures have that divided out.")
                         .arg(threeDigits(release.dilation));
    return sentences.join(QLatin1Char(' '));
}

} // namespace millrace::ui
