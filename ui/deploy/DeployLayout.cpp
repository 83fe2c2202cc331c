// SPDX-License-Identifier: GPL-3.0-or-later
// Where things are in the Deploy mode.
#include "ui/deploy/CheckListView.h"
#include "ui/deploy/DeployPage.h"
#include "ui/deploy/StepDelegate.h"

#include <QAction>
#include <QDataStream>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QSplitter>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace millrace::ui
{
namespace
{

QToolButton* button(const char* name, QAction* action)
{
    auto* button = new QToolButton;
    button->setObjectName(QLatin1String(name));
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    return button;
}

QLabel* heading(const QString& text)
{
    auto* label = new QLabel(text);
    QFont bold = label->font();
    bold.setBold(true);
    label->setFont(bold);
    return label;
}

void dress(QTableView& table)
{
    table.setAlternatingRowColors(true);
    table.setShowGrid(false);
    table.setWordWrap(false);
    table.setTabKeyNavigation(false);
    table.verticalHeader()->hide();
    table.verticalHeader()->setDefaultSectionSize(table.fontMetrics().height() + 12);
    table.horizontalHeader()->setHighlightSections(false);
    table.horizontalHeader()->setSectionsClickable(false);
    table.horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
}

/// A panel without margins of its own.
QVBoxLayout* column(QWidget* panel)
{
    auto* layout = new QVBoxLayout(panel);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    return layout;
}

} // namespace

QWidget* DeployPage::makeHeader()
{
    auto* header = new QWidget;
    QFont large = m_title->font();
    large.setPointSizeF(large.pointSizeF() * 1.3);
    large.setBold(true);
    m_title->setFont(large);
    for (const auto& [label, name] :
         {std::pair(m_title, "deployModeTitle"), std::pair(m_outcome, "deployOutcome")}) {
        label->setObjectName(QLatin1String(name));
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
    }
    m_outcome->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_progress->setObjectName(QStringLiteral("deployModeProgress"));
    m_progress->setAccessibleName(tr("Progress of the deployment"));
    m_progress->setRange(0, 1000);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(fontMetrics().height() / 2);
    auto* row = new QHBoxLayout;
    row->addWidget(m_title, 1);
    row->addWidget(button("deployModeTest", m_actions.test));
    row->addWidget(button("deployModeDeploy", m_actions.deploy));
    row->addWidget(button("deployModeCancel", m_actions.cancel));
    auto* layout = column(header);
    layout->addLayout(row);
    layout->addWidget(m_outcome);
    layout->addWidget(m_progress);
    return header;
}

QWidget* DeployPage::makeChecks()
{
    auto* panel = new QWidget;
    auto* layout = column(panel);
    layout->addWidget(heading(tr("Before Deploying")));
    layout->addWidget(m_checks, 1);
    return panel;
}

QWidget* DeployPage::makeGrid()
{
    m_grid->setObjectName(QStringLiteral("deployGrid"));
    m_grid->setAccessibleName(tr("Steps of the deployment"));
    m_grid->setModel(&m_steps);
    m_grid->setItemDelegate(new StepDelegate(m_grid));
    m_grid->setSelectionMode(QAbstractItemView::SingleSelection);
    dress(*m_grid);
    m_grid->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_detail->setObjectName(QStringLiteral("stepDetail"));
    m_detail->setAccessibleName(tr("Details of the selected step"));
    m_detail->setReadOnly(true);
    m_detail->setTabChangesFocus(true);
    m_detail->setPlaceholderText(tr("Select a cell to read what happened there."));
    m_detail->setMinimumHeight(fontMetrics().height() * 4);
    auto* split = new QSplitter(Qt::Vertical);
    split->setObjectName(QStringLiteral("deployGridSplit"));
    split->setChildrenCollapsible(false);
    split->addWidget(m_grid);
    split->addWidget(m_detail);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 1);
    auto* panel = new QWidget;
    auto* layout = column(panel);
    layout->addWidget(heading(tr("Steps")));
    layout->addWidget(split, 1);
    return panel;
}

QWidget* DeployPage::makeHistory()
{
    m_history->setObjectName(QStringLiteral("releaseHistory"));
    m_history->setAccessibleName(tr("Releases"));
    m_history->setModel(&m_releases);
    m_history->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_history->setSelectionMode(QAbstractItemView::SingleSelection);
    dress(*m_history);
    QHeaderView* header = m_history->horizontalHeader();
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    header->setSectionResizeMode(ReleaseTableModel::Id, QHeaderView::Stretch);
    m_noHistory->setText(tr("Nothing is deployed yet. Each release that you deploy is listed here; "
                            "the last two that were replaced can be gone back to."));
    m_noHistory->setWordWrap(true);
    m_noHistory->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_noHistory->setForegroundRole(QPalette::PlaceholderText);
    m_noHistory->setBackgroundRole(QPalette::Base);
    m_noHistory->setAutoFillBackground(true);
    m_noHistory->setFrameShape(QFrame::StyledPanel);
    m_noHistory->setMargin(6);
    m_history->hide();
    auto* row = new QHBoxLayout;
    row->addWidget(heading(tr("Releases")), 1);
    row->addWidget(button("historyRollBack", m_actions.rollBack));
    row->addWidget(button("historyBringBack", m_actions.bringBack));
    row->addWidget(button("historyWatch", m_actions.watch));
    row->addWidget(button("historyUndeploy", m_actions.undeploy));
    auto* panel = new QWidget;
    auto* layout = column(panel);
    layout->addLayout(row);
    layout->addWidget(m_noHistory, 1);
    layout->addWidget(m_history, 1);
    return panel;
}

QByteArray DeployPage::layoutState() const
{
    QByteArray state;
    QDataStream out(&state, QIODevice::WriteOnly);
    out << m_columns->saveState() << m_right->saveState();
    return state;
}

void DeployPage::restoreLayout(const QByteArray& state)
{
    QDataStream in(state);
    QByteArray columns, right;
    in >> columns >> right;
    if (in.status() != QDataStream::Ok)
        return;
    m_columns->restoreState(columns);
    m_right->restoreState(right);
}

} // namespace millrace::ui
