// SPDX-License-Identifier: GPL-3.0-or-later
// The modes of the main window, its layout, and what happens when it closes.
#include "ui/deploy/DeployPage.h"
#include "ui/graphview/GraphView.h"
#include "ui/workflows/FileActions.h"
#include "ui/mainwindow/MainWindow.h"
#include "ui/mainwindow/MessageBar.h"
#include "ui/mainwindow/ModeBar.h"
#include "ui/mainwindow/ProblemsView.h"
#include "ui/workflows/ReleaseActions.h"
#include "ui/workflows/RemoteActions.h"
#include "ui/models/SelectionBridge.h"
#include "ui/watch/WatchPage.h"

#include <QCloseEvent>
#include <QDockWidget>
#include <QStackedWidget>

#include <utility>

namespace millrace::ui
{
namespace
{

// Version of the arrangement of docks: layouts of other versions are not restored.
constexpr int kLayoutVersion = 2;

QString geometryKey()
{
    return QStringLiteral("window/geometry");
}
QString layoutKey()
{
    return QStringLiteral("window/layout");
}
QString watchLayoutKey()
{
    return QStringLiteral("window/watch");
}
QString deployLayoutKey()
{
    return QStringLiteral("window/deploy");
}
QString modeKey()
{
    return QStringLiteral("window/mode");
}

template <class Devices>
std::vector<std::string> namesOf(const Devices& devices)
{
    std::vector<std::string> names;
    for (const auto& device : devices)
        names.push_back(device.name);
    return names;
}

} // namespace

void MainWindow::makeModes()
{
    m_watch = new WatchPage(m_live, m_releases->actions());
    m_releases->setPage(m_watch);
    m_deploy = new DeployPage(m_remote->actions());
    m_remote->setPage(m_deploy);
    for (QWidget* page : {static_cast<QWidget*>(m_deploy), static_cast<QWidget*>(m_watch)}) {
        page->setMinimumWidth(1);
        m_pages->addWidget(page);
    }
    m_modes = new ModeBar;
    m_shownMode = m_modes->mode();
    addToolBar(Qt::LeftToolBarArea, m_modes);
    connect(m_modes, &ModeBar::modeChanged, this, &MainWindow::showMode);
    connectSelections();
}

/// What is selected is selected in every mode.
void MainWindow::connectSelections()
{
    auto* bridge = new SelectionBridge(m_selection, m_watch->selection(), this);
    connect(&m_document, &Document::snapshotChanged, bridge, [bridge](const Snapshot& snapshot) {
        bridge->setPlanDevices(namesOf(snapshot.cluster->devices));
    });
    connect(&m_live, &LiveRelease::releaseChanged, bridge, [this, bridge] {
        m_watch->selection().select({});
        if (m_live.release())
            bridge->setReleaseDevices(namesOf(m_live.release()->problem.devices));
    });
    connect(m_deploy, &DeployPage::deviceChosen, this, [this](const std::string& name) {
        if (const auto id = m_document.snapshot().cluster->find(name))
            m_selection.select(*id);
    });
    connect(&m_selection, &Selection::changed, m_deploy, [this](const Selected& selected) {
        const auto* device = std::get_if<DeviceId>(&selected);
        const auto& devices = m_document.snapshot().cluster->devices;
        if (device != nullptr && device->index() < devices.size())
            m_deploy->selectDevice(devices[device->index()].name);
    });
}

void MainWindow::connectReleases()
{
    connect(&m_live, &LiveRelease::failed, this, [this](const QString& message) {
        isToldByPage() ? m_log->append(message) : warn(message);
    });
    const auto hear = [this](const QString& message) {
        isToldByPage() ? m_log->append(message) : tell(message);
    };
    connect(&m_live, &LiveRelease::done, this, hear);
    connect(&m_live, &LiveRelease::cancelled, this, hear);
    connect(m_releases, &ReleaseActions::failed, this, &MainWindow::warn);
    connect(m_releases, &ReleaseActions::done, this, &MainWindow::tell);
    connect(m_releases, &ReleaseActions::watchRequested, this,
            [this] { m_modes->setMode(Mode::Watch); });
    connect(m_releases, &ReleaseActions::undeployRequested, m_remote.get(),
            &RemoteActions::undeploy);
    connect(m_remote.get(), &RemoteActions::failed, this, &MainWindow::warn);
    connect(m_remote.get(), &RemoteActions::openModelRequested, m_files, &FileActions::openModel);
    connect(m_remote.get(), &RemoteActions::deployRequested, this, [this] {
        m_message->clear(); // of what was done before
        m_modes->setMode(Mode::Deploy);
    });
    connect(m_remote.get(), &RemoteActions::watchRequested, this,
            [this] { m_modes->setMode(Mode::Watch); });
    connect(&m_live, &LiveRelease::found, this, [this] {
        tell(tr("%1 is still running. Watch shows it.")
                 .arg(QString::fromStdString(m_live.release()->id)));
    });
}

/// The Deploy mode has a place of its own for it.
bool MainWindow::isToldByPage() const
{
    return m_modes->mode() == Mode::Deploy && m_remote->isAtWork();
}

/// The docks are Plan's; another mode hides them and keeps where they were.
void MainWindow::showMode(Mode mode)
{
    if (std::exchange(m_shownMode, mode) == Mode::Plan)
        m_planLayout = saveState(kLayoutVersion);
    if (mode == Mode::Plan) {
        m_pages->setCurrentWidget(m_graph);
        restoreState(m_planLayout, kLayoutVersion);
    } else {
        QWidget* page = m_watch;
        if (mode == Mode::Deploy) {
            page = m_deploy;
            m_remote->refreshHistory();
        }
        m_pages->setCurrentWidget(page);
        for (QDockWidget* dock : findChildren<QDockWidget*>(Qt::FindDirectChildrenOnly))
            dock->hide();
    }
    // A page that is hidden claims no room beside the docks.
    for (QWidget* page : {static_cast<QWidget*>(m_deploy), static_cast<QWidget*>(m_watch)})
        page->setMinimumWidth(mode == Mode::Plan ? 1 : 0);
    for (QDockWidget* dock : findChildren<QDockWidget*>(Qt::FindDirectChildrenOnly))
        dock->toggleViewAction()->setEnabled(mode == Mode::Plan);
}

void MainWindow::restoreLayout()
{
    m_firstLayout = saveState(kLayoutVersion);
    restoreGeometry(m_settings->value(geometryKey()).toByteArray());
    restoreState(m_settings->value(layoutKey()).toByteArray(), kLayoutVersion);
    m_watch->restoreLayout(m_settings->value(watchLayoutKey()).toByteArray());
    m_deploy->restoreLayout(m_settings->value(deployLayoutKey()).toByteArray());
    const int mode = m_settings->value(modeKey()).toInt();
    for (const Mode known : {Mode::Deploy, Mode::Watch})
        if (mode == static_cast<int>(known))
            m_modes->setMode(known);
}

void MainWindow::resetLayout()
{
    m_modes->setMode(Mode::Plan);
    restoreState(m_firstLayout, kLayoutVersion);
}

void MainWindow::keepLayout()
{
    const bool isPlan = m_modes->mode() == Mode::Plan;
    m_settings->setValue(geometryKey(), saveGeometry());
    m_settings->setValue(layoutKey(), isPlan ? saveState(kLayoutVersion) : m_planLayout);
    m_settings->setValue(watchLayoutKey(), m_watch->layoutState());
    m_settings->setValue(deployLayoutKey(), m_deploy->layoutState());
    m_settings->setValue(modeKey(), static_cast<int>(m_modes->mode()));
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    const bool isQuiet = !m_live.release() && m_live.work() == LiveRelease::Work::None;
    if (!m_mayClose && (m_document.isModified() || !isQuiet)) {
        event->ignore();
        return m_files->whenSaved([this] {
            m_releases->whenSettled([this] {
                m_mayClose = true;
                QMetaObject::invokeMethod(this, &QWidget::close, Qt::QueuedConnection);
            });
        });
    }
    keepLayout();
    event->accept();
}

} // namespace millrace::ui
