// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/deploy/DeployPage.h"

#include "deploy/UnixTime.h"
#include "ui/deploy/CheckListView.h"
#include "ui/models/DevicePalette.h"

#include <QEvent>
#include <QItemSelectionModel>
#include <QLabel>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

namespace millrace::ui
{

DeployPage::DeployPage(const DeployActions& actions, QWidget* parent)
    : QWidget(parent), m_actions(actions), m_checks(new CheckListView), m_title(new QLabel),
      m_outcome(new QLabel), m_noHistory(new QLabel), m_progress(new QProgressBar),
      m_grid(new QTableView), m_history(new QTableView), m_detail(new QPlainTextEdit)
{
    setObjectName(QStringLiteral("deployPage"));
    m_right = new QSplitter(Qt::Vertical);
    m_right->setObjectName(QStringLiteral("deployRight"));
    m_right->setChildrenCollapsible(false);
    m_right->addWidget(makeGrid());
    m_right->addWidget(makeHistory());
    m_right->setSizes({400, 240});
    m_columns = new QSplitter(Qt::Horizontal);
    m_columns->setObjectName(QStringLiteral("deployColumns"));
    m_columns->setChildrenCollapsible(false);
    m_columns->addWidget(makeChecks());
    m_columns->addWidget(m_right);
    m_columns->setStretchFactor(1, 1);
    m_columns->setSizes({320, 880});
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 8, 10, 8);
    layout->setSpacing(8);
    layout->addWidget(makeHeader());
    layout->addWidget(m_columns, 1);
    connectViews();
    setRunning(false);
}

void DeployPage::connectViews()
{
    connect(m_checks, &CheckListView::remedyRequested, this, &DeployPage::remedyRequested);
    connect(&m_steps, &QAbstractItemModel::dataChanged, this, [this] {
        m_progress->setValue(static_cast<int>(m_steps.fraction() * 1000));
        refreshDetail();
    });
    connect(&m_steps, &QAbstractItemModel::modelReset, this, &DeployPage::refreshDetail);
    connect(m_grid->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex& now) {
                refreshDetail();
                if (now.isValid() && !m_isFollowing && !m_steps.deviceAt(now.row()).empty())
                    emit deviceChosen(m_steps.deviceAt(now.row()));
            });
    connect(m_history->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &DeployPage::releaseChosen);
    connect(&m_releases, &QAbstractItemModel::modelReset, this, [this] {
        m_noHistory->setVisible(m_releases.rowCount() == 0);
        m_history->setVisible(m_releases.rowCount() > 0);
        emit releaseChosen();
    });
    connect(&m_clock, &QTimer::timeout, this, &DeployPage::tick);
    m_clock.setInterval(500);
}

void DeployPage::setChecks(const std::vector<DeployCheck>& checks)
{
    m_checks->setChecks(checks);
}

void DeployPage::setTitle(const QString& title)
{
    m_title->setText(title);
}

void DeployPage::setOutcome(Tone tone, const QString& sentence)
{
    m_tone = tone;
    m_outcome->setText(sentence);
    m_outcome->setAccessibleName(sentence);
    paintOutcome();
}

void DeployPage::paintOutcome()
{
    const DevicePalette colours(palette());
    QPalette inked = palette();
    if (m_tone == Tone::Good)
        inked.setColor(QPalette::WindowText, colours.good());
    if (m_tone == Tone::Bad)
        inked.setColor(QPalette::WindowText, colours.bottleneck());
    m_outcome->setPalette(inked);
}

void DeployPage::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        paintOutcome();
}

void DeployPage::setRunning(bool running)
{
    m_progress->setVisible(running);
    if (running)
        m_clock.start();
    else
        m_clock.stop();
}

void DeployPage::tick()
{
    m_steps.tick(deploy::unixSeconds());
}

void DeployPage::showCell(const QModelIndex& cell)
{
    m_isFollowing = true;
    m_grid->setCurrentIndex(cell);
    m_grid->scrollTo(cell);
    m_isFollowing = false;
}

void DeployPage::selectDevice(const std::string& device)
{
    const QModelIndex now = m_grid->currentIndex();
    for (int row = 0; row < m_steps.rowCount(); ++row)
        if (m_steps.deviceAt(row) == device && row != now.row())
            showCell(m_steps.index(row, std::max(0, now.column())));
}

void DeployPage::refreshDetail()
{
    const QModelIndex now = m_grid->currentIndex();
    QString text;
    if (now.isValid())
        text = now.data(StepTableModel::DetailRole).toString();
    if (text != m_detail->toPlainText())
        m_detail->setPlainText(text);
}

void DeployPage::setReleases(const std::vector<deploy::Release>& releases)
{
    const deploy::Release* chosen = chosenRelease();
    const std::string id = chosen != nullptr ? chosen->id : std::string();
    m_releases.setReleases(releases);
    const int row = m_releases.rowOf(id);
    if (row >= 0 && row != m_history->currentIndex().row())
        m_history->selectRow(row);
}

const deploy::Release* DeployPage::chosenRelease() const
{
    const QModelIndex now = m_history->currentIndex();
    return now.isValid() && now.row() < m_releases.rowCount() ? &m_releases.releaseAt(now.row())
                                                              : nullptr;
}

} // namespace millrace::ui
