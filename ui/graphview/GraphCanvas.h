// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QGraphicsView>

namespace millrace::ui
{

/// Pan and zoom: wheel zooms to the cursor, drag pans, arrows pan, + and - zoom, Ctrl+0 actual
/// size, F fits.
class GraphCanvas : public QGraphicsView
{
    Q_OBJECT
public:
    explicit GraphCanvas(QWidget* parent = nullptr);
    void zoomBy(double factor);
    void setZoom(double zoom);
    [[nodiscard]] double zoom() const { return transform().m11(); }
    void fit();

signals:
    void viewChanged(); ///< panned, zoomed or resized

protected:
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    QPoint m_pressedAt;
    bool m_fitted = true; ///< a resize keeps the whole picture in view until the operator zooms
};

} // namespace millrace::ui
