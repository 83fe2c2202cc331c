// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `charts`: pictures of figures. Views get snapshots and the shared selection.
#pragma once

#include "ui/models/LadderRows.h"
#include "ui/models/Selection.h"
#include "ui/models/WatchFigures.h"

#include <QAbstractScrollArea>

class QPainterPath;

namespace millrace::ui
{

/// The bottleneck ladder: one rung per stage and used link in pipeline order, length = time, one
/// axis that ends at the bottleneck. With measured figures a rung is filled as far as was measured,
/// over an outline of what the plan expects. Click or arrow keys select the device or link. GUI
/// thread only.
class LadderView : public QAbstractScrollArea
{
    Q_OBJECT
public:
    explicit LadderView(QWidget* parent = nullptr);

    void setSnapshot(const Snapshot& snapshot);
    /// Of a release of the snapshot's plan.
    void setFigures(const WatchFigures& figures);
    void setSelection(Selection* selection); ///< not owned
    [[nodiscard]] const std::vector<LadderRow>& rows() const { return m_rows; }
    [[nodiscard]] QSize sizeHint() const override;

protected:
    bool viewportEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    enum class Shows { Predicted, Measured };
    struct Columns {
        int name, bar, barEnd, end;
    };
    [[nodiscard]] Columns columns() const;
    [[nodiscard]] int rowHeight() const;
    [[nodiscard]] int rowAt(const QPoint& point) const; ///< -1: none
    [[nodiscard]] QRect rowRect(int row) const;
    [[nodiscard]] bool isSelected(const LadderRow& row) const;
    void showRows(std::vector<LadderRow> rows, Shows shows);
    void selectRow(int row);
    void updateScrollBar();
    void paintAxis(QPainter& painter) const;
    void paintRow(QPainter& painter, int row) const;
    void paintBar(QPainter& painter, const LadderRow& row, const QRect& rect) const;
    void paintMeasured(QPainter& painter, const LadderRow& row, const QRect& rect) const;
    void paintDetail(QPainter& painter, const LadderRow& row, const QRect& rect, const QRectF& bar,
                     int behind) const;
    void fillBar(QPainter& painter, const LadderRow& row, const QPainterPath& path) const;
    [[nodiscard]] QRectF barRect(const QRect& rect, Seconds time, int inset) const;
    [[nodiscard]] QColor edgeOf(const LadderRow& row) const;
    void paintEmpty(QPainter& painter) const;

    Snapshot m_snapshot;
    std::vector<LadderRow> m_rows;
    Shows m_shows = Shows::Predicted;
    Seconds m_end; ///< of the axis
    Selection* m_selection = nullptr;
};

} // namespace millrace::ui
