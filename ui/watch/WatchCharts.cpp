// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/watch/WatchCharts.h"

#include "ui/models/DevicePalette.h"

#include <QComboBox>
#include <QPen>

#include <algorithm>
#include <array>

namespace millrace::ui
{
namespace
{

constexpr std::size_t kMostPoints = 320;
constexpr std::array kStyles = {Qt::SolidLine, Qt::DashLine, Qt::DotLine, Qt::DashDotLine};
constexpr std::size_t kMostMarks = 60;

Qt::PenStyle styleOf(std::size_t number)
{
    return kStyles[number % kStyles.size()];
}

/// One line of a series, broken where nothing was measured.
template <class Value>
ChartLine line(const QString& name, const QPen& pen, const std::vector<WatchRates>& series,
               double end, Value value)
{
    ChartLine drawn{name, pen.color(), pen.style(), pen.widthF(), {}};
    bool isBroken = true;
    for (const WatchRates& rates : series) {
        const std::optional<double> figure = value(rates);
        isBroken = isBroken || rates.isAfterGap;
        if (!figure) {
            isBroken = true;
            continue;
        }
        if (isBroken)
            drawn.runs.emplace_back();
        isBroken = false;
        drawn.runs.back().emplace_back(rates.at - end, *figure);
    }
    return drawn;
}

std::optional<double> number(const std::optional<Seconds>& time)
{
    return time ? std::optional(time->value) : std::nullopt;
}

} // namespace

WatchCharts::WatchCharts(QWidget* parent)
    : QSplitter(Qt::Vertical, parent),
      m_throughput(
          new TimeChart(QStringLiteral("throughputChart"), tr("Throughput"), ChartUnit::PerSecond)),
      m_stages(new TimeChart(QStringLiteral("stageChart"), tr("Stages"), ChartUnit::Seconds)),
      m_shown(new QComboBox)
{
    setObjectName(QStringLiteral("watchCharts"));
    setChildrenCollapsible(false);
    m_shown->setObjectName(QStringLiteral("stageChartShows"));
    m_shown->setAccessibleName(tr("What is shown of each stage"));
    m_shown->addItems({tr("Compute"), tr("Waiting"), tr("Transfer")});
    m_shown->setToolTip(tr("Compute: a run of the stage. Waiting: for its turn, and for the next "
                           "stage to take the result. Transfer: over each link."));
    m_stages->addToHeader(m_shown);
    for (TimeChart* chart : {m_throughput, m_stages}) {
        addWidget(chart);
        connect(chart, &TimeChart::zoomed, this, &WatchCharts::zoomed);
        connect(chart, &TimeChart::markChosen, this,
                [this](int mark) { emit eventChosen(m_marked[static_cast<std::size_t>(mark)]); });
    }
    connect(m_shown, &QComboBox::currentIndexChanged, this, &WatchCharts::changed);
}

void WatchCharts::setRelease(const deploy::Release& release)
{
    m_names.clear();
    m_devices.clear();
    m_hops.clear();
    m_pointed.reset();
    m_predicted = release.plan.throughput();
    for (const auto& [at, stage] : release.plan.stages()) {
        m_names.push_back(QString::fromStdString(release.nodes[m_names.size()].device));
        m_devices.push_back(stage.device);
    }
    const QString gateway = QString::fromStdString(deploy::gatewayOf(release)->device);
    for (std::size_t k = 0; k < release.plan.hopCount(); ++k) {
        const QString from = k == 0 ? gateway : m_names[k - 1];
        m_hops.push_back(tr("%1 > %2").arg(from, k < m_names.size() ? m_names[k] : gateway));
    }
}

void WatchCharts::show(const WatchHistory& history, const std::deque<WatchEvent>& events,
                       double range, double end, const QString& rightEnd)
{
    const std::vector<WatchRates> series = history.last(range, kMostPoints);
    if (series.empty())
        return;
    m_end = end;
    m_range = range;
    for (TimeChart* chart : {m_throughput, m_stages})
        chart->setSpan(range, rightEnd, m_end);
    showThroughput(series, m_end);
    showStages(series, m_end);
    showMarks(events, range, m_end);
    pointAt(m_pointed);
}

void WatchCharts::showThroughput(const std::vector<WatchRates>& series, double end)
{
    const DevicePalette colours(palette());
    ChartLine predicted{tr("predicted"),
                        palette().color(QPalette::PlaceholderText),
                        Qt::DashLine,
                        1.5,
                        {{{-m_range, m_predicted}, {0, m_predicted}}}};
    const QColor blue = colours.isDark() ? QColor(0x6c, 0xb2, 0xff) : QColor(0x1f, 0x5f, 0xa8);
    m_throughput->setLines(
        {std::move(predicted), line(tr("measured"), QPen(blue, 2), series, end,
                                    [](const WatchRates& rates) { return rates.throughput; })});
}

void WatchCharts::showStages(const std::vector<WatchRates>& series, double end)
{
    const DevicePalette colours(palette());
    const auto shown = static_cast<Shown>(m_shown->currentIndex());
    std::vector<ChartLine> lines;
    if (shown == Shown::Transfer) {
        for (std::size_t k = 0; k < m_hops.size(); ++k)
            lines.push_back(line(m_hops[k], QPen(colours.color(DeviceId(k)), 2, styleOf(k)), series,
                                 end, [k](const WatchRates& rates) {
                                     return k < rates.transfers.size() ? number(rates.transfers[k])
                                                                       : std::nullopt;
                                 }));
        return m_stages->setLines(lines);
    }
    for (std::size_t k = 0; k < m_names.size(); ++k)
        lines.push_back(line(m_names[k], QPen(colours.color(m_devices[k]), 2, styleOf(k)), series,
                             end, [k, shown](const WatchRates& rates) -> std::optional<double> {
                                 if (k >= rates.stages.size() || !rates.stages[k].up)
                                     return {};
                                 return number(shown == Shown::Compute ? rates.stages[k].compute
                                                                       : rates.stages[k].waiting);
                             }));
    m_stages->setLines(lines);
}

void WatchCharts::showMarks(const std::deque<WatchEvent>& events, double range, double end)
{
    const DevicePalette colours(palette());
    std::vector<ChartMark> marks;
    m_marked.clear();
    for (const WatchEvent& event : events) {
        if (marks.size() == kMostMarks)
            break;
        if (event.at < end - range || event.at > end)
            continue;
        const QColor color = event.tone == EventTone::Trouble ? colours.bottleneck()
                             : event.tone == EventTone::Good
                                 ? colours.good()
                                 : palette().color(QPalette::PlaceholderText);
        marks.push_back({event.at - end, color, event.text});
        m_marked.push_back(event.number);
    }
    m_throughput->setMarks(marks);
    m_stages->setMarks(marks);
}

void WatchCharts::pointAt(std::optional<double> at)
{
    m_pointed = at;
    const auto shown = at ? std::optional(*at - m_end) : std::nullopt;
    m_throughput->setCursorAt(shown);
    m_stages->setCursorAt(shown);
}

} // namespace millrace::ui
