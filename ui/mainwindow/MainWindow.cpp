// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow/MainWindow.h"

#include "ui/clusterview/ClusterView.h"
#include "ui/graphview/GraphView.h"
#include "ui/inspector/Inspector.h"
#include "ui/mainwindow/Application.h"
#include "ui/mainwindow/FindField.h"
#include "ui/mainwindow/MessageBar.h"
#include "ui/mainwindow/ModeBar.h"
#include "ui/mainwindow/PlanBar.h"
#include "ui/mainwindow/ProblemsView.h"
#include "ui/mainwindow/StatusLine.h"
#include "ui/models/DeviceTableModel.h"
#include "ui/models/Figures.h"
#include "ui/models/LinkTableModel.h"
#include "ui/models/ScenarioTableModel.h"
#include "ui/workflows/FileActions.h"
#include "ui/workflows/ReleaseActions.h"
#include "ui/workflows/RemoteActions.h"

#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QMenu>
#include <QMimeData>
#include <QTabWidget>

namespace millrace::ui
{

MainWindow::MainWindow(std::unique_ptr<Prompts> prompts, std::unique_ptr<QSettings> settings)
    : m_prompts(std::move(prompts)), m_settings(std::move(settings))
{
    setObjectName(QStringLiteral("mainWindow"));
    setAcceptDrops(true);
    setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks);
    m_files = new FileActions(
        m_document, *m_prompts, *m_settings, [this] { return windowState(); }, this);
    m_releases = new ReleaseActions(
        m_document, m_live, *m_prompts,
        [this](const std::function<void()>& then) { m_files->whenSaved(then); }, this);
    m_remote = std::make_unique<RemoteActions>(m_document, m_live, *m_prompts,
                                               m_releases->actions().cancel, this);
    makeViews();
    makeDocks();
    makeModes();
    makeMenus();
    makeToolBar();
    connectDocument();
    connectTables();
    connectReleases();
    resize(1280, 800);
    restoreLayout();
    showSnapshot(m_document.snapshot());
    updateTitle();
}

/// The widgets go first, while what they speak to is still there.
MainWindow::~MainWindow()
{
    m_document.disconnect();
    m_live.disconnect();
    for (JobRunner* job :
         {&m_document.loadJob(), &m_document.measureJob(), &m_document.exportJob()})
        job->disconnect();
    m_document.undoStack().disconnect();
    m_selection.disconnect();
    qDeleteAll(findChildren<QWidget*>(Qt::FindDirectChildrenOnly));
}

void MainWindow::connectDocument()
{
    connect(&m_document, &Document::snapshotChanged, this, &MainWindow::showSnapshot);
    connect(&m_document, &Document::comparisonChanged, this, [this] {
        m_scenarioModel->setScenarios(m_document.state().scenarios, m_document.state().current);
    });
    connect(&m_document, &Document::searching, m_status, &StatusLine::setSearching);
    connect(&m_document, &Document::failed, this, &MainWindow::warn);
    connect(&m_document, &Document::done, this, &MainWindow::tell);
    connect(&m_document, &Document::titleChanged, this, &MainWindow::updateTitle);
    connect(&m_document, &Document::opened, this, [this] {
        setWindowState(m_document.windowState());
        m_selection.select({});
    });
    if (const auto* app = qobject_cast<Application*>(QCoreApplication::instance()))
        connect(app, &Application::failed, this, &MainWindow::warn);
    connect(&m_document.undoStack(), &QUndoStack::cleanChanged, this, &MainWindow::updateTitle);
    connect(m_problems, &ProblemsView::problemCountChanged, this, [this](int count) {
        const int tab = m_tabs->indexOf(m_problems);
        m_tabs->setTabText(tab, count == 0 ? tr("Problems") : tr("Problems (%1)").arg(count));
        if (count > 0)
            m_tabs->setCurrentIndex(tab);
    });
    connect(m_graph, &GraphView::pinRequested, this, &MainWindow::askPin);
    connect(m_inspector, &Inspector::pinRequested, &m_document, &Document::pin);
    const auto takeEdits = [this](auto* from) {
        using From = std::remove_pointer_t<decltype(from)>;
        connect(from, &From::editRequested, &m_document, &Document::editCluster);
        connect(from, &From::editRefused, this, &MainWindow::warn);
    };
    takeEdits(m_cluster);
    takeEdits(m_inspector);
    takeEdits(m_deviceModel);
    takeEdits(m_linkModel);
}

/// The message about an infeasible plan goes with it; other messages stay.
void MainWindow::showFeasibility(const Snapshot& snapshot)
{
    if (snapshot.planning || !snapshot.plan)
        return;
    const bool infeasible = !snapshot.plan->hasStages() && !snapshot.plan->whyInfeasible.empty();
    if (infeasible)
        m_message->show(MessageBar::Kind::Problem,
                        tr("There is no feasible plan: %1. Undo the edit, or change the cluster.")
                            .arg(QString::fromStdString(snapshot.plan->whyInfeasible.front())));
    else if (m_infeasibleShown)
        m_message->clear();
    m_infeasibleShown = infeasible;
}

void MainWindow::tell(const QString& message)
{
    m_log->append(message);
    m_message->show(MessageBar::Kind::News, message);
}

void MainWindow::warn(const QString& message)
{
    m_log->append(message);
    qInfo("%s", qPrintable(message));
    m_message->show(MessageBar::Kind::Problem, message);
    // The window is never left empty: what cannot be opened at the start gives way to the example.
    if (!m_document.snapshot().graph && !m_document.loadJob().isRunning() && !m_fellBack) {
        m_fellBack = true;
        m_document.openExample();
    }
}

void MainWindow::updateTitle()
{
    const QString title = m_document.title();
    setWindowTitle(title.isEmpty() ? tr("Millrace[*]") : tr("%1[*] - Millrace").arg(title));
    setWindowModified(m_document.isModified());
}

void MainWindow::start(const StartRequest& request)
{
    m_live.findRunning();
    if (request.file.isEmpty())
        return m_document.openExample();
    if (!request.cluster.isEmpty() && !m_document.beginWithCluster(request.cluster.toStdString()))
        return;
    if (request.dims.empty())
        return m_files->openPath(request.file);
    m_document.openModel(request.file.toStdString(), request.dims);
}

void MainWindow::addDevice()
{
    const cluster::Cluster& cluster = *m_document.snapshot().cluster;
    cluster::Device device;
    device.name = cluster::freeDeviceName(cluster, "device");
    device.className = device.name;
    device.memory = Bytes{std::int64_t{512} << 20};
    const auto next = cluster::withNewDevice(cluster, device);
    if (!next)
        return warn(reasonOf(next.error()));
    m_document.editCluster(*next, tr("add %1").arg(QString::fromStdString(device.name)));
    m_selection.select(DeviceId(next->devices.size() - 1));
}

void MainWindow::removeSelectedDevice()
{
    const auto* device = std::get_if<DeviceId>(&m_selection.current());
    if (device == nullptr)
        return tell(tr("Select the device to remove first."));
    const cluster::Cluster& cluster = *m_document.snapshot().cluster;
    const QString name = QString::fromStdString(cluster.devices[device->index()].name);
    const auto next = cluster::withoutDevice(cluster, *device);
    if (!next)
        return warn(reasonOf(next.error()));
    m_selection.select({});
    m_document.editCluster(*next, tr("remove %1").arg(name));
}

void MainWindow::askPin(LayerId layer, const QPoint& at)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Any Device"), this, [this, layer] { m_document.pin(layer, {}); });
    menu->addSeparator();
    const auto& devices = m_document.snapshot().cluster->devices;
    for (std::size_t i = 0; i < devices.size(); ++i)
        if (devices[i].stages)
            menu->addAction(QString::fromStdString(devices[i].name), this,
                            [this, layer, i] { m_document.pin(layer, DeviceId(i)); });
    menu->popup(at);
}

Json MainWindow::windowState() const
{
    Json positions = Json::object();
    const QVariantMap map = m_cluster->positions();
    for (auto it = map.begin(); it != map.end(); ++it)
        positions[it.key().toStdString()] = {it->toPointF().x(), it->toPointF().y()};
    return {{"positions", positions}, {"colour_mode", static_cast<int>(m_graph->colourMode())}};
}

/// What does not fit is left as it is: the file is hostile.
void MainWindow::setWindowState(const Json& state)
{
    QVariantMap positions;
    if (const auto found = state.find("positions"); found != state.end() && found->is_object())
        for (const auto& [name, at] : found->items())
            if (at.is_array() && at.size() == 2 && at[0].is_number() && at[1].is_number())
                positions[QString::fromStdString(name)] =
                    QPointF(at[0].get<double>(), at[1].get<double>());
    m_cluster->setPositions(positions);
    if (const auto found = state.find("colour_mode");
        found != state.end() && found->is_number_integer())
        chooseColourMode(found->get<int>());
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile())
            m_files->openPath(url.toLocalFile());
    event->acceptProposedAction();
}

} // namespace millrace::ui
