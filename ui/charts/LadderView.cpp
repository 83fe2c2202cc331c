// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/LadderView.h"

#include "ui/models/DevicePalette.h"
#include "ui/models/Figures.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>

namespace millrace::ui
{
namespace
{

constexpr int kPad = 8;

Selected selectedBy(const LadderRow& row)
{
    if (row.kind == LadderKind::Compute)
        return *row.from;
    return LinkEnds{*row.from, *row.to};
}

QString tip(const LadderRow& row)
{
    return QString(row.name + u": " + figure(row.predicted) + u", " + row.detail + u'\n' +
                   row.advice)
        .trimmed();
}

} // namespace

LadderView::LadderView(QWidget* parent) : QAbstractScrollArea(parent)
{
    setObjectName(QStringLiteral("ladderView"));
    setAccessibleName(tr("Bottleneck ladder"));
    setAccessibleDescription(tr("Time of each stage and link in pipeline order"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setBackgroundRole(QPalette::Base);
    viewport()->setAutoFillBackground(true);
}

void LadderView::setSnapshot(const Snapshot& snapshot)
{
    m_snapshot = snapshot;
    m_rows = ladderRows(snapshot);
    updateScrollBar();
    viewport()->update();
}

void LadderView::setSelection(Selection* selection)
{
    m_selection = selection;
    connect(selection, &Selection::changed, viewport(), qOverload<>(&QWidget::update));
}

QSize LadderView::sizeHint() const
{
    return {480, (fontMetrics().height() + 8) * 10};
}

int LadderView::rowHeight() const
{
    // Rows move together as far as they stay readable before the ladder has to be scrolled.
    const int roomy = fontMetrics().height() + 8;
    const int lines = static_cast<int>(m_rows.size()) + 1;
    return std::clamp((viewport()->height() - kPad / 2) / lines, fontMetrics().height() + 3, roomy);
}

LadderView::Columns LadderView::columns() const
{
    QFont bold = font(); // as the bottleneck's row is written
    bold.setBold(true);
    const QFontMetrics metrics(bold);
    int widest = 0;
    for (const LadderRow& row : m_rows)
        widest = std::max(widest, metrics.horizontalAdvance(row.name));
    const int end = viewport()->width() - kPad;
    const int name = std::min(widest + 24, end / 3);
    const int figures = metrics.horizontalAdvance(QStringLiteral("000.0 ms")) + kPad;
    return {kPad, kPad + name + kPad, std::max(kPad + name + 60, end - figures), end};
}

QRect LadderView::rowRect(int row) const
{
    const int top = (row + 1) * rowHeight() - verticalScrollBar()->value();
    return {0, top, viewport()->width(), rowHeight()};
}

int LadderView::rowAt(const QPoint& point) const
{
    for (int row = 0; row < static_cast<int>(m_rows.size()); ++row)
        if (point.y() > rowHeight() && rowRect(row).contains(point))
            return row;
    return -1;
}

bool LadderView::isSelected(const LadderRow& row) const
{
    return m_selection != nullptr && m_selection->current() == selectedBy(row);
}

void LadderView::updateScrollBar()
{
    const int needed = (static_cast<int>(m_rows.size()) + 1) * rowHeight() + kPad / 2;
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(rowHeight());
    verticalScrollBar()->setRange(0, std::max(0, needed - viewport()->height()));
}

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
    const Seconds longest = m_snapshot.plan->bottleneckTime;
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
    painter.drawText(nameRect, Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(row.name, Qt::ElideMiddle, nameRect.width()));

    paintBar(painter, row, rect);
    font.setBold(false);
    painter.setFont(font);
}

void LadderView::paintBar(QPainter& painter, const LadderRow& row, const QRect& rect) const
{
    const Columns at = columns();
    const DevicePalette colours(palette());
    const double longest = m_snapshot.plan->bottleneckTime.value;
    const double share = longest > 0 ? std::min(1.0, row.predicted.value / longest) : 0;
    const int gap = std::min(4, (rect.height() - painter.fontMetrics().height()) / 2);
    const QRectF bar(at.bar, rect.top() + gap, std::max(2.0, (at.barEnd - at.bar) * share),
                     rect.height() - 2 * gap);
    QPainterPath path;
    path.addRoundedRect(bar, 2, 2);
    if (row.kind == LadderKind::Compute)
        painter.fillPath(path, colours.fill(*row.from));
    else
        painter.fillPath(path, QBrush(colours.neutral(), Qt::SolidPattern));
    if (row.kind == LadderKind::Transfer)
        painter.fillPath(path, QBrush(palette().color(QPalette::Mid), Qt::BDiagPattern));
    const QColor edge = row.bottleneck                    ? colours.bottleneck()
                        : row.kind == LadderKind::Compute ? colours.color(*row.from)
                                                          : palette().color(QPalette::Mid);
    painter.strokePath(path, QPen(edge, row.bottleneck ? 2 : 1));
    if (row.bottleneck)
        painter.setPen(colours.bottleneck());
    const QString time = figure(row.predicted);
    const int textLeft = static_cast<int>(bar.right()) + 6;
    painter.drawText(QRect(textLeft, rect.top(), at.end - textLeft, rect.height()),
                     Qt::AlignVCenter, time);
    // What it carries or runs: inside the bar where it fits, else behind the time.
    const QString inside = row.bottleneck ? tr("bottleneck \u00b7 %1").arg(row.detail) : row.detail;
    const int insideWidth = painter.fontMetrics().horizontalAdvance(inside) + 12;
    painter.setPen(palette().color(QPalette::Text));
    const int behind = textLeft + painter.fontMetrics().horizontalAdvance(time) + 12;
    if (insideWidth < bar.width())
        painter.drawText(bar.adjusted(6, 0, -6, 0), Qt::AlignVCenter, inside);
    else if (behind + insideWidth < at.end) {
        painter.setPen(palette().color(QPalette::PlaceholderText));
        painter.drawText(QRect(behind, rect.top(), at.end - behind, rect.height()),
                         Qt::AlignVCenter, inside);
    }
}

void LadderView::paintEvent(QPaintEvent*)
{
    QPainter painter(viewport());
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_rows.empty())
        return paintEmpty(painter);
    const Columns at = columns();
    painter.setPen(QPen(palette().color(QPalette::Midlight), 1));
    for (int tick = 0; tick <= 4; ++tick) {
        const int x = at.bar + (at.barEnd - at.bar) * tick / 4;
        painter.drawLine(x, rowHeight(), x, rowRect(static_cast<int>(m_rows.size())).top());
    }
    for (int row = 0; row < static_cast<int>(m_rows.size()); ++row)
        if (rowRect(row).intersects(viewport()->rect()))
            paintRow(painter, row);
    paintAxis(painter);
    if (hasFocus()) {
        painter.setPen(QPen(palette().color(QPalette::Highlight), 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(viewport()->rect().adjusted(0, 0, -1, -1));
    }
}

bool LadderView::viewportEvent(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QAbstractScrollArea::viewportEvent(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int row = rowAt(help->pos());
    if (row < 0)
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(), tip(m_rows[static_cast<std::size_t>(row)]),
                           viewport(), rowRect(row));
    return true;
}

void LadderView::selectRow(int row)
{
    if (row < 0 || row >= static_cast<int>(m_rows.size()) || m_selection == nullptr)
        return;
    m_selection->select(selectedBy(m_rows[static_cast<std::size_t>(row)]));
    const QRect rect = rowRect(row);
    if (rect.top() < rowHeight())
        verticalScrollBar()->setValue(verticalScrollBar()->value() + rect.top() - rowHeight());
    if (rect.bottom() > viewport()->height())
        verticalScrollBar()->setValue(verticalScrollBar()->value() + rect.bottom() -
                                      viewport()->height());
}

void LadderView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        selectRow(rowAt(event->pos()));
}

void LadderView::keyPressEvent(QKeyEvent* event)
{
    const int step = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    if (step == 0)
        return QAbstractScrollArea::keyPressEvent(event);
    const auto current = std::find_if(m_rows.begin(), m_rows.end(),
                                      [this](const LadderRow& row) { return isSelected(row); });
    const auto last = static_cast<int>(m_rows.size()) - 1;
    selectRow(current == m_rows.end()
                  ? 0
                  : std::clamp(static_cast<int>(current - m_rows.begin()) + step, 0, last));
}

void LadderView::resizeEvent(QResizeEvent*)
{
    updateScrollBar();
}

} // namespace millrace::ui
