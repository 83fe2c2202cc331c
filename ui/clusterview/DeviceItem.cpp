// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/clusterview/DeviceItem.h"

#include "ui/models/DevicePalette.h"
#include "ui/models/Figures.h"

#include <QPainter>
#include <QPalette>

#include <algorithm>

namespace millrace::ui
{

DeviceItem::DeviceItem(DeviceId device) : m_device(device)
{
    setFlags(ItemIsMovable | ItemIsSelectable | ItemSendsGeometryChanges);
    setZValue(2);
}

void DeviceItem::setLook(const DeviceLook& look, const QPalette& palette)
{
    m_look = look;
    m_ground = palette.color(QPalette::Base);
    m_ink = palette.color(QPalette::Text);
    m_faint = palette.color(QPalette::PlaceholderText);
    m_highlight = palette.color(QPalette::Highlight);
    m_alarm = DevicePalette(palette).bottleneck();
    setToolTip(plainTip(look.tip));
    update();
}

QRectF DeviceItem::boundingRect() const
{
    return QRectF(-kWidth / 2, -kHeight / 2, kWidth, kHeight).adjusted(-2, -2, 2, 2);
}

/// The memory that the stage uses, of what the device gives.
void DeviceItem::paintRing(QPainter& painter, const QRectF& place) const
{
    constexpr int kFull = 360 * 16;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(m_look.hasStage ? m_look.color.lighter(150) : m_faint, 1));
    painter.drawEllipse(place);
    if (m_look.hasStage) {
        const QColor arc = m_look.used > 1 ? m_alarm : m_look.color;
        painter.setPen(QPen(arc, 5, Qt::SolidLine, Qt::FlatCap));
        painter.drawArc(place, 90 * 16, -static_cast<int>(kFull * std::min(1.0, m_look.used)));
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_look.enabled ? m_look.color : m_faint);
    painter.drawEllipse(place.center(), 6, 6);
}

void DeviceItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*)
{
    painter->setRenderHint(QPainter::Antialiasing);
    const QRectF card(-kWidth / 2, -kHeight / 2, kWidth, kHeight);
    QColor edge = m_look.hasStage ? m_look.color : m_faint;
    if (m_look.bottleneck)
        edge = m_alarm;
    QPen pen(edge, m_look.hasStage || m_look.bottleneck ? 2 : 1);
    if (!m_look.enabled)
        pen.setStyle(Qt::DashLine);
    painter->setPen(pen);
    painter->setBrush(m_ground);
    painter->drawRoundedRect(card, 6, 6);
    if (isSelected()) {
        painter->setPen(QPen(m_highlight, 2, Qt::DotLine));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(card.adjusted(4, 4, -4, -4), 4, 4);
    }
    paintRing(*painter, QRectF(card.left() + 9, card.center().y() - 13, 26, 26));

    QFont font = painter->font();
    const QRectF text = card.adjusted(41, 6, -3, -5);
    const double line = text.height() / 3;
    font.setBold(true);
    painter->setFont(font);
    painter->setPen(m_look.enabled ? m_ink : m_faint);
    const auto write = [&](int row, const QString& words) {
        painter->drawText(QRectF(text.left(), text.top() + row * line, text.width(), line),
                          Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(words, Qt::ElideRight,
                                                            static_cast<int>(text.width())));
    };
    write(0, m_look.name);
    font.setBold(false);
    font.setPointSizeF(font.pointSizeF() * 0.88);
    painter->setFont(font);
    painter->setPen(m_look.bottleneck ? m_alarm : m_look.enabled ? m_ink : m_faint);
    write(1, m_look.role);
    painter->setPen(m_faint);
    write(2, m_look.memory);
}

QVariant DeviceItem::itemChange(GraphicsItemChange change, const QVariant& value)
{
    if (change == ItemPositionHasChanged && m_moved)
        m_moved();
    return QGraphicsItem::itemChange(change, value);
}

} // namespace millrace::ui
