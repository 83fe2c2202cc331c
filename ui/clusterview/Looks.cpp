// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/clusterview/Looks.h"

#include "ui/models/DevicePalette.h"
#include "ui/models/Figures.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <set>

namespace millrace::ui
{
namespace
{

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(millrace::ui::ClusterView)
};

/// 1 pixel at 1 Mbit/s and below, about 6 at 1 Gbit/s.
double width(BitsPerSecond bandwidth)
{
    return std::clamp(1 + 1.7 * std::log10(std::max(1.0, bandwidth.value / 1e6)), 1.0, 7.0);
}

QString role(const Snapshot& snapshot, DeviceId id)
{
    const cluster::Device& device = snapshot.cluster->devices[id.index()];
    const bool isGateway =
        snapshot.cluster->gateway && snapshot.cluster->gateway->device == device.name;
    if (!device.enabled)
        return Tr::tr("off");
    if (!device.stages)
        return isGateway ? Tr::tr("gateway") : Tr::tr("no stages");
    return snapshot.plan ? Tr::tr("not used") : QString();
}

QString linkTip(const Snapshot& snapshot, const LinkEnds& ends)
{
    const auto line = [&snapshot](DeviceId from, DeviceId to) {
        const cluster::Link link = snapshot.cluster->link(from, to);
        const auto name = [&snapshot](DeviceId id) {
            return QString::fromStdString(snapshot.cluster->devices[id.index()].name);
        };
        return link.bandwidth.value > 0
                   ? Tr::tr("%1 > %2: %3, delay %4")
                         .arg(name(from), name(to), figure(link.bandwidth), figure(link.delay))
                   : Tr::tr("%1 > %2: no link").arg(name(from), name(to));
    };
    return QString(line(ends.from, ends.to) + u'\n' + line(ends.to, ends.from));
}

} // namespace

std::vector<DeviceLook> deviceLooks(const Snapshot& snapshot, const QPalette& palette)
{
    const DevicePalette colours(palette);
    std::vector<DeviceLook> looks;
    for (std::size_t i = 0; i < snapshot.cluster->devices.size(); ++i) {
        const cluster::Device& device = snapshot.cluster->devices[i];
        DeviceLook look;
        look.name = QString::fromStdString(device.name);
        look.role = role(snapshot, DeviceId(i));
        if (device.stages)
            look.memory = figure(device.memory);
        look.color = colours.color(DeviceId(i));
        look.enabled = device.enabled;
        look.tip = QString(look.name + u'\n' + look.role);
        looks.push_back(look);
    }
    if (!snapshot.plan)
        return looks;
    for (const auto& [at, stage] : snapshot.plan->stages()) {
        if (stage.device.index() >= looks.size())
            continue; // the cluster is newer than the plan
        const cluster::Device& device = snapshot.cluster->devices[stage.device.index()];
        DeviceLook& look = looks[stage.device.index()];
        look.hasStage = true;
        look.role = Tr::tr("stage %1 \u00b7 %2").arg(at.stage + 1).arg(figure(stage.compute));
        look.used = static_cast<double>(stage.memory.value) /
                    static_cast<double>(std::max<std::int64_t>(1, device.memory.value));
        look.memory =
            Tr::tr("%1 % of %2").arg(std::lround(look.used * 100)).arg(figure(device.memory));
        look.tip = Tr::tr("%1\nstage %2: %n layer(s) in %3\nmemory %4 of %5", nullptr,
                          static_cast<int>(stage.layers.size()))
                       .arg(look.name)
                       .arg(at.stage + 1)
                       .arg(figure(stage.compute), figure(stage.memory), figure(device.memory));
        look.bottleneck = snapshot.plan->isBottleneck(at);
    }
    return looks;
}

std::vector<LinkLook> linkLooks(const Snapshot& snapshot, const QPalette& palette)
{
    const DevicePalette colours(palette);
    std::vector<LinkLook> hops;
    std::set<std::pair<DeviceId, DeviceId>> used;
    const std::size_t count = snapshot.cluster->devices.size();
    const auto planned = snapshot.plan ? snapshot.plan->hops() : std::vector<plan::PlacedHop>{};
    for (const auto& [at, hop] : planned) {
        if (!hop.from || !hop.to || hop.from == hop.to ||
            std::max(*hop.from, *hop.to).index() >= count)
            continue;
        const LinkEnds ends{*hop.from, *hop.to};
        used.insert(std::minmax(*hop.from, *hop.to));
        const auto bandwidth = snapshot.cluster->link(*hop.from, *hop.to).bandwidth;
        const bool isBottleneck = snapshot.plan->isBottleneck(at);
        LinkLook look{ends, {}, {}, linkTip(snapshot, ends), {}, true};
        look.label =
            Tr::tr("%1\n%2 in %3").arg(figure(bandwidth), figure(hop.bytes), figure(hop.seconds));
        look.shortLabel = figure(hop.seconds);
        QColor colour = palette.color(QPalette::Text);
        colour.setAlphaF(0.55F);
        look.pen = QPen(isBottleneck ? colours.bottleneck() : colour, width(bandwidth));
        hops.push_back(look);
    }
    std::vector<LinkLook> looks;
    for (std::size_t a = 0; a < count; ++a)
        for (std::size_t b = a + 1; b < count; ++b) {
            const LinkEnds ends{DeviceId(a), DeviceId(b)};
            const auto bandwidth = std::max(snapshot.cluster->link(ends.from, ends.to).bandwidth,
                                            snapshot.cluster->link(ends.to, ends.from).bandwidth);
            if (bandwidth.value <= 0 || used.contains({ends.from, ends.to}))
                continue;
            QColor faint = palette.color(QPalette::Text);
            faint.setAlphaF(0.18F);
            looks.push_back({ends, {}, {}, linkTip(snapshot, ends), QPen(faint, 1), false});
        }
    looks.insert(looks.end(), hops.begin(), hops.end());
    return looks;
}

} // namespace millrace::ui
