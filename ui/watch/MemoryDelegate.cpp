// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/watch/MemoryDelegate.h"

#include "ui/models/DevicePalette.h"

#include <QApplication>
#include <QPainter>

#include <algorithm>

namespace millrace::ui
{

void MemoryDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                           const QModelIndex& index) const
{
    QStyleOptionViewItem plain = option;
    initStyleOption(&plain, index);
    plain.text.clear();
    const QStyle* style = plain.widget != nullptr ? plain.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &plain, painter, plain.widget);
    const StageFigures& at =
        static_cast<const HealthTableModel*>(index.model())->stageAt(index.row());
    const DevicePalette colours(option.palette);
    const double limit = static_cast<double>(std::max<std::int64_t>(1, at.limit.value));
    const QRectF bar = QRectF(option.rect).adjusted(6, 6, -6, -6);
    const auto width = [&](Bytes bytes) {
        return bar.width() * std::min(1.0, static_cast<double>(bytes.value) / limit);
    };
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->fillRect(bar, colours.neutral());
    const bool isOver = at.peakMemory > at.limit;
    painter->fillRect(QRectF(bar.topLeft(), QSizeF(width(at.memory), bar.height())),
                      isOver ? QBrush(colours.bottleneck(), Qt::BDiagPattern)
                             : QBrush(colours.color(at.device)));
    const auto notch = [&](Bytes bytes, const QPen& pen, double beyond) {
        const double x = bar.left() + width(bytes);
        painter->setPen(pen);
        painter->drawLine(QPointF(x, bar.top() - beyond), QPointF(x, bar.bottom() + beyond));
    };
    if (at.peakMemory.value > 0)
        notch(at.peakMemory, QPen(colours.color(at.device), 2), 0);
    notch(at.predictedMemory, QPen(option.palette.color(QPalette::Text), 2), 3);
    painter->restore();
}

QSize MemoryDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const
{
    return {option.fontMetrics.averageCharWidth() * 22, option.fontMetrics.height() + 8};
}

} // namespace millrace::ui
