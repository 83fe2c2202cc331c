// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFrame>
#include <QPointF>

#include <functional>
#include <optional>
#include <vector>

class QLabel;

namespace millrace::ui
{

class ChartCanvas;
class ChartLegend;

enum class ChartUnit { PerSecond, Seconds };

/// One line of a chart. Times are seconds before the right end, so never positive.
struct ChartLine {
    QString name;
    QColor color;
    Qt::PenStyle style = Qt::SolidLine; ///< the second cue beside the colour
    double width = 2;
    std::vector<std::vector<QPointF>> runs; ///< a gap between any two
    bool operator==(const ChartLine&) const = default;
};

/// A moment that is marked in a chart.
struct ChartMark {
    double at = 0; ///< seconds before the right end
    QColor color;
    QString tip;
    bool operator==(const ChartMark&) const = default;
};

/// Figures over the last minutes or hours: time runs to the left from "now", the figures' axis
/// begins at 0. The wheel asks for a shorter or longer time. Qt Charts behind it. GUI thread only.
class TimeChart : public QFrame
{
    Q_OBJECT
public:
    TimeChart(const QString& name, const QString& title, ChartUnit unit, QWidget* parent = nullptr);

    void setLines(const std::vector<ChartLine>& lines);
    void setMarks(const std::vector<ChartMark>& marks);
    /// A moment to point at, or none.
    void setCursorAt(std::optional<double> at);
    /// `rightEnd`: "now" or a time of day. `endsAt`: the right end in Unix seconds.
    void setSpan(double seconds, const QString& rightEnd, double endsAt);
    /// Beside the title, a choice of what is shown, for instance.
    void addToHeader(QWidget* widget);
    [[nodiscard]] const std::vector<ChartLine>& lines() const { return m_lines; }
    [[nodiscard]] const std::vector<ChartMark>& marks() const { return m_marks; }
    /// Of the figures' axis, as its labels count: milliseconds where everything is below a second.
    [[nodiscard]] double top() const;
    [[nodiscard]] QSize sizeHint() const override;

signals:
    void markChosen(int mark);
    void zoomed(int steps); ///< above 0: a shorter time

private:
    void showTip(double at, const QPoint& global);

    ChartUnit m_unit;
    ChartCanvas* m_canvas;
    ChartLegend* m_legend;
    QWidget* m_header;
    std::vector<ChartLine> m_lines;
    std::vector<ChartMark> m_marks;
    double m_endsAt = 0, m_reach = 0; ///< seconds
};

} // namespace millrace::ui
