// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/Selection.h"

#include <QGraphicsItem>
#include <QPen>

namespace millrace::ui
{

class DeviceItem;

/// How a link is drawn.
struct LinkLook {
    LinkEnds ends;
    QString label;      ///< two lines at most; empty: none
    QString shortLabel; ///< where the link is too short for the label
    QString tip;
    QPen pen;
    bool arrow = false; ///< a hop of the plan, from `ends.from` to `ends.to`
    bool operator==(const LinkLook&) const = default;
};

/// A link between two cards, from border to border; its label is placed by placeLabels().
class LinkItem : public QGraphicsItem
{
public:
    LinkItem(const DeviceItem& from, const DeviceItem& to, const LinkLook& look,
             const QPalette& palette);
    [[nodiscard]] const LinkLook& look() const { return m_look; }
    void follow(); ///< after a card moved
    /// Puts the label's middle at `share` of the way; `side` 0 on the line, else that many steps
    /// beside it.
    void placeLabel(double share, int side);
    void useShortLabel();
    [[nodiscard]] QRectF labelRect() const { return m_label; }
    [[nodiscard]] QRectF boundingRect() const override;
    [[nodiscard]] QPainterPath shape() const override;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

private:
    void setShown(const QString& label);
    [[nodiscard]] bool leavesLineVisible(const QSizeF& label) const;

    const DeviceItem& m_from;
    const DeviceItem& m_to;
    LinkLook m_look;
    QColor m_ground, m_ink;
    QLineF m_line;
    QString m_shown; ///< of the two labels
    QSizeF m_labelSize;
    QRectF m_label;
};

} // namespace millrace::ui
