// SPDX-License-Identifier: GPL-3.0-or-later
// The views and tables of the Plan mode: made, filled, and in step with the selection.
#include "ui/charts/LadderView.h"
#include "ui/clusterview/ClusterView.h"
#include "ui/graphview/GraphView.h"
#include "ui/inspector/Inspector.h"
#include "ui/mainwindow/MainWindow.h"
#include "ui/mainwindow/MessageBar.h"
#include "ui/mainwindow/ProblemsView.h"
#include "ui/mainwindow/StatusLine.h"
#include "ui/mainwindow/TableView.h"
#include "ui/models/DeviceTableModel.h"
#include "ui/models/LinkTableModel.h"
#include "ui/models/ScenarioTableModel.h"
#include "ui/models/StageTableModel.h"

#include <QDockWidget>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabWidget>
#include <QVBoxLayout>

namespace millrace::ui
{
namespace
{

QDockWidget* dock(QMainWindow& window, const QString& name, const QString& title, QWidget* content)
{
    auto* dock = new QDockWidget(title, &window);
    dock->setObjectName(name);
    dock->setWidget(content);
    return dock;
}

} // namespace

void MainWindow::makeViews()
{
    m_message = new MessageBar;
    m_graph = new GraphView;
    m_graph->setObjectName(QStringLiteral("graphView"));
    m_cluster = new ClusterView;
    m_inspector = new Inspector;
    m_ladder = new LadderView;
    m_status = new StatusLine;
    m_problems = new ProblemsView;
    m_log = new LogView;
    m_stageModel = new StageTableModel(this);
    m_deviceModel = new DeviceTableModel(this);
    m_linkModel = new LinkTableModel(this);
    m_scenarioModel = new ScenarioTableModel(this);
    const auto table = [](const char* name, const QString& title, QAbstractItemModel* model) {
        auto* view = new TableView(QLatin1String(name));
        view->setAccessibleName(title);
        view->setSource(model);
        return view;
    };
    m_stages = table("stageTable", tr("Stages"), m_stageModel);
    m_devices = table("deviceTable", tr("Devices"), m_deviceModel);
    m_links = table("linkTable", tr("Links"), m_linkModel);
    m_scenarios = table("scenarioTable", tr("Scenarios"), m_scenarioModel);
    m_graph->setSelection(&m_selection);
    m_cluster->setSelection(&m_selection);
    m_inspector->setSelection(&m_selection);
    m_ladder->setSelection(&m_selection);
    for (JobRunner* job :
         {&m_document.loadJob(), &m_document.measureJob(), &m_document.exportJob()})
        m_status->follow(*job);
    statusBar()->addWidget(m_status, 1);
    statusBar()->setSizeGripEnabled(false);

    auto* centre = new QWidget;
    auto* layout = new QVBoxLayout(centre);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_message);
    m_pages = new QStackedWidget;
    m_pages->addWidget(m_graph);
    layout->addWidget(m_pages, 1);
    setCentralWidget(centre);
}

void MainWindow::makeDocks()
{
    m_tabs = new QTabWidget;
    m_tabs->setObjectName(QStringLiteral("tables"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_stages, tr("Stages"));
    m_tabs->addTab(m_devices, tr("Devices"));
    m_tabs->addTab(m_links, tr("Links"));
    m_tabs->addTab(m_scenarios, tr("Compare"));
    m_tabs->addTab(m_problems, tr("Problems"));
    m_tabs->addTab(m_log, tr("Log"));

    auto* cluster = dock(*this, QStringLiteral("clusterDock"), tr("Cluster"), m_cluster);
    auto* inspector = dock(*this, QStringLiteral("inspectorDock"), tr("Inspector"), m_inspector);
    auto* ladder = dock(*this, QStringLiteral("ladderDock"), tr("Bottleneck Ladder"), m_ladder);
    auto* tables = dock(*this, QStringLiteral("tablesDock"), tr("Tables"), m_tabs);
    addDockWidget(Qt::RightDockWidgetArea, cluster);
    splitDockWidget(cluster, inspector, Qt::Horizontal);
    addDockWidget(Qt::BottomDockWidgetArea, ladder);
    splitDockWidget(ladder, tables, Qt::Horizontal);
    setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);
    setCorner(Qt::BottomLeftCorner, Qt::BottomDockWidgetArea);
    resizeDocks({cluster, inspector}, {400, 290}, Qt::Horizontal);
    resizeDocks({ladder, tables}, {560, 720}, Qt::Horizontal);
    resizeDocks({ladder}, {270}, Qt::Vertical);
}

void MainWindow::connectTables()
{
    connect(m_stages, &TableView::rowChosen, this,
            [this](int row) { m_selection.select(m_stageModel->deviceAt(row)); });
    connect(m_devices, &TableView::rowChosen, this,
            [this](int row) { m_selection.select(DeviceId(row)); });
    connect(m_links, &TableView::rowChosen, this,
            [this](int row) { m_selection.select(m_linkModel->endsAt(row)); });
    connect(m_scenarios, &QTableView::activated, this, [this](const QModelIndex& index) {
        m_document.selectScenario(static_cast<std::size_t>(m_scenarios->sourceRow(index)));
    });
    connect(&m_selection, &Selection::changed, this, [this](const Selected& selected) {
        const auto* device = std::get_if<DeviceId>(&selected);
        const auto* ends = std::get_if<LinkEnds>(&selected);
        m_devices->selectSourceRow(device != nullptr ? device->value : -1);
        int stage = -1, link = -1;
        for (int row = 0; device != nullptr && row < m_stageModel->rowCount(); ++row)
            if (m_stageModel->deviceAt(row) == *device)
                stage = row;
        for (int row = 0; ends != nullptr && row < m_linkModel->rowCount(); ++row)
            if (m_linkModel->endsAt(row) == *ends)
                link = row;
        m_stages->selectSourceRow(stage);
        m_links->selectSourceRow(link);
    });
}

void MainWindow::showSnapshot(const Snapshot& snapshot)
{
    m_graph->setSnapshot(snapshot);
    m_cluster->setSnapshot(snapshot);
    m_inspector->setSnapshot(snapshot);
    m_ladder->setSnapshot(snapshot);
    m_stageModel->setSnapshot(snapshot);
    m_deviceModel->setSnapshot(snapshot);
    m_linkModel->setSnapshot(snapshot);
    m_scenarioModel->setScenarios(m_document.state().scenarios, m_document.state().current);
    m_problems->setSnapshot(snapshot);
    m_status->setSnapshot(snapshot);
    showFeasibility(snapshot);
}

} // namespace millrace::ui
