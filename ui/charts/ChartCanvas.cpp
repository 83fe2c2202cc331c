// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ChartCanvas.h"

#include <QGraphicsLayout>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace millrace::ui
{
namespace
{

constexpr int kReach = 7; // pixels beside a mark that still hit it

/// The smallest 1, 2, 2.5 or 5 times a power of ten that is not below `value`.
double roundStep(double value)
{
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double step : {1.0, 2.0, 2.5, 5.0})
        if (step * power >= value * (1 - 1e-9))
            return step * power;
    return 10 * power;
}

QString spanText(double seconds)
{
    if (seconds < 60)
        return ChartCanvas::tr("\u2212%1 s").arg(qRound(seconds));
    if (seconds < 3600)
        return ChartCanvas::tr("\u2212%1 min").arg(seconds / 60);
    return ChartCanvas::tr("\u2212%1 h").arg(seconds / 3600);
}

/// Into how many parts the labels cut the time, so that each is round.
int partsOf(double seconds)
{
    constexpr double kHour = 3600;
    if (seconds > kHour && seconds <= 6 * kHour)
        return 6;
    return seconds > 60 && seconds < kHour ? 5 : 4;
}

} // namespace

ChartCanvas::ChartCanvas(ChartUnit unit, QWidget* parent)
    : QChartView(parent), m_unit(unit), m_x(new QCategoryAxis), m_y(new QValueAxis)
{
    QChart* picture = chart();
    picture->addAxis(m_x, Qt::AlignBottom);
    picture->addAxis(m_y, Qt::AlignLeft);
    picture->legend()->hide();
    picture->setMargins({0, 2, 22, 0});
    picture->layout()->setContentsMargins(0, 0, 0, 0);
    picture->setBackgroundRoundness(0);
    picture->setAnimationOptions(QChart::NoAnimation);
    m_x->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
    m_x->setTruncateLabels(false);
    m_y->setTruncateLabels(false);
    setRenderHint(QPainter::Antialiasing);
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setFocusPolicy(Qt::NoFocus);
    fitTop(0);
    applyPalette();
}

void ChartCanvas::applyPalette()
{
    const QPalette colours = palette();
    chart()->setBackgroundBrush(colours.base());
    chart()->setBackgroundPen(Qt::NoPen);
    chart()->setPlotAreaBackgroundVisible(false);
    QFont small = font();
    small.setPointSizeF(std::max(7.0, small.pointSizeF() * 0.85));
    const QColor ink = colours.color(QPalette::PlaceholderText);
    QColor grid = ink;
    grid.setAlpha(45);
    for (QAbstractAxis* axis :
         {static_cast<QAbstractAxis*>(m_x), static_cast<QAbstractAxis*>(m_y)}) {
        axis->setLabelsFont(small);
        axis->setLabelsColor(ink);
        axis->setLinePen(QPen(grid, 1));
        axis->setGridLinePen(QPen(grid, 1));
    }
}

QLineSeries* ChartCanvas::lineAt(std::size_t number)
{
    while (m_series.size() <= number) {
        auto* series = new QLineSeries;
        chart()->addSeries(series);
        series->attachAxis(m_x);
        series->attachAxis(m_y);
        m_series.push_back(series);
    }
    return m_series[number];
}

void ChartCanvas::setLines(const std::vector<ChartLine>& lines)
{
    double highest = 0;
    for (const ChartLine& line : lines)
        for (const auto& run : line.runs)
            for (const QPointF& point : run)
                highest = std::max(highest, point.y());
    fitTop(highest);
    const double scale = m_unit == ChartUnit::Seconds && highest < 1 ? 1000 : 1;
    std::size_t used = 0;
    for (const ChartLine& line : lines)
        for (const auto& run : line.runs) {
            QLineSeries* series = lineAt(used++);
            QPen pen(line.color, line.width, line.style, Qt::FlatCap, Qt::RoundJoin);
            series->setPen(pen);
            QList<QPointF> points;
            points.reserve(static_cast<qsizetype>(run.size()));
            for (const QPointF& point : run)
                points.append({point.x(), point.y() * scale});
            if (points.size() == 1) // alone it would not be seen
                points.prepend({points[0].x() - m_span / 300, points[0].y()});
            series->replace(points);
        }
    for (; m_series.size() > used; m_series.pop_back()) {
        chart()->removeSeries(m_series.back());
        delete m_series.back();
    }
}

/// Four equal steps of a round number, so that labels are short and seldom change.
void ChartCanvas::fitTop(double highest)
{
    constexpr int kSteps = 4;
    const bool isMilliseconds = m_unit == ChartUnit::Seconds && highest < 1;
    const double scaled = isMilliseconds ? highest * 1000 : highest;
    const double step = scaled > 0 ? roundStep(scaled * 1.05 / kSteps) : isMilliseconds ? 25 : 1;
    m_y->setRange(0, step * kSteps);
    m_y->setTickCount(kSteps + 1);
    const int decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9)));
    const bool isQuarter =
        std::abs(step * std::pow(10, decimals) - std::round(step * std::pow(10, decimals))) > 1e-6;
    const QString number = QStringLiteral("%.%1f").arg(decimals + (isQuarter ? 1 : 0));
    if (m_unit == ChartUnit::PerSecond)
        m_y->setLabelFormat(number + tr(" /s"));
    else
        m_y->setLabelFormat(number + (isMilliseconds ? tr(" ms") : tr(" s")));
}

void ChartCanvas::setSpan(double seconds, const QString& rightEnd)
{
    if (seconds == m_span && rightEnd == m_rightEnd)
        return;
    m_span = seconds;
    m_rightEnd = rightEnd;
    labelTime();
}

void ChartCanvas::labelTime()
{
    for (const QString& label : m_x->categoriesLabels())
        m_x->remove(label);
    m_x->setStartValue(-2 * m_span);
    m_x->setRange(-m_span, 0);
    const int parts = partsOf(m_span);
    for (int part = parts; part > 0; --part)
        m_x->append(spanText(m_span * part / parts), -m_span * part / parts);
    m_x->append(m_rightEnd, 0);
}

void ChartCanvas::setMarks(const std::vector<ChartMark>& marks)
{
    m_marks = marks;
    viewport()->update();
}

void ChartCanvas::setCursorAt(std::optional<double> at)
{
    m_cursor = at;
    viewport()->update();
}

double ChartCanvas::xOf(double at) const
{
    const QRectF area = chart()->plotArea();
    return chart()->mapToScene(area.topLeft()).x() + area.width() * (1 + at / m_span);
}

void ChartCanvas::drawForeground(QPainter* painter, const QRectF&)
{
    const QRectF area = chart()->mapRectToScene(chart()->plotArea());
    painter->setRenderHint(QPainter::Antialiasing);
    const auto line = [&](double at, const QPen& pen) {
        const double x = xOf(at);
        painter->setPen(pen);
        painter->drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        return x;
    };
    // The newest comes first, and on top.
    for (auto at = m_marks.rbegin(); at != m_marks.rend(); ++at) {
        const ChartMark& mark = *at;
        if (mark.at < -m_span)
            continue;
        const double x = line(mark.at, QPen(mark.color, 1, Qt::DotLine));
        painter->setBrush(mark.color);
        painter->setPen(Qt::NoPen);
        painter->drawPolygon(QPolygonF(
            {QPointF(x - 4, area.top()), QPointF(x + 4, area.top()), QPointF(x, area.top() + 6)}));
    }
    if (m_cursor && *m_cursor >= -m_span)
        line(*m_cursor, QPen(palette().color(QPalette::Highlight), 2));
    if (m_hover)
        line(*m_hover, QPen(palette().color(QPalette::PlaceholderText), 1));
}

void ChartCanvas::mousePressEvent(QMouseEvent* event)
{
    const double x = mapToScene(event->pos()).x();
    int nearest = -1;
    double reach = kReach;
    for (std::size_t i = 0; i < m_marks.size(); ++i)
        if (const double away = std::abs(xOf(m_marks[i].at) - x); away < reach) {
            reach = away;
            nearest = static_cast<int>(i);
        }
    if (nearest >= 0)
        emit markChosen(nearest);
}

void ChartCanvas::mouseMoveEvent(QMouseEvent* event)
{
    const QRectF area = chart()->mapRectToScene(chart()->plotArea());
    const QPointF at = mapToScene(event->pos());
    if (!area.contains(at))
        return leaveEvent(event);
    m_hover = ((at.x() - area.left()) / area.width() - 1) * m_span;
    viewport()->update();
    emit hovered(*m_hover, event->globalPosition().toPoint());
}

void ChartCanvas::leaveEvent(QEvent*)
{
    m_hover.reset();
    viewport()->update();
    emit left();
}

void ChartCanvas::wheelEvent(QWheelEvent* event)
{
    m_turned += event->angleDelta().y();
    constexpr int kStep = 120;
    if (std::abs(m_turned) >= kStep)
        emit zoomed(m_turned > 0 ? 1 : -1);
    m_turned %= kStep;
    event->accept();
}

void ChartCanvas::changeEvent(QEvent* event)
{
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        applyPalette();
}

} // namespace millrace::ui
