// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/watch/FigureTiles.h"

#include "ui/models/DevicePalette.h"
#include "ui/models/Figures.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>

namespace millrace::ui
{
namespace
{

QFrame* separator()
{
    auto* line = new QFrame;
    line->setFrameShape(QFrame::VLine);
    line->setForegroundRole(QPalette::Mid);
    return line;
}

QString orDash(const std::optional<Seconds>& time)
{
    return time ? figure(*time) : QStringLiteral("\u2013");
}

QString rate(double perSecond)
{
    return FigureTiles::tr("%1 /s").arg(threeDigits(perSecond));
}

QString count(std::uint64_t number)
{
    return QLocale().toString(static_cast<qulonglong>(number));
}

} // namespace

FigureTiles::FigureTiles(QWidget* parent) : QFrame(parent)
{
    setObjectName(QStringLiteral("figureTiles"));
    setFrameShape(QFrame::StyledPanel);
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 6, 12, 6);
    row->setSpacing(12);
    m_throughput = add(*row, "tileThroughput", tr("Throughput now"));
    m_predicted = add(*row, "tilePredicted", tr("Predicted"));
    m_ratio = add(*row, "tileRatio", tr("Ratio"));
    row->addWidget(separator());
    m_p50 = add(*row, "tileP50", tr("Latency p50"));
    m_p95 = add(*row, "tileP95", tr("Latency p95"));
    m_p99 = add(*row, "tileP99", tr("Latency p99"));
    row->addWidget(separator());
    m_inFlight = add(*row, "tileInFlight", tr("In flight"));
    m_answered = add(*row, "tileAnswered", tr("Answered"));
    m_lost = add(*row, "tileLost", tr("Lost"));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    clear();
}

FigureTiles::Tile FigureTiles::add(QHBoxLayout& row, const char* name, const QString& title)
{
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* heading = new QLabel(title);
    heading->setForegroundRole(QPalette::PlaceholderText);
    Tile tile{new QLabel, new QLabel};
    tile.value->setObjectName(QLatin1String(name));
    tile.value->setAccessibleName(title);
    tile.value->setTextInteractionFlags(Qt::TextSelectableByMouse);
    QFont large = tile.value->font();
    large.setPointSizeF(large.pointSizeF() * 1.8);
    large.setWeight(QFont::DemiBold);
    tile.value->setFont(large);
    QFont small = tile.note->font();
    small.setPointSizeF(small.pointSizeF() * 0.85);
    tile.note->setFont(small);
    tile.note->setForegroundRole(QPalette::PlaceholderText);
    for (QLabel* label : {heading, tile.value, tile.note}) {
        column->addWidget(label);
        // A figure that grows by a digit must not move its neighbours.
        label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    }
    row.addWidget(box, 1);
    return tile;
}

void FigureTiles::set(const Tile& tile, const QString& value, const QString& note)
{
    tile.value->setText(value);
    tile.note->setText(note);
    tile.note->setToolTip(note);
}

void FigureTiles::clear()
{
    for (const Tile& tile :
         {m_throughput, m_predicted, m_ratio, m_p50, m_p95, m_p99, m_inFlight, m_answered, m_lost})
        set(tile, QStringLiteral("\u2013"), {});
}

void FigureTiles::setFigures(const WatchFigures& figures)
{
    const bool isIdle = figures.inFlight == 0;
    set(m_throughput, figures.throughput ? rate(*figures.throughput) : QStringLiteral("\u2013"),
        isIdle ? tr("no requests come in") : tr("inferences"));
    set(m_predicted, rate(figures.predictedThroughput), tr("by the plan"));
    const auto ratio = figures.ratio();
    const bool fills = figures.inFlight > figures.stages.size();
    set(m_ratio, ratio ? percent(*ratio) : QStringLiteral("\u2013"),
        !figures.isComparable() ? tr("not comparable now")
        : fills || isIdle       ? tr("of the prediction")
                                : tr("too few requests"));
    set(m_p50, orDash(figures.p50), tr("of the last minute"));
    set(m_p95, orDash(figures.p95), tr("of the last minute"));
    set(m_p99, orDash(figures.p99), tr("of the last minute"));
    set(m_inFlight, count(figures.inFlight),
        tr("%n sent again", nullptr, static_cast<int>(figures.resent)));
    set(m_answered, count(figures.answered),
        tr("%n failed", nullptr, static_cast<int>(figures.failed)));
    const bool isLossy = figures.lost > 0;
    set(m_lost, isLossy ? tr("\u25bc %1").arg(count(figures.lost)) : count(figures.lost),
        isLossy ? tr("the client went away") : tr("since the start"));
    QPalette colours = palette();
    if (isLossy)
        colours.setColor(m_lost.value->foregroundRole(), DevicePalette(colours).bottleneck());
    m_lost.value->setPalette(colours);
}

} // namespace millrace::ui
