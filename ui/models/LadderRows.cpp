// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/LadderRows.h"

#include <QCoreApplication>

namespace millrace::ui
{
namespace
{

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(millrace::ui::LadderRows)
};

QString text(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

LadderRow computeRow(const Snapshot& snapshot, const plan::PlacedStage& placed, std::size_t index)
{
    const plan::Stage& stage = placed.stage;
    LadderRow row;
    row.kind = LadderKind::Compute;
    row.index = index;
    row.name = text(snapshot.problem->devices[stage.device.index()].name);
    row.detail = Tr::tr("%n layer(s)", nullptr, static_cast<int>(stage.layers.size()));
    row.from = stage.device;
    row.predicted = stage.compute;
    row.bottleneck = snapshot.plan->isBottleneck(placed.at);
    row.advice = Tr::tr("A faster %1, or fewer layers on it, would shorten this.").arg(row.name);
    return row;
}

LadderRow transferRow(const Snapshot& snapshot, const plan::PlacedHop& placed, std::size_t index)
{
    const plan::Hop& hop = placed.hop;
    const auto name = [&snapshot](DeviceId device) {
        return text(snapshot.problem->devices[device.index()].name);
    };
    LadderRow row;
    row.kind = LadderKind::Transfer;
    row.index = index;
    row.name = QString(name(*hop.from) + u" > " + name(*hop.to));
    row.from = hop.from;
    row.to = hop.to;
    row.predicted = hop.seconds;
    row.bottleneck = snapshot.plan->isBottleneck(placed.at);
    const std::string bytes = formatBytes(hop.bytes);
    if (hop.from == hop.to) {
        row.detail = Tr::tr("%1, on the same device").arg(text(bytes));
        return row;
    }
    const auto bandwidth = snapshot.problem->bandwidth.at(*hop.from, *hop.to);
    row.detail = Tr::tr("%1 at %2").arg(text(bytes), text(formatBandwidth(bandwidth)));
    row.advice = Tr::tr("A faster link from %1 to %2, or a cut with a smaller payload, would "
                        "shorten this.")
                     .arg(name(*hop.from), name(*hop.to));
    return row;
}

} // namespace

std::vector<LadderRow> ladderRows(const Snapshot& snapshot)
{
    std::vector<LadderRow> rows;
    if (!snapshot.plan || !snapshot.problem || !snapshot.plan->hasStages())
        return rows;
    const auto stages = snapshot.plan->stages();
    const auto hops = snapshot.plan->hops();
    std::size_t next = 0; // stage
    for (std::size_t k = 0; k < hops.size(); ++k) {
        if (hops[k].hop.from && hops[k].hop.to)
            rows.push_back(transferRow(snapshot, hops[k], k));
        // Of each pipeline the last hop leads to no stage.
        if (next < stages.size() && plan::hopInto(stages[next].at) == hops[k].at) {
            rows.push_back(computeRow(snapshot, stages[next], next));
            ++next;
        }
    }
    return rows;
}

} // namespace millrace::ui
