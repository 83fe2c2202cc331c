// SPDX-License-Identifier: GPL-3.0-or-later
// How the nodes of the graph look in each colour mode, and the legend that says what it means.
#include "ui/graphview/GraphScene.h"
#include "ui/models/Figures.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace millrace::ui
{
namespace
{

QString text(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

/// White to a strong blue, or dark to a bright one.
QColor heat(double share, const DevicePalette& colours)
{
    const QColor cold = colours.isDark() ? QColor(0x2c, 0x2f, 0x33) : QColor(0xf4, 0xf6, 0xfa);
    const QColor hot = colours.isDark() ? QColor(0xff, 0xa0, 0x40) : QColor(0xd0, 0x4a, 0x00);
    const auto mix = [share](int a, int b) { return static_cast<int>(a + (b - a) * share); };
    return {mix(cold.red(), hot.red()), mix(cold.green(), hot.green()),
            mix(cold.blue(), hot.blue())};
}

Bytes weightsOf(const graph::Graph& graph, const graph::Layer& layer)
{
    Bytes sum = layer.weightBytes;
    for (const WeightId id : layer.weights)
        if (graph.weights[id.index()].consumers.size() > 1)
            sum += graph.weights[id.index()].bytes;
    return sum;
}

/// On the device that runs it, else on this machine.
Seconds timeOf(const Snapshot& snapshot, std::size_t layer, const std::optional<DeviceId>& device)
{
    if (snapshot.problem && device) {
        const auto& seconds = snapshot.problem->layers[layer].seconds;
        const auto found = seconds.find(snapshot.problem->devices[device->index()].className);
        if (found != seconds.end())
            return found->second;
    }
    return snapshot.times ? snapshot.times->reference[layer] : Seconds{};
}

} // namespace

std::vector<NodeLook> GraphScene::looks(const Snapshot& snapshot, ColourMode mode,
                                        const QPalette& palette)
{
    const DevicePalette colours(palette);
    const std::vector<int> stages = stageOfLayer(snapshot);
    std::vector<NodeLook> looks;
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
        const graph::Layer& layer = snapshot.graph->layers[i];
        const auto& device = m_deviceOfLayer[i];
        NodeLook look;
        look.title = text(layer.op);
        look.subtitle = text(layer.name);
        const Seconds time = timeOf(snapshot, i, device);
        // The runtime computes it together with an earlier layer, which its time is charged to.
        const bool fused = time.value == 0 && snapshot.times &&
                           snapshot.times->source == plan::TimesSource::Measured;
        look.figure = fused ? tr("fused") : figure(time);
        if (const Bytes weights = weightsOf(*snapshot.graph, layer); weights.value > 0)
            look.figure += QStringLiteral(" \u00b7 ") + figure(weights);
        look.mark = stages[i] >= 0 ? QString::number(stages[i] + 1) : QString();
        look.fill = device ? colours.fill(*device) : QBrush(colours.neutral());
        look.accent = device ? colours.color(*device) : QColor();
        looks.push_back(std::move(look));
    }
    m_legend.clear();
    if (mode == ColourMode::Operator)
        operatorLooks(snapshot, colours, looks);
    else if (mode != ColourMode::Device)
        heatLooks(snapshot, mode, colours, looks);
    else if (snapshot.problem)
        deviceLegend(snapshot, colours);
    return looks;
}

/// The devices of the stages in their order, then the others that are on.
void GraphScene::deviceLegend(const Snapshot& snapshot, const DevicePalette& colours)
{
    std::vector<bool> used(snapshot.problem->devices.size(), false);
    if (snapshot.plan)
        for (const auto& [at, stage] : snapshot.plan->stages()) {
            const DeviceId device = stage.device;
            used[device.index()] = true;
            m_legend.push_back({QStringLiteral("%1  %2")
                                    .arg(at.stage + 1)
                                    .arg(text(snapshot.problem->devices[device.index()].name)),
                                colours.fill(device), colours.color(device), true});
        }
    for (std::size_t d = 0; d < used.size(); ++d)
        if (!used[d] && snapshot.problem->devices[d].enabled)
            m_legend.push_back({tr("%1 (not used)").arg(text(snapshot.problem->devices[d].name)),
                                colours.fill(DeviceId(d)), colours.color(DeviceId(d)), false});
}

/// The most common operators get the first colours.
void GraphScene::operatorLooks(const Snapshot& snapshot, const DevicePalette& colours,
                               std::vector<NodeLook>& looks)
{
    std::map<std::string, int> count;
    for (const graph::Layer& layer : snapshot.graph->layers)
        ++count[layer.op];
    std::vector<std::pair<int, std::string>> common;
    for (const auto& [op, n] : count)
        common.emplace_back(-n, op);
    std::sort(common.begin(), common.end());
    std::map<std::string, DeviceId> colourOf;
    for (std::size_t i = 0; i < common.size(); ++i) {
        colourOf[common[i].second] = DeviceId(i);
        if (i < 12)
            m_legend.push_back(
                {QStringLiteral("%1 (%2)").arg(text(common[i].second)).arg(-common[i].first),
                 colours.fill(DeviceId(i)), colours.color(DeviceId(i)), true});
    }
    for (std::size_t i = 0; i < looks.size(); ++i) {
        const DeviceId colour = colourOf[snapshot.graph->layers[i].op];
        looks[i].fill = colours.fill(colour);
        looks[i].accent = colours.color(colour);
    }
}

void GraphScene::heatLooks(const Snapshot& snapshot, ColourMode mode, const DevicePalette& colours,
                           std::vector<NodeLook>& looks)
{
    std::vector<double> figures;
    for (std::size_t i = 0; i < looks.size(); ++i) {
        const graph::Layer& layer = snapshot.graph->layers[i];
        figures.push_back(
            mode == ColourMode::Time
                ? timeOf(snapshot, i, m_deviceOfLayer[i]).value
                : static_cast<double>(
                      (weightsOf(*snapshot.graph, layer) + layer.activationBytes).value));
    }
    const double most = std::max(1e-12, *std::max_element(figures.begin(), figures.end()));
    for (std::size_t i = 0; i < looks.size(); ++i) {
        looks[i].fill = heat(std::sqrt(figures[i] / most), colours);
        looks[i].accent = QColor();
    }
    for (const double share : {0.0, 0.25, 1.0}) {
        const QString label = mode == ColourMode::Time
                                  ? figure(Seconds{share * most})
                                  : figure(Bytes{static_cast<std::int64_t>(share * most)});
        m_legend.push_back({label, heat(std::sqrt(share), colours), QColor(), true});
    }
}

} // namespace millrace::ui
