// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/graphview/GraphCanvas.h"

#include <QPixmap>
#include <QWidget>

namespace millrace::ui
{

/// The whole graph in a corner with the visible part framed; a click or drag goes there. Hidden
/// while everything is in view.
class Minimap : public QWidget
{
    Q_OBJECT
public:
    explicit Minimap(GraphCanvas& canvas);
    /// Draws the picture anew: after a layout or new colours.
    void refresh();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    void goTo(QPointF at);
    void follow();
    GraphCanvas& m_canvas;
    QPixmap m_picture;
};

} // namespace millrace::ui
