// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/graphview/NodeItem.h"

#include "ui/graphview/GraphLayout.h"
#include "ui/models/Figures.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QStyleOptionGraphicsItem>
#include <QWidget>

namespace millrace::ui
{
namespace
{

constexpr double kTextFrom = 0.5; ///< zoom from which text can be read
constexpr double kStripe = 5;

QColor mixed(const QColor& a, const QColor& b, double share)
{
    const auto mix = [share](int x, int y) { return static_cast<int>(x + (y - x) * share); };
    return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

} // namespace

NodeItem::NodeItem(LayerId layer, const QRectF& rect) : m_layer(layer), m_rect(rect)
{
    setFlag(ItemIsSelectable);
    setZValue(2);
}

void NodeItem::setLook(NodeLook look)
{
    if (look == m_look)
        return;
    m_fillBefore = m_look.fill.style() == Qt::NoBrush ? look.fill.color() : m_look.fill.color();
    m_look = std::move(look);
    m_blend = 0;
    setToolTip(plainTip(m_look.title + QStringLiteral("\n") + m_look.subtitle +
                        QStringLiteral("\n") + m_look.figure));
    update();
}

void NodeItem::fade(double blend)
{
    if (m_blend == blend)
        return;
    m_blend = blend;
    update();
}

void NodeItem::setMarked(bool marked)
{
    m_marked = marked;
    update();
}

QRectF NodeItem::boundingRect() const
{
    return m_rect.adjusted(-3, -3, 3, 3);
}

void NodeItem::paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget)
{
    const double zoom =
        QStyleOptionGraphicsItem::levelOfDetailFromTransform(painter->worldTransform());
    const QPalette palette = widget != nullptr ? widget->palette() : option->palette;
    const QColor fill = mixed(m_fillBefore, m_look.fill.color(), m_blend);
    painter->setOpacity(m_look.dimmed ? 0.25 : 1);
    const bool selected = isSelected();
    if (zoom < kTextFrom / 2 && !selected && !m_marked) {
        // A block of the stronger colour: soft fills would vanish at this size.
        painter->fillRect(m_rect, m_look.accent.isValid() ? mixed(fill, m_look.accent, 0.6) : fill);
        return;
    }
    QPen border(mixed(fill, palette.color(QPalette::WindowText), 0.45), 1 / std::max(zoom, 0.5));
    if (m_marked)
        border = QPen(palette.color(QPalette::WindowText), 2 / zoom, Qt::DashLine);
    if (selected)
        border = QPen(palette.color(QPalette::Highlight), std::max(2.5, 2.5 / zoom));
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(border);
    painter->setBrush(fill);
    painter->drawRoundedRect(m_rect, 6, 6);
    if (m_look.fill.style() != Qt::SolidPattern && m_look.fill.style() != Qt::NoBrush) {
        painter->setBrush(
            QBrush(mixed(fill, palette.color(QPalette::WindowText), 0.35), m_look.fill.style()));
        painter->drawRoundedRect(m_rect, 6, 6);
    }
    if (m_look.accent.isValid()) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(m_look.accent);
        painter->drawRoundedRect(
            QRectF(m_rect.left() + 1, m_rect.top() + 4, kStripe, m_rect.height() - 8), 2, 2);
    }
    if (zoom >= kTextFrom)
        paintText(painter, m_rect.adjusted(kStripe + 5, 3, -5, -3),
                  palette.color(QPalette::WindowText));
}

void NodeItem::paintText(QPainter* painter, const QRectF& box, const QColor& ink) const
{
    QFont font = painter->font();
    font.setPixelSize(11);
    font.setBold(true);
    painter->setFont(font);
    painter->setPen(ink);
    const double line = box.height() / 3;
    const double markWidth =
        m_look.mark.isEmpty() ? 0 : QFontMetricsF(font).horizontalAdvance(m_look.mark) + 4;
    const auto elided = [](const QFont& f, const QString& text, double width,
                           Qt::TextElideMode mode) {
        return QFontMetricsF(f).elidedText(text, mode, width);
    };
    painter->drawText(QRectF(box.left(), box.top(), box.width() - markWidth, line),
                      Qt::AlignVCenter,
                      elided(font, m_look.title, box.width() - markWidth, Qt::ElideRight));
    painter->drawText(QRectF(box.left(), box.top(), box.width(), line),
                      Qt::AlignVCenter | Qt::AlignRight, m_look.mark);
    font.setBold(false);
    font.setPixelSize(9);
    painter->setFont(font);
    painter->drawText(QRectF(box.left(), box.top() + line, box.width(), line), Qt::AlignVCenter,
                      elided(font, m_look.subtitle, box.width(), Qt::ElideLeft));
    painter->drawText(QRectF(box.left(), box.top() + 2 * line, box.width(), line), Qt::AlignVCenter,
                      elided(font, m_look.figure, box.width(), Qt::ElideRight));
}

} // namespace millrace::ui
