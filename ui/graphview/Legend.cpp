// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/graphview/Legend.h"

#include <QPainter>

namespace millrace::ui
{
namespace
{

constexpr int kMargin = 8;
constexpr int kSwatch = 14;

} // namespace

Legend::Legend(QWidget* parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("graphLegend"));
    setAccessibleName(tr("Legend of the layer graph"));
    setAttribute(Qt::WA_TransparentForMouseEvents);
}

void Legend::setEntries(std::vector<LegendEntry> entries)
{
    m_entries = std::move(entries);
    setVisible(!m_entries.empty());
    resize(sizeHint());
    update();
}

int Legend::rowHeight() const
{
    return fontMetrics().height() + 2;
}

QSize Legend::sizeHint() const
{
    int width = 0;
    for (const LegendEntry& entry : m_entries)
        width = std::max(width, fontMetrics().horizontalAdvance(entry.text));
    return {width + kSwatch + 3 * kMargin,
            static_cast<int>(m_entries.size()) * rowHeight() + kMargin};
}

void Legend::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor ground = palette().color(QPalette::Base);
    ground.setAlphaF(0.88F);
    painter.setPen(palette().color(QPalette::Mid));
    painter.setBrush(ground);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    int y = kMargin / 2;
    for (const LegendEntry& entry : m_entries) {
        const QRectF swatch(kMargin, y + (rowHeight() - kSwatch + 4) / 2.0, kSwatch, kSwatch - 4);
        painter.setPen(entry.accent.isValid() ? entry.accent : palette().color(QPalette::Mid));
        painter.setBrush(entry.fill.color());
        painter.drawRoundedRect(swatch, 2, 2);
        if (entry.fill.style() != Qt::SolidPattern) {
            painter.setBrush(QBrush(palette().color(QPalette::WindowText), entry.fill.style()));
            painter.drawRoundedRect(swatch, 2, 2);
        }
        painter.setPen(palette().color(entry.used ? QPalette::Active : QPalette::Disabled,
                                       QPalette::WindowText));
        painter.drawText(QRect(kSwatch + 2 * kMargin, y, width(), rowHeight()), Qt::AlignVCenter,
                         entry.text);
        y += rowHeight();
    }
}

} // namespace millrace::ui
