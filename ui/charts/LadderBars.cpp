// SPDX-License-Identifier: GPL-3.0-or-later
// How the rungs of the ladder are painted.
#include "ui/charts/LadderView.h"
#include "ui/models/DevicePalette.h"
#include "ui/models/Figures.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace millrace::ui
{
namespace
{

constexpr int kPad = 8;

} // namespace

void LadderView::paintEmpty(QPainter& painter) const
{
    QString words = tr("The ladder shows each stage's and link's time once there is a plan.");
    if (m_snapshot.planning)
        words = tr("Searching a plan\u2026");
    else if (m_snapshot.plan)
        words = tr("There is no feasible plan. The Problems tab says why.");
    painter.setPen(palette().color(QPalette::PlaceholderText));
    painter.drawText(viewport()->rect().adjusted(kPad, kPad, -kPad, -kPad),
                     Qt::AlignCenter | Qt::TextWordWrap, words);
}

void LadderView::paintAxis(QPainter& painter) const
{
    const Columns at = columns();
    const Seconds longest = m_end;
    const QRect line(0, 0, viewport()->width(), rowHeight());
    painter.fillRect(line, palette().base());
    painter.setPen(palette().color(QPalette::PlaceholderText));
    constexpr int kTicks = 4;
    for (int tick = 0; tick <= kTicks; ++tick) {
        const int x = at.bar + (at.barEnd - at.bar) * tick / kTicks;
        const QString label =
            tick == 0 ? QStringLiteral("0") : figure(longest * (double(tick) / kTicks));
        const int width = painter.fontMetrics().horizontalAdvance(label);
        if (tick % 2 == 0 || at.barEnd - at.bar > 320)
            painter.drawText(std::min(x - width / 2, at.end - width), 0, width + 2, rowHeight(),
                             Qt::AlignVCenter, label);
        painter.drawLine(x, rowHeight() - 4, x, rowHeight());
    }
}

void LadderView::paintRow(QPainter& painter, int index) const
{
    const LadderRow& row = m_rows[static_cast<std::size_t>(index)];
    const QRect rect = rowRect(index);
    const Columns at = columns();
    if (isSelected(row)) {
        QColor wash = palette().color(QPalette::Highlight);
        wash.setAlpha(60);
        painter.fillRect(rect, wash);
    }
    QFont font = painter.font();
    font.setBold(row.bottleneck);
    painter.setFont(font);
    painter.setPen(palette().color(QPalette::Text));
    if (row.kind == LadderKind::Compute) {
        painter.fillRect(QRect(at.name, rect.top() + 5, 8, rect.height() - 10),
                         DevicePalette(palette()).color(*row.from));
    } else {
        painter.setPen(palette().color(QPalette::PlaceholderText));
        const int y = rect.center().y();
        painter.drawLine(at.name, y, at.name + 8, y);
        painter.setPen(palette().color(QPalette::Text));
    }
    const QRect nameRect(at.name + 14, rect.top(), at.bar - at.name - 20, rect.height());
    const QString name = row.isDown ? tr("\u25bc %1").arg(row.name) : row.name;
    if (row.isDown)
        painter.setPen(DevicePalette(palette()).bottleneck());
    painter.drawText(nameRect, Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(name, Qt::ElideMiddle, nameRect.width()));
    if (m_shows == Shows::Measured)
        paintMeasured(painter, row, rect);
    else
        paintBar(painter, row, rect);
    font.setBold(false);
    painter.setFont(font);
}

QRectF LadderView::barRect(const QRect& rect, Seconds time, int inset) const
{
    const Columns at = columns();
    const double share = m_end.value > 0 ? std::min(1.0, time.value / m_end.value) : 0;
    const int gap = std::min(4, (rect.height() - fontMetrics().height()) / 2) + inset;
    return {double(at.bar), double(rect.top() + gap), std::max(2.0, (at.barEnd - at.bar) * share),
            double(rect.height() - 2 * gap)};
}

void LadderView::fillBar(QPainter& painter, const LadderRow& row, const QPainterPath& path) const
{
    const DevicePalette colours(palette());
    if (row.kind == LadderKind::Compute)
        return painter.fillPath(path, colours.fill(*row.from));
    painter.fillPath(path, QBrush(colours.neutral(), Qt::SolidPattern));
    painter.fillPath(path, QBrush(palette().color(QPalette::Mid), Qt::BDiagPattern));
}

QColor LadderView::edgeOf(const LadderRow& row) const
{
    const DevicePalette colours(palette());
    if (row.bottleneck)
        return colours.bottleneck();
    return row.kind == LadderKind::Compute ? colours.color(*row.from)
                                           : palette().color(QPalette::Mid);
}

void LadderView::paintBar(QPainter& painter, const LadderRow& row, const QRect& rect) const
{
    const Columns at = columns();
    const QRectF bar = barRect(rect, row.predicted, 0);
    QPainterPath path;
    path.addRoundedRect(bar, 2, 2);
    fillBar(painter, row, path);
    painter.strokePath(path, QPen(edgeOf(row), row.bottleneck ? 2 : 1));
    if (row.bottleneck)
        painter.setPen(edgeOf(row));
    const QString time = figure(row.predicted);
    const int textLeft = static_cast<int>(bar.right()) + 6;
    painter.drawText(QRect(textLeft, rect.top(), at.end - textLeft, rect.height()),
                     Qt::AlignVCenter, time);
    const int behind = textLeft + painter.fontMetrics().horizontalAdvance(time) + 12;
    paintDetail(painter, row, rect, bar, behind);
}

/// What it carries or runs: inside the bar where it fits, else behind the time.
void LadderView::paintDetail(QPainter& painter, const LadderRow& row, const QRect& rect,
                             const QRectF& bar, int behind) const
{
    const QString inside = row.bottleneck ? tr("bottleneck \u00b7 %1").arg(row.detail) : row.detail;
    const int width = painter.fontMetrics().horizontalAdvance(inside) + 12;
    const int end = columns().end;
    if (width < bar.width()) {
        const bool isFilled = m_shows == Shows::Predicted || row.measured;
        if (row.kind == LadderKind::Transfer && isFilled) // hatching strikes words through
            painter.fillRect(QRectF(bar.left() + 3, bar.top() + 3, width - 6, bar.height() - 6),
                             DevicePalette(palette()).neutral());
        painter.setPen(palette().color(QPalette::Text));
        painter.drawText(bar.adjusted(6, 0, -6, 0), Qt::AlignVCenter | Qt::TextDontClip, inside);
    } else if (behind + width < end) {
        painter.setPen(palette().color(QPalette::PlaceholderText));
        painter.drawText(QRect(behind, rect.top(), end - behind, rect.height()), Qt::AlignVCenter,
                         inside);
    }
}

/// The filled bar is what was measured, the outline what the plan expects.
void LadderView::paintMeasured(QPainter& painter, const LadderRow& row, const QRect& rect) const
{
    const Columns at = columns();
    const QRectF outline = barRect(rect, row.predicted, 0);
    const QRectF filled = barRect(rect, row.measured.value_or(Seconds{}), 2);
    QPainterPath path;
    path.addRoundedRect(filled, 2, 2);
    if (row.measured)
        fillBar(painter, row, path);
    if (row.measured && row.bottleneck)
        painter.strokePath(path, QPen(edgeOf(row), 2));
    path.clear();
    path.addRoundedRect(outline, 2, 2);
    painter.strokePath(path, QPen(palette().color(QPalette::PlaceholderText), 1));
    const int left =
        static_cast<int>(std::max(outline.right(), row.measured ? filled.right() : 0)) + 6;
    const QString time = row.isDown ? tr("down") : row.measured ? figure(*row.measured) : tr("-");
    const int advance = painter.fontMetrics().horizontalAdvance(time);
    painter.setPen(row.bottleneck || row.isDown ? DevicePalette(palette()).bottleneck()
                                                : palette().color(QPalette::Text));
    painter.drawText(QRect(left, rect.top(), at.end - left, rect.height()), Qt::AlignVCenter, time);
    QFont plain = painter.font();
    plain.setBold(false);
    painter.setFont(plain);
    painter.setPen(palette().color(QPalette::PlaceholderText));
    const int behind = left + advance + 6;
    const QString predicted = tr("(%1)").arg(figure(row.predicted));
    painter.drawText(QRect(behind, rect.top(), at.end - behind, rect.height()), Qt::AlignVCenter,
                     predicted);
    // The shorter of the two: words that a line crosses cannot be read.
    const bool isBehind = row.measured && filled.width() < outline.width();
    paintDetail(painter, row, rect, isBehind ? filled : outline,
                behind + painter.fontMetrics().horizontalAdvance(predicted) + 12);
}

} // namespace millrace::ui
