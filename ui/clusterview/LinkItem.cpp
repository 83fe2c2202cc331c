// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/clusterview/LinkItem.h"

#include "ui/clusterview/DeviceItem.h"
#include "ui/models/Figures.h"

#include <QFontMetricsF>
#include <QGuiApplication>
#include <QPainter>
#include <QPainterPathStroker>
#include <QPalette>

#include <cmath>

namespace millrace::ui
{
namespace
{

constexpr double kArrow = 9;

QFont labelFont()
{
    QFont font = QGuiApplication::font();
    font.setPointSizeF(font.pointSizeF() * 0.85);
    return font;
}

QSizeF labelSize(const QString& label)
{
    return label.isEmpty() ? QSizeF() : QFontMetricsF(labelFont()).size(0, label) + QSizeF(10, 4);
}

/// Where the line from the card's middle towards `other` leaves the card.
QPointF border(const QPointF& middle, const QPointF& other)
{
    const QPointF way = other - middle;
    if (way.isNull())
        return middle;
    const double x = std::abs(way.x()) > 0 ? (DeviceItem::kWidth / 2 + 3) / std::abs(way.x()) : 1e9;
    const double y =
        std::abs(way.y()) > 0 ? (DeviceItem::kHeight / 2 + 3) / std::abs(way.y()) : 1e9;
    return middle + way * std::min({x, y, 1.0});
}

} // namespace

LinkItem::LinkItem(const DeviceItem& from, const DeviceItem& to, const LinkLook& look,
                   const QPalette& palette)
    : m_from(from), m_to(to), m_look(look), m_ground(palette.color(QPalette::Base)),
      m_ink(palette.color(QPalette::Text))
{
    setFlag(ItemIsSelectable);
    setZValue(look.arrow ? 1 : 0);
    setToolTip(plainTip(look.tip));
    follow();
}

void LinkItem::follow()
{
    prepareGeometryChange();
    m_line = QLineF(border(m_from.pos(), m_to.pos()), border(m_to.pos(), m_from.pos()));
    setShown(leavesLineVisible(labelSize(m_look.label)) ? m_look.label : m_look.shortLabel);
}

void LinkItem::useShortLabel()
{
    setShown(m_look.shortLabel);
}

void LinkItem::setShown(const QString& label)
{
    m_shown = label;
    m_labelSize = labelSize(label);
    placeLabel(0.5, 0);
}

void LinkItem::placeLabel(double share, int side)
{
    prepareGeometryChange();
    m_label = QRectF(QPointF(), m_labelSize);
    m_label.moveCenter(m_line.pointAt(share));
    if (side == 0 || m_line.isNull())
        return;
    const QLineF normal = m_line.normalVector().unitVector();
    const double away = (std::abs(normal.dx()) * m_labelSize.width() +
                         std::abs(normal.dy()) * m_labelSize.height()) /
                            2 +
                        m_look.pen.widthF() / 2 + 5;
    m_label.translate(QPointF(normal.dx(), normal.dy()) * (away * side));
}

bool LinkItem::leavesLineVisible(const QSizeF& label) const
{
    const QLineF unit = m_line.unitVector();
    const double covered =
        std::abs(unit.dx()) * label.width() + std::abs(unit.dy()) * label.height();
    return m_line.length() > covered + 3 * kArrow;
}

QRectF LinkItem::boundingRect() const
{
    const double margin = m_look.pen.widthF() + kArrow;
    return QRectF(m_line.p1(), m_line.p2())
        .normalized()
        .adjusted(-margin, -margin, margin, margin)
        .united(m_label.adjusted(-2, -2, 2, 2));
}

QPainterPath LinkItem::shape() const
{
    QPainterPath line(m_line.p1());
    line.lineTo(m_line.p2());
    QPainterPathStroker stroker;
    stroker.setWidth(std::max(8.0, m_look.pen.widthF()));
    QPainterPath path = stroker.createStroke(line);
    path.addRect(m_label);
    return path;
}

void LinkItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*)
{
    painter->setRenderHint(QPainter::Antialiasing);
    QPen pen = m_look.pen;
    if (isSelected())
        pen.setColor(QGuiApplication::palette().color(QPalette::Highlight));
    painter->setPen(pen);
    QLineF line = m_line;
    if (m_look.arrow && line.length() > kArrow)
        line.setLength(line.length() - kArrow + 2);
    painter->drawLine(line);
    if (m_look.arrow) {
        const double angle = std::atan2(m_line.dy(), m_line.dx());
        const auto barb = [&](double turn) {
            return m_line.p2() - QPointF(std::cos(angle + turn), std::sin(angle + turn)) *
                                     (kArrow + pen.widthF());
        };
        painter->setPen(Qt::NoPen);
        painter->setBrush(pen.color());
        painter->drawPolygon(QPolygonF({m_line.p2(), barb(0.45), barb(-0.45)}));
    }
    if (m_look.label.isEmpty())
        return;
    painter->setPen(QPen(pen.color(), 1));
    painter->setBrush(m_ground);
    painter->drawRoundedRect(m_label, 4, 4);
    painter->setFont(labelFont());
    painter->setPen(m_ink);
    painter->drawText(m_label, Qt::AlignCenter, m_shown);
}

} // namespace millrace::ui
