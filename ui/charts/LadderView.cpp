// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/LadderView.h"

#include "ui/models/Figures.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
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
    QString first = QString(row.name + u": " + figure(row.predicted) + u", " + row.detail);
    if (row.measured)
        first = LadderView::tr("%1: measured %2, predicted %3, %4")
                    .arg(row.name, figure(*row.measured), figure(row.predicted), row.detail);
    return QString(first + u'\n' + row.advice).trimmed();
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
    showRows(ladderRows(snapshot), Shows::Predicted);
}

void LadderView::setFigures(const WatchFigures& figures)
{
    showRows(measuredRows(m_snapshot, figures), Shows::Measured);
}

/// The axis of measured bars moves in steps, so that it does not tremble with them.
void LadderView::showRows(std::vector<LadderRow> rows, Shows shows)
{
    m_rows = std::move(rows);
    m_shows = shows;
    m_end = m_snapshot.plan ? m_snapshot.plan->bottleneckTime : Seconds{};
    constexpr double kStep = 1.1;
    const Seconds planned = m_end;
    for (const LadderRow& row : m_rows)
        while (row.measured && row.measured->value > m_end.value && planned.value > 0)
            m_end = m_end * kStep;
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
    const QString figure = m_shows == Shows::Measured ? QStringLiteral("000.0 ms (000.0 ms)")
                                                      : QStringLiteral("000.0 ms");
    const int figures = metrics.horizontalAdvance(figure) + kPad;
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
        QToolTip::showText(help->globalPos(), plainTip(tip(m_rows[static_cast<std::size_t>(row)])),
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
