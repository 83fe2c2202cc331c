// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/graphview/Legend.h"

#include <QPainter>

namespace millrace::ui
{
namespace
{

constexpr int kMargin = 6;
constexpr int kSwatch = 16;
constexpr int kGap = 14; ///< between entries

} // namespace

Legend::Legend(QWidget* parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("graphLegend"));
    setAccessibleName(tr("Legend of the layer graph"));
    QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void Legend::setEntries(std::vector<LegendEntry> entries)
{
    if (entries == m_entries)
        return;
    m_entries = std::move(entries);
    setVisible(!m_entries.empty());
    updateGeometry();
    update();
}

int Legend::rowHeight() const
{
    return fontMetrics().height() + 4;
}

std::vector<QRect> Legend::places(int width) const
{
    std::vector<QRect> places;
    int x = kMargin, y = kMargin / 2;
    for (const LegendEntry& entry : m_entries) {
        const int wide = kSwatch + 5 + fontMetrics().horizontalAdvance(entry.text) + kGap;
        if (x > kMargin && x + wide > width) {
            x = kMargin;
            y += rowHeight();
        }
        places.emplace_back(x, y, wide, rowHeight());
        x += wide;
    }
    return places;
}

int Legend::heightForWidth(int width) const
{
    return m_entries.empty() ? 0 : places(width).back().bottom() + 1 + kMargin / 2;
}

QSize Legend::sizeHint() const
{
    return {300, heightForWidth(std::max(width(), 100))};
}

void Legend::paintSwatch(QPainter& painter, const QRect& place, const LegendEntry& entry) const
{
    const QRectF swatch(place.left(), place.top() + (place.height() - 10) / 2.0, kSwatch, 10);
    painter.setPen(entry.accent.isValid() ? entry.accent : palette().color(QPalette::Mid));
    painter.setBrush(entry.fill.color());
    painter.drawRoundedRect(swatch, 2, 2);
    if (entry.fill.style() != Qt::SolidPattern) {
        painter.setBrush(QBrush(palette().color(QPalette::WindowText), entry.fill.style()));
        painter.drawRoundedRect(swatch, 2, 2);
    }
}

void Legend::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const std::vector<QRect> at = places(width());
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        const LegendEntry& entry = m_entries[i];
        painter.setOpacity(entry.used ? 1 : 0.6);
        paintSwatch(painter, at[i], entry);
        painter.setPen(palette().color(QPalette::WindowText));
        painter.drawText(at[i].adjusted(kSwatch + 5, 0, 0, 0), Qt::AlignVCenter, entry.text);
    }
}

} // namespace millrace::ui
