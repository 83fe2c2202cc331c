// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/graphview/Minimap.h"

#include "ui/graphview/NodeItem.h"

#include <QMouseEvent>
#include <QPainter>

namespace millrace::ui
{
namespace
{

constexpr QSize kLargest(170, 110);

} // namespace

Minimap::Minimap(GraphCanvas& canvas) : QWidget(&canvas), m_canvas(canvas)
{
    setObjectName(QStringLiteral("graphMinimap"));
    setAccessibleName(tr("Overview of the layer graph"));
    setCursor(Qt::PointingHandCursor);
    connect(&canvas, &GraphCanvas::viewChanged, this, &Minimap::follow);
}

void Minimap::refresh()
{
    const QRectF scene = m_canvas.sceneRect();
    if (m_canvas.scene() == nullptr || scene.isEmpty())
        return hide();
    resize(scene.size().scaled(kLargest, Qt::KeepAspectRatio).toSize().expandedTo({40, 20}));
    m_picture = QPixmap(size() * devicePixelRatioF());
    m_picture.setDevicePixelRatio(devicePixelRatioF());
    m_picture.fill(Qt::transparent);
    QPainter painter(&m_picture);
    const double scale = width() / scene.width();
    for (const QGraphicsItem* item : m_canvas.scene()->items())
        if (const auto* node = dynamic_cast<const NodeItem*>(item)) {
            const QRectF box = node->boundingRect().translated(-scene.topLeft());
            const QColor colour =
                node->look().accent.isValid() ? node->look().accent : node->look().fill.color();
            painter.fillRect(QRectF(box.topLeft() * scale, box.size() * scale), colour);
        }
    follow();
}

void Minimap::follow()
{
    const QRectF visible = m_canvas.mapToScene(m_canvas.viewport()->rect()).boundingRect();
    setVisible(
        !m_picture.isNull() &&
        !visible.adjusted(-1, -1, 1, 1).contains(m_canvas.sceneRect().adjusted(40, 40, -40, -40)));
    update();
}

void Minimap::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    QColor ground = palette().color(QPalette::Base);
    ground.setAlphaF(0.9F);
    painter.fillRect(rect(), ground);
    painter.drawPixmap(0, 0, m_picture);
    painter.setPen(palette().color(QPalette::Mid));
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
    const QRectF scene = m_canvas.sceneRect();
    const QRectF visible = m_canvas.mapToScene(m_canvas.viewport()->rect()).boundingRect();
    const double scale = width() / scene.width();
    const QRectF frame((visible.topLeft() - scene.topLeft()) * scale, visible.size() * scale);
    painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
    painter.drawRect(frame.intersected(QRectF(rect()).adjusted(1, 1, -1, -1)));
}

void Minimap::mousePressEvent(QMouseEvent* event)
{
    goTo(event->position());
}
void Minimap::mouseMoveEvent(QMouseEvent* event)
{
    goTo(event->position());
}

void Minimap::goTo(QPointF at)
{
    const QRectF scene = m_canvas.sceneRect();
    m_canvas.centerOn(scene.topLeft() + at * (scene.width() / width()));
}

} // namespace millrace::ui
