// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/graphview/GraphCanvas.h"

#include <QKeyEvent>
#include <QScrollBar>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace millrace::ui
{
namespace
{

constexpr double kMinZoom = 0.02;
constexpr double kMaxZoom = 4;
constexpr double kStep = 1.2;

} // namespace

GraphCanvas::GraphCanvas(QWidget* parent) : QGraphicsView(parent)
{
    setDragMode(ScrollHandDrag);
    setTransformationAnchor(AnchorUnderMouse);
    setResizeAnchor(AnchorViewCenter);
    setFrameShape(NoFrame);
    setViewportUpdateMode(FullViewportUpdate);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setBackgroundRole(QPalette::Base);
    viewport()->setCursor(Qt::ArrowCursor);
}

void GraphCanvas::setZoom(double zoom)
{
    m_fitted = false;
    const double wanted = std::clamp(zoom, kMinZoom, kMaxZoom);
    setTransform(QTransform::fromScale(wanted, wanted));
    emit viewChanged();
}

void GraphCanvas::zoomBy(double factor)
{
    setZoom(zoom() * factor);
}

void GraphCanvas::fit()
{
    if (scene() == nullptr || sceneRect().isEmpty())
        return;
    const QSizeF pane = maximumViewportSize();
    const double zoom =
        std::min(pane.width() / sceneRect().width(), pane.height() / sceneRect().height()) * 0.99;
    setZoom(std::min(zoom, 1.5));
    centerOn(sceneRect().center());
    m_fitted = true;
    emit viewChanged();
}

void GraphCanvas::wheelEvent(QWheelEvent* event)
{
    zoomBy(std::pow(kStep, event->angleDelta().y() / 120.0));
    event->accept();
}

void GraphCanvas::keyPressEvent(QKeyEvent* event)
{
    const ViewportAnchor anchor = transformationAnchor();
    setTransformationAnchor(AnchorViewCenter);
    const bool ctrl = event->modifiers().testFlag(Qt::ControlModifier);
    bool known = true;
    if (event->key() == Qt::Key_Plus || event->key() == Qt::Key_Equal ||
        (event->key() == Qt::Key_Up && event->modifiers().testFlag(Qt::ShiftModifier)))
        zoomBy(kStep);
    else if (event->key() == Qt::Key_Minus ||
             (event->key() == Qt::Key_Down && event->modifiers().testFlag(Qt::ShiftModifier)))
        zoomBy(1 / kStep);
    else if (event->key() == Qt::Key_0 && ctrl)
        setZoom(1);
    else if (event->key() == Qt::Key_F && !ctrl)
        fit();
    else
        known = false;
    setTransformationAnchor(anchor);
    if (known)
        event->accept();
    else
        QGraphicsView::keyPressEvent(event);
}

void GraphCanvas::mousePressEvent(QMouseEvent* event)
{
    m_pressedAt = event->pos();
    QGraphicsView::mousePressEvent(event);
}

void GraphCanvas::mouseReleaseEvent(QMouseEvent* event)
{
    QGraphicsView::mouseReleaseEvent(event);
    viewport()->setCursor(Qt::ArrowCursor);
    // A click on empty ground, not the end of a drag, takes the selection away.
    if ((event->pos() - m_pressedAt).manhattanLength() < 4 && itemAt(event->pos()) == nullptr &&
        scene() != nullptr)
        scene()->clearSelection();
}

void GraphCanvas::resizeEvent(QResizeEvent* event)
{
    QGraphicsView::resizeEvent(event);
    if (m_fitted)
        fit();
    emit viewChanged();
}

void GraphCanvas::scrollContentsBy(int dx, int dy)
{
    QGraphicsView::scrollContentsBy(dx, dy);
    emit viewChanged();
}

} // namespace millrace::ui
