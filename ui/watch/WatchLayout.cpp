// SPDX-License-Identifier: GPL-3.0-or-later
// Where things are in the Watch mode.
#include "ui/charts/LadderView.h"
#include "ui/models/HealthTableModel.h"
#include "ui/watch/ActionButton.h"
#include "ui/watch/FigureTiles.h"
#include "ui/watch/MemoryDelegate.h"
#include "ui/watch/WatchCharts.h"
#include "ui/watch/WatchPage.h"

#include <QAction>
#include <QComboBox>
#include <QDataStream>
#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace millrace::ui
{
namespace
{

QToolButton* flatButton(const char* name, QAction* action)
{
    QToolButton* button = actionButton(name, action);
    button->setAutoRaise(true);
    return button;
}

QTableView* table(const char* name, const QString& title, QAbstractItemModel& model)
{
    auto* view = new QTableView;
    view->setObjectName(QLatin1String(name));
    view->setAccessibleName(title);
    view->setModel(&model);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setSelectionMode(QAbstractItemView::SingleSelection);
    view->setAlternatingRowColors(true);
    view->setShowGrid(false);
    view->setWordWrap(false);
    view->setTabKeyNavigation(false);
    view->verticalHeader()->hide();
    view->verticalHeader()->setDefaultSectionSize(view->fontMetrics().height() + 8);
    view->horizontalHeader()->setHighlightSections(false);
    view->horizontalHeader()->setMinimumSectionSize(20);
    view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    return view;
}

QSplitter* splitter(const char* name, Qt::Orientation orientation)
{
    auto* splitter = new QSplitter(orientation);
    splitter->setObjectName(QLatin1String(name));
    splitter->setChildrenCollapsible(false);
    return splitter;
}

} // namespace

QWidget* WatchPage::makeEmpty()
{
    auto* page = new QWidget;
    page->setObjectName(QStringLiteral("watchEmpty"));
    auto* title = new QLabel(tr("Nothing runs yet."));
    QFont large = title->font();
    large.setPointSizeF(large.pointSizeF() * 1.8);
    title->setFont(large);
    auto* words = new QLabel(
        tr("Deploy the plan on this computer: each stage becomes a process that is as slow and as "
           "far away as its device, so that you see the plan at work without the devices."));
    words->setWordWrap(true);
    words->setAlignment(Qt::AlignHCenter);
    words->setMaximumWidth(460);
    auto* middle = new QHBoxLayout; // aligned, it would not get the height that its lines need
    middle->addStretch(1);
    middle->addWidget(words, 8);
    middle->addStretch(1);
    QToolButton* deploy = actionButton("emptyDeploy", m_actions.deploy);
    deploy->setMinimumHeight(fontMetrics().height() * 2);
    auto* layout = new QVBoxLayout(page);
    layout->setSpacing(16);
    layout->addStretch(2);
    layout->addWidget(title, 0, Qt::AlignHCenter);
    layout->addLayout(middle);
    layout->addWidget(deploy, 0, Qt::AlignHCenter);
    layout->addStretch(3);
    return page;
}

QWidget* WatchPage::makeHeader()
{
    auto* header = new QWidget;
    QFont bold = m_title->font();
    bold.setBold(true);
    m_title->setFont(bold);
    m_title->setObjectName(QStringLiteral("watchTitle"));
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_title->setMinimumWidth(120);
    m_state->setObjectName(QStringLiteral("watchState"));
    m_range->setObjectName(QStringLiteral("watchRange"));
    m_range->setAccessibleName(tr("Time that the charts show"));
    m_range->setToolTip(tr("Time that the charts show; the wheel on a chart changes it, too"));
    const std::pair<QString, int> ranges[] = {{tr("1 minute"), 60},      {tr("5 minutes"), 300},
                                              {tr("15 minutes"), 900},   {tr("1 hour"), 3600},
                                              {tr("6 hours"), 6 * 3600}, {tr("1 day"), 24 * 3600}};
    for (const auto& [name, seconds] : ranges)
        m_range->addItem(name, seconds);
    m_range->setCurrentIndex(1);
    auto* row = new QHBoxLayout(header);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    row->addWidget(m_title);
    row->addWidget(m_state);
    row->addStretch(1);
    row->addWidget(flatButton("watchRestart", m_actions.restart));
    row->addWidget(flatButton("watchSend", m_actions.send));
    row->addWidget(flatButton("watchPause", m_actions.pause));
    row->addWidget(m_range);
    row->addWidget(flatButton("watchExport", m_actions.exportCsv));
    row->addWidget(flatButton("watchStop", m_actions.stop));
    return header;
}

QWidget* WatchPage::makeTables()
{
    m_healthView = table("healthTable", tr("Devices"), *m_health);
    m_healthView->setItemDelegateForColumn(HealthTableModel::Memory,
                                           new MemoryDelegate(m_healthView));
    m_healthView->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_healthView->horizontalHeader()->setSectionResizeMode(HealthTableModel::Memory,
                                                           QHeaderView::Stretch);
    m_eventView = table("eventTable", tr("Events"), m_events);
    const QFontMetrics metrics(m_eventView->font());
    m_eventView->setColumnWidth(EventTableModel::Time,
                                metrics.horizontalAdvance(QStringLiteral("00:00:00")) + 18);
    m_eventView->setColumnWidth(EventTableModel::Mark, metrics.height() + 12);
    m_eventView->horizontalHeader()->setStretchLastSection(true);
    m_right = splitter("watchRight", Qt::Vertical);
    m_right->addWidget(m_ladder);
    m_right->addWidget(m_healthView);
    m_right->addWidget(m_eventView);
    connect(m_right, &QSplitter::splitterMoved, this, [this] { m_isArranged = true; });
    return m_right;
}

/// The ladder and the devices as high as they need to be, the events what is left.
void WatchPage::arrange()
{
    if (m_isArranged || !m_live.release())
        return;
    const int line = fontMetrics().height() + 8;
    const int ladder = (static_cast<int>(m_ladder->rows().size()) + 1) * line + 12;
    const int devices =
        m_health->rowCount() * line + m_healthView->horizontalHeader()->height() + 6;
    const int all = m_right->height() - 2 * m_right->handleWidth();
    const int events = std::max(all - ladder - devices, 4 * line);
    m_right->setSizes({std::max(all - events - devices, 6 * line), devices, events});
}

void WatchPage::resizeEvent(QResizeEvent* event)
{
    QStackedWidget::resizeEvent(event);
    QMetaObject::invokeMethod(this, &WatchPage::arrange, Qt::QueuedConnection);
}

QWidget* WatchPage::makeLive()
{
    m_ladder->setObjectName(QStringLiteral("watchLadder"));
    m_ladder->setFrameShape(QFrame::StyledPanel);
    QWidget* tables = makeTables();
    m_columns = splitter("watchColumns", Qt::Horizontal);
    m_columns->addWidget(m_charts);
    m_columns->addWidget(tables);
    m_columns->setSizes({640, 540});
    const std::pair<QLabel*, const char*> labels[] = {{m_sentence, "bottleneckSentence"},
                                                      {m_disturbance, "disturbanceSentence"},
                                                      {m_planNote, "planNote"}};
    for (const auto& [label, name] : labels) {
        label->setObjectName(QLatin1String(name));
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    QFont bold = m_sentence->font();
    bold.setBold(true);
    m_sentence->setFont(bold);
    m_disturbance->setForegroundRole(QPalette::PlaceholderText);
    auto* note = new QHBoxLayout;
    note->addWidget(m_planNote, 1);
    note->addWidget(flatButton("watchOpenPlan", m_actions.openPlan));
    auto* page = new QWidget;
    page->setObjectName(QStringLiteral("watchLive"));
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(8, 6, 8, 6);
    layout->setSpacing(6);
    layout->addWidget(makeHeader());
    layout->addLayout(note);
    layout->addWidget(m_tiles);
    layout->addWidget(m_sentence);
    layout->addWidget(m_disturbance);
    layout->addWidget(m_columns, 1);
    return page;
}

QByteArray WatchPage::layoutState() const
{
    QByteArray state;
    QDataStream out(&state, QIODevice::WriteOnly);
    out << m_columns->saveState() << m_charts->saveState() << qint32(m_range->currentIndex())
        << (m_isArranged ? m_right->saveState() : QByteArray());
    return state;
}

void WatchPage::restoreLayout(const QByteArray& state)
{
    QDataStream in(state);
    QByteArray columns, right, charts;
    qint32 shownRange = 0;
    in >> columns >> charts >> shownRange >> right;
    if (in.status() != QDataStream::Ok)
        return;
    m_columns->restoreState(columns);
    m_isArranged = !right.isEmpty() && m_right->restoreState(right);
    m_charts->restoreState(charts);
    if (shownRange >= 0 && shownRange < m_range->count())
        m_range->setCurrentIndex(shownRange);
}

} // namespace millrace::ui
