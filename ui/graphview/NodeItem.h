// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Ids.h"

#include <QBrush>
#include <QGraphicsItem>
#include <QString>

namespace millrace::ui
{

/// What one layer's box says and how it is filled.
struct NodeLook {
    QString title;    ///< operator
    QString subtitle; ///< name
    QString figure;   ///< "98.0 kiB . 1.20 ms"
    QString mark;     ///< second cue beside the colour: stage number
    QBrush fill;
    QColor accent; ///< the stripe at the left
    bool dimmed = false;
    bool operator==(const NodeLook&) const = default;
};

/// A layer. Text only from half size on: smaller, it is a coloured block. Colours fade from the
/// look before.
class NodeItem : public QGraphicsItem
{
public:
    NodeItem(LayerId layer, const QRectF& rect);
    [[nodiscard]] LayerId layer() const { return m_layer; }
    [[nodiscard]] const NodeLook& look() const { return m_look; }
    /// `blend` in fade() then runs from 0 (the look before) to 1.
    void setLook(NodeLook look);
    void fade(double blend);
    void setMarked(bool marked); ///< found by a search
    [[nodiscard]] QRectF boundingRect() const override;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

private:
    void paintText(QPainter* painter, const QRectF& box, const QColor& ink) const;

    LayerId m_layer;
    QRectF m_rect;
    NodeLook m_look;
    QColor m_fillBefore;
    double m_blend = 1;
    bool m_marked = false;
};

} // namespace millrace::ui
