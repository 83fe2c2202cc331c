// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/TimeChart.h"

#include <QCategoryAxis>
#include <QChart>
#include <QChartView>
#include <QLineSeries>
#include <QValueAxis>

namespace millrace::ui
{

/// The picture inside a TimeChart: the only class that speaks Qt Charts.
class ChartCanvas : public QChartView
{
    Q_OBJECT
public:
    explicit ChartCanvas(ChartUnit unit, QWidget* parent = nullptr);

    void setLines(const std::vector<ChartLine>& lines);
    void setMarks(const std::vector<ChartMark>& marks);
    void setCursorAt(std::optional<double> at);
    void setSpan(double seconds, const QString& rightEnd);
    [[nodiscard]] double top() const { return m_y->max(); }
    void applyPalette();

signals:
    void markChosen(int mark);
    void zoomed(int steps); ///< above 0: in
    void hovered(double at, const QPoint& global);
    void left();

protected:
    void drawForeground(QPainter* painter, const QRectF& rect) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    [[nodiscard]] double xOf(double at) const;
    void fitTop(double highest);
    void labelTime();
    QLineSeries* lineAt(std::size_t number);

    ChartUnit m_unit;
    QCategoryAxis* m_x;
    QValueAxis* m_y;
    std::vector<QLineSeries*> m_series; ///< one for each run of a line, kept for the next time
    std::vector<ChartMark> m_marks;
    std::optional<double> m_cursor, m_hover;
    double m_span = 300;
    QString m_rightEnd;
    int m_turned = 0; ///< of the wheel, in eighths of a degree
};

} // namespace millrace::ui
