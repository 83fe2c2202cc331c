// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/watch/WatchPage.h"

#include "ui/charts/LadderView.h"
#include "ui/models/Figures.h"
#include "ui/models/HealthTableModel.h"
#include "ui/watch/DeployPanel.h"
#include "ui/watch/FigureTiles.h"
#include "ui/watch/ReleaseLine.h"
#include "ui/watch/WatchCharts.h"

#include <QAction>
#include <QComboBox>
#include <QDateTime>
#include <QItemSelectionModel>
#include <QLabel>
#include <QTableView>

#include <algorithm>

namespace millrace::ui
{
namespace
{

constexpr qint64 kChartPeriod = 900; // ms; the figures come more often
constexpr std::size_t kCsvPoints = 100'000;

QString clock(double unixSeconds)
{
    return QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(unixSeconds * 1000))
        .toString(QStringLiteral("HH:mm:ss"));
}

} // namespace

WatchPage::WatchPage(LiveRelease& live, const WatchActions& actions, QWidget* parent)
    : QStackedWidget(parent), m_live(live), m_actions(actions),
      m_health(new HealthTableModel(this)), m_title(new QLabel), m_state(new QLabel),
      m_planNote(new QLabel), m_sentence(new QLabel), m_disturbance(new QLabel),
      m_range(new QComboBox), m_tiles(new FigureTiles), m_charts(new WatchCharts),
      m_ladder(new LadderView)
{
    setObjectName(QStringLiteral("watchPage"));
    m_empty = makeEmpty();
    m_deploy = new DeployPanel(m_steps, actions);
    m_livePanel = makeLive();
    for (QWidget* page : {m_empty, static_cast<QWidget*>(m_deploy), m_livePanel})
        addWidget(page);
    m_ladder->setSelection(&m_selection);
    connectViews();
    releaseChanged();
}

/// Views that go one after the other still speak while they do.
WatchPage::~WatchPage()
{
    m_selection.disconnect();
    m_charts->disconnect();
    m_range->disconnect();
}

void WatchPage::connectViews()
{
    connect(&m_live, &LiveRelease::releaseChanged, this, &WatchPage::releaseChanged);
    connect(&m_live, &LiveRelease::changed, this, [this] {
        refreshState();
        if (isLost())
            refreshLive();
    });
    connect(&m_live, &LiveRelease::eventArrived, this, &WatchPage::addEvent);
    connect(&m_live, &LiveRelease::statusArrived, this, [this] {
        m_statusAge.start();
        refreshState();
        refreshLive();
    });
    connect(m_range, &QComboBox::currentIndexChanged, this, &WatchPage::refreshCharts);
    connect(m_charts, &WatchCharts::changed, this, &WatchPage::refreshCharts);
    connect(m_charts, &WatchCharts::zoomed, this, &WatchPage::zoom);
    connect(m_charts, &WatchCharts::eventChosen, this,
            [this](std::uint64_t number) { m_eventView->selectRow(m_events.rowOf(number)); });
    connect(m_eventView->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& now) { chooseEvent(now.isValid() ? now.row() : -1); });
    connect(m_healthView->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& now) {
                if (now.isValid() && !m_isFollowing)
                    m_selection.select(m_health->stageAt(now.row()).device);
            });
    connect(&m_selection, &Selection::changed, this, [this](const Selected& what) {
        m_isFollowing = true;
        m_healthView->clearSelection();
        const auto* device = std::get_if<DeviceId>(&what);
        for (int row = 0; device != nullptr && row < m_health->rowCount(); ++row)
            if (m_health->stageAt(row).device == *device)
                m_healthView->selectRow(row);
        m_isFollowing = false;
    });
}

void WatchPage::beginDeployment()
{
    m_deploy->begin(tr("Deploying on this computer"));
    m_isDeploying = true;
    m_deploy->setRunning(true);
    refreshPage();
}

/// The steps of one that failed stay in sight until there is something else to see.
void WatchPage::deploymentEnded()
{
    m_isDeploying = false;
    m_deploy->setRunning(false);
    refreshPage();
}

void WatchPage::refreshPage()
{
    if (m_isDeploying)
        setCurrentWidget(m_deploy);
    else if (m_live.release())
        setCurrentWidget(m_livePanel);
    else if (m_steps.rowCount() == 0)
        setCurrentWidget(m_empty);
}

void WatchPage::releaseChanged()
{
    m_events.clear();
    m_tiles->clear();
    setPaused(false);
    if (!m_live.release()) {
        m_health->clear();
        m_steps.clear();
        return refreshPage();
    }
    const deploy::Release& release = *m_live.release();
    m_title->setText(QString::fromStdString(release.id));
    m_title->setToolTip(plainTip(
        tr("Since %1, in %2")
            .arg(clock(release.createdAt), QString::fromStdString(release.folder.string()))));
    m_health->setRelease(release);
    m_charts->setRelease(release);
    m_ladder->setSnapshot(snapshotOf(release));
    m_sentence->clear();
    m_disturbance->clear();
    refreshPage();
    QMetaObject::invokeMethod(this, &WatchPage::arrange, Qt::QueuedConnection);
}

void WatchPage::refreshState()
{
    if (!m_live.release())
        return;
    const ReleaseLine line = releaseLine(m_live, palette());
    QPalette inked = palette();
    inked.setColor(QPalette::WindowText, line.colour);
    m_state->setPalette(inked);
    m_state->setText(line.text);
    m_state->setToolTip(isLost() ? plainTip(m_live.linkTrouble()) : QString());
}

void WatchPage::refreshLive()
{
    if (m_frozen || !isVisible())
        return;
    refreshFigures();
    if (!m_chartAge.isValid() || m_chartAge.elapsed() > kChartPeriod)
        refreshCharts();
}

bool WatchPage::isLost() const
{
    return m_live.release() && m_live.link() == LiveRelease::Link::Lost;
}

void WatchPage::refreshFigures()
{
    if (!m_live.release() || !m_live.status())
        return;
    const deploy::Release& release = *m_live.release();
    if (isLost()) {
        const WatchFigures unknown = unknownFigures(release);
        m_tiles->clear();
        m_ladder->setFigures(unknown);
        m_health->setFigures(unknown);
        return setSentences(tr("The gateway has not answered since %1, so nothing is known of now.")
                                .arg(clock(lastAt())),
                            {});
    }
    const WatchFigures figures = watchFigures(release, *m_live.status(), m_live.history());
    m_tiles->setFigures(figures);
    m_ladder->setFigures(figures);
    m_health->setFigures(figures);
    setSentences(bottleneckSentence(release, figures), disturbanceSentence(release, figures));
}

void WatchPage::setSentences(const QString& sentence, const QString& disturbance)
{
    m_sentence->setText(sentence);
    m_disturbance->setText(disturbance);
    m_disturbance->setVisible(!disturbance.isEmpty());
}

double WatchPage::lastAt() const
{
    return m_live.history().points().back().at;
}

double WatchPage::range() const
{
    return m_range->currentData().toDouble();
}

void WatchPage::refreshCharts()
{
    m_chartAge.start();
    if (!m_live.release() || m_live.history().isEmpty())
        return;
    if (m_frozen) {
        const double end = m_frozen->points().back().at;
        return m_charts->show(*m_frozen, m_events.events(), range(), end, clock(end));
    }
    // Time goes on without the gateway.
    const double silence = isLost() ? static_cast<double>(m_statusAge.elapsed()) / 1000 : 0;
    m_charts->show(m_live.history(), m_events.events(), range(), lastAt() + silence, tr("now"));
}

void WatchPage::zoom(int steps)
{
    m_range->setCurrentIndex(std::clamp(m_range->currentIndex() - steps, 0, m_range->count() - 1));
}

void WatchPage::setPaused(bool paused)
{
    if (paused == m_frozen.has_value())
        return;
    if (paused && !m_live.history().isEmpty())
        m_frozen = m_live.history();
    else
        m_frozen.reset();
    m_actions.pause->setChecked(m_frozen.has_value());
    refreshFigures();
    refreshCharts();
}

void WatchPage::addEvent(const WatchEvent& event)
{
    m_events.add(event);
    m_eventView->scrollToTop();
}

void WatchPage::chooseEvent(int row)
{
    if (row < 0 || row >= m_events.rowCount())
        return m_charts->pointAt({});
    const WatchEvent& event = m_events.eventAt(row);
    m_charts->pointAt(event.at);
    if (event.device)
        m_selection.select(*event.device);
}

void WatchPage::setPlanNote(const QString& note, bool canOpen)
{
    m_planNote->setText(note);
    m_planNote->setVisible(!note.isEmpty());
    m_actions.openPlan->setVisible(canOpen);
}

std::string WatchPage::csv() const
{
    const WatchHistory& history = m_frozen ? *m_frozen : m_live.history();
    return watchCsv(*m_live.release(), history.last(range(), kCsvPoints));
}

} // namespace millrace::ui
