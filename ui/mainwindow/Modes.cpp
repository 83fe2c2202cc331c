// SPDX-License-Identifier: GPL-3.0-or-later
// The modes of the main window, its layout, and what happens when it closes.
#include "ui/graphview/GraphView.h"
#include "ui/mainwindow/FileActions.h"
#include "ui/mainwindow/MainWindow.h"
#include "ui/mainwindow/ModeBar.h"
#include "ui/mainwindow/ReleaseActions.h"
#include "ui/models/SelectionBridge.h"
#include "ui/watch/WatchPage.h"

#include <QCloseEvent>
#include <QDockWidget>
#include <QStackedWidget>

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
    m_watch->setMinimumWidth(1);
    m_pages->addWidget(m_watch);
    m_modes = new ModeBar;
    addToolBar(Qt::LeftToolBarArea, m_modes);
    connect(m_modes, &ModeBar::modeChanged, this, &MainWindow::showMode);
    auto* bridge = new SelectionBridge(m_selection, m_watch->selection(), this);
    connect(&m_document, &Document::snapshotChanged, bridge, [bridge](const Snapshot& snapshot) {
        bridge->setPlanDevices(namesOf(snapshot.cluster->devices));
    });
    connect(&m_live, &LiveRelease::releaseChanged, bridge, [this, bridge] {
        m_watch->selection().select({});
        if (m_live.release())
            bridge->setReleaseDevices(namesOf(m_live.release()->problem.devices));
    });
}

void MainWindow::connectReleases()
{
    connect(m_releases, &ReleaseActions::failed, this, &MainWindow::warn);
    connect(m_releases, &ReleaseActions::done, this, &MainWindow::tell);
    connect(m_releases, &ReleaseActions::watchRequested, this,
            [this] { m_modes->setMode(Mode::Watch); });
    connect(&m_live, &LiveRelease::found, this, [this] {
        tell(tr("%1 is still running. Watch shows it.")
                 .arg(QString::fromStdString(m_live.release()->id)));
    });
}

/// The docks are Plan's; another mode hides them and keeps where they were.
void MainWindow::showMode(Mode mode)
{
    if (mode == Mode::Plan) {
        m_pages->setCurrentWidget(m_graph);
        restoreState(m_planLayout, kLayoutVersion);
    } else {
        m_planLayout = saveState(kLayoutVersion);
        m_pages->setCurrentWidget(m_watch);
        for (QDockWidget* dock : findChildren<QDockWidget*>(Qt::FindDirectChildrenOnly))
            dock->hide();
    }
    // A page that is hidden claims no room beside the docks.
    m_watch->setMinimumWidth(mode == Mode::Plan ? 1 : 0);
    for (QDockWidget* dock : findChildren<QDockWidget*>(Qt::FindDirectChildrenOnly))
        dock->toggleViewAction()->setEnabled(mode == Mode::Plan);
}

void MainWindow::restoreLayout()
{
    m_firstLayout = saveState(kLayoutVersion);
    restoreGeometry(m_settings->value(geometryKey()).toByteArray());
    restoreState(m_settings->value(layoutKey()).toByteArray(), kLayoutVersion);
    m_watch->restoreLayout(m_settings->value(watchLayoutKey()).toByteArray());
    if (m_settings->value(modeKey()).toInt() == static_cast<int>(Mode::Watch))
        m_modes->setMode(Mode::Watch);
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
