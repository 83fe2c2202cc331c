// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/TimeChart.h"

#include "ui/charts/ChartCanvas.h"
#include "ui/models/Figures.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolTip>
#include <QVBoxLayout>

#include <cmath>

namespace millrace::ui
{

/// Names beside a stroke of each line; what does not fit is left out, the tooltip has all.
class ChartLegend : public QWidget
{
public:
    explicit ChartLegend(QWidget* parent = nullptr) : QWidget(parent)
    {
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
        setMinimumHeight(fontMetrics().height());
    }
    void setLines(const std::vector<ChartLine>& lines)
    {
        m_lines = lines;
        for (ChartLine& line : m_lines)
            line.runs.clear();
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        constexpr int kStroke = 20, kGap = 5, kBetween = 14;
        int total = 0;
        for (const ChartLine& line : m_lines)
            total += kStroke + kGap + fontMetrics().horizontalAdvance(line.name) + kBetween;
        int x = std::max(0, width() - total + kBetween);
        for (const ChartLine& line : m_lines) {
            const int advance = fontMetrics().horizontalAdvance(line.name);
            if (x + kStroke + kGap + advance > width())
                return;
            painter.setPen(QPen(line.color, line.width, line.style, Qt::FlatCap));
            painter.drawLine(x, height() / 2, x + kStroke, height() / 2);
            painter.setPen(palette().color(QPalette::Text));
            x += kStroke + kGap;
            painter.drawText(QRect(x, 0, advance + 1, height()), Qt::AlignVCenter, line.name);
            x += advance + kBetween;
        }
    }

private:
    std::vector<ChartLine> m_lines;
};

namespace
{

/// The point next to `at`, none in a gap: inside a run, or beside one within `reach`.
std::optional<QPointF> nearest(const ChartLine& line, double at, double reach)
{
    std::optional<QPointF> found;
    for (const auto& run : line.runs) {
        const bool isInside = run.front().x() <= at && at <= run.back().x();
        for (const QPointF& point : run)
            if (const double away = std::abs(point.x() - at);
                (isInside || away <= reach) && (!found || away < std::abs(found->x() - at)))
                found = point;
    }
    return found;
}

} // namespace

TimeChart::TimeChart(const QString& name, const QString& title, ChartUnit unit, QWidget* parent)
    : QFrame(parent), m_unit(unit), m_canvas(new ChartCanvas(unit)), m_legend(new ChartLegend),
      m_header(new QWidget)
{
    setObjectName(name);
    setAccessibleName(title);
    setFrameShape(QFrame::StyledPanel);
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    auto* heading = new QLabel(title);
    QFont bold = heading->font();
    bold.setBold(true);
    heading->setFont(bold);
    auto* header = new QHBoxLayout(m_header);
    header->setContentsMargins(8, 4, 8, 0);
    header->addWidget(heading);
    header->addWidget(m_legend, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->setSpacing(0);
    layout->addWidget(m_header);
    layout->addWidget(m_canvas, 1);
    connect(m_canvas, &ChartCanvas::markChosen, this, &TimeChart::markChosen);
    connect(m_canvas, &ChartCanvas::zoomed, this, &TimeChart::zoomed);
    connect(m_canvas, &ChartCanvas::hovered, this, &TimeChart::showTip);
    connect(m_canvas, &ChartCanvas::left, this, [] { QToolTip::hideText(); });
}

void TimeChart::addToHeader(QWidget* widget)
{
    static_cast<QHBoxLayout*>(m_header->layout())->insertWidget(1, widget);
}

void TimeChart::setLines(const std::vector<ChartLine>& lines)
{
    m_lines = lines;
    m_canvas->setLines(lines);
    m_legend->setLines(lines);
}

void TimeChart::setMarks(const std::vector<ChartMark>& marks)
{
    m_marks = marks;
    m_canvas->setMarks(marks);
}

void TimeChart::setCursorAt(std::optional<double> at)
{
    m_canvas->setCursorAt(at);
}

void TimeChart::setSpan(double seconds, const QString& rightEnd, double endsAt)
{
    constexpr double kReach = 1.0 / 150; // a few pixels
    m_endsAt = endsAt;
    m_reach = seconds * kReach;
    m_canvas->setSpan(seconds, rightEnd);
}

double TimeChart::top() const
{
    return m_canvas->top();
}

QSize TimeChart::sizeHint() const
{
    return {560, 190};
}

void TimeChart::showTip(double at, const QPoint& global)
{
    const auto moment = static_cast<qint64>((m_endsAt + at) * 1000);
    QStringList rows{QDateTime::fromMSecsSinceEpoch(moment).toString(QStringLiteral("HH:mm:ss"))};
    for (const ChartLine& line : m_lines)
        if (const auto point = nearest(line, at, m_reach))
            rows << tr("%1: %2").arg(line.name, m_unit == ChartUnit::Seconds
                                                    ? figure(Seconds{point->y()})
                                                    : perSecond(point->y()));
    for (const ChartMark& mark : m_marks)
        if (std::abs(mark.at - at) <= m_reach)
            rows << mark.tip;
    QToolTip::showText(global, plainTip(rows.join(QLatin1Char('\n'))), m_canvas);
}

} // namespace millrace::ui
