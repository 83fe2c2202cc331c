// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/watch/DeployPanel.h"

#include "ui/watch/ActionButton.h"

#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace millrace::ui
{
DeployPanel::DeployPanel(StepTableModel& steps, const WatchActions& actions, QWidget* parent)
    : QWidget(parent), m_steps(steps), m_title(new QLabel), m_table(new QTableView),
      m_progress(new QProgressBar), m_cancel(actionButton("deployCancel", actions.cancel)),
      m_again(actionButton("deployAgain", actions.deploy))
{
    QFont large = m_title->font();
    large.setPointSizeF(large.pointSizeF() * 1.4);
    large.setBold(true);
    m_title->setFont(large);
    m_title->setObjectName(QStringLiteral("deployTitle"));
    m_table->setObjectName(QStringLiteral("deploySteps"));
    m_table->setAccessibleName(tr("Steps of the deployment"));
    m_table->setModel(&steps);
    m_table->setSelectionMode(QAbstractItemView::NoSelection);
    m_table->setFocusPolicy(Qt::NoFocus);
    m_table->setShowGrid(false);
    m_table->setAlternatingRowColors(true);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 12);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_table->horizontalHeader()->setSectionsClickable(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_progress->setObjectName(QStringLiteral("deployProgress"));
    m_progress->setRange(0, 1000);
    m_progress->setTextVisible(false);
    auto* foot = new QHBoxLayout;
    foot->addWidget(m_progress, 1);
    foot->addWidget(m_cancel);
    foot->addWidget(m_again);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 24, 24, 24);
    layout->setSpacing(12);
    layout->addWidget(m_title);
    layout->addLayout(foot);
    layout->addWidget(m_table, 1);
    connect(&steps, &QAbstractItemModel::dataChanged, this, &DeployPanel::refresh);
    setRunning(false);
}

void DeployPanel::begin(const QString& what)
{
    m_title->setText(what);
    m_progress->setValue(0);
}

void DeployPanel::setRunning(bool running)
{
    m_cancel->setVisible(running);
    m_progress->setVisible(running);
    m_again->setVisible(!running);
}

void DeployPanel::refresh()
{
    m_progress->setValue(static_cast<int>(m_steps.fraction() * 1000));
}

} // namespace millrace::ui
