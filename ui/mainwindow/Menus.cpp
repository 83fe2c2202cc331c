// SPDX-License-Identifier: GPL-3.0-or-later
// The menus and the tool bar of the main window.
#include "ui/graphview/GraphView.h"
#include "ui/mainwindow/FindField.h"
#include "ui/mainwindow/HelpMenu.h"
#include "ui/mainwindow/MainWindow.h"
#include "ui/mainwindow/ModeBar.h"
#include "ui/mainwindow/PlanBar.h"
#include "ui/mainwindow/SettingsMenus.h"
#include "ui/workflows/FileActions.h"
#include "ui/workflows/ReleaseActions.h"
#include "ui/workflows/RemoteActions.h"

#include <QActionGroup>
#include <QDockWidget>
#include <QMenuBar>
#include <QToolBar>
#include <QToolButton>

namespace millrace::ui
{
namespace
{

QIcon icon(const char* name)
{
    return QIcon(QStringLiteral(":/icons/") + QLatin1String(name) + QStringLiteral(".svg"));
}

} // namespace

QAction* MainWindow::add(QMenu& menu, const QString& name, const QString& text,
                         const QKeySequence& keys, std::function<void()> run)
{
    auto* action = menu.addAction(text);
    action->setObjectName(name);
    action->setShortcut(keys);
    connect(action, &QAction::triggered, this, [run = std::move(run)] { run(); });
    return action;
}

void MainWindow::makeMenus()
{
    makeFileMenu();
    makeEditMenu();
    makeViewMenu();
    makePlanMenu();
    makeDeployMenu();
    makeHelpMenu();
}

void MainWindow::makeFileMenu()
{
    QMenu& menu = *menuBar()->addMenu(tr("&File"));
    add(menu, QStringLiteral("openModel"), tr("Open &Model\u2026"), QKeySequence::Open, [this] {
        m_files->openModel();
    })->setIcon(icon("model"));
    add(menu, QStringLiteral("openCluster"), tr("Open &Cluster\u2026"),
        QKeySequence(QStringLiteral("Ctrl+Shift+O")), [this] { m_files->openCluster(); })
        ->setIcon(icon("cluster"));
    add(menu, QStringLiteral("openProject"), tr("Open &Project\u2026"),
        QKeySequence(QStringLiteral("Ctrl+Alt+O")), [this] { m_files->openProject(); });
    menu.addMenu(m_files->recentMenu());
    add(menu, QStringLiteral("openExample"), tr("Open Built-in &Example"), {},
        [this] { m_files->openExample(); });
    menu.addSeparator();
    add(menu, QStringLiteral("save"), tr("&Save Project"), QKeySequence::Save,
        [this] { m_files->save(); });
    add(menu, QStringLiteral("saveAs"), tr("Save Project &As\u2026"), QKeySequence::SaveAs,
        [this] { m_files->saveAs(); });
    menu.addSeparator();
    QMenu& exports = *menu.addMenu(tr("E&xport"));
    add(exports, QStringLiteral("exportPlan"), tr("&Plan\u2026"), {},
        [this] { m_files->exportPlan(); });
    add(exports, QStringLiteral("exportProblem"), tr("P&roblem\u2026"), {},
        [this] { m_files->exportProblem(); });
    add(exports, QStringLiteral("exportCluster"), tr("&Cluster\u2026"), {},
        [this] { m_files->exportCluster(); });
    add(exports, QStringLiteral("exportStages"), tr("&Stage Models\u2026"), {},
        [this] { m_files->exportStages(); });
    menu.addSeparator();
    add(menu, QStringLiteral("quit"), tr("&Quit"), QKeySequence::Quit, [this] { close(); });
}

void MainWindow::makeEditMenu()
{
    QMenu& menu = *menuBar()->addMenu(tr("&Edit"));
    QAction* undo = m_document.undoStack().createUndoAction(this, tr("&Undo"));
    undo->setObjectName(QStringLiteral("undo"));
    undo->setShortcut(QKeySequence::Undo);
    undo->setIcon(icon("undo"));
    QAction* redo = m_document.undoStack().createRedoAction(this, tr("&Redo"));
    redo->setObjectName(QStringLiteral("redo"));
    redo->setShortcuts(QKeySequence::Redo);
    redo->setIcon(icon("redo"));
    menu.addActions({undo, redo});
    menu.addSeparator();
    add(menu, QStringLiteral("find"), tr("&Find Layer"), QKeySequence::Find,
        [this] { m_find->start(); });
    add(menu, QStringLiteral("findNext"), tr("Find &Next"), QKeySequence::FindNext,
        [this] { m_graph->findNext(); });
    add(menu, QStringLiteral("findPrevious"), tr("Find &Previous"), QKeySequence::FindPrevious,
        [this] { m_graph->findPrevious(); });
    menu.addSeparator();
    add(menu, QStringLiteral("addDevice"), tr("&Add Device"),
        QKeySequence(QStringLiteral("Ctrl+D")), [this] { addDevice(); });
    add(menu, QStringLiteral("removeDevice"), tr("Re&move Selected Device"), {},
        [this] { removeSelectedDevice(); });
}

void MainWindow::chooseColourMode(int mode)
{
    const QList<QAction*> modes = m_colourModes->actions();
    if (mode >= 0 && mode < modes.size()) {
        modes[mode]->setChecked(true);
        m_graph->setColourMode(static_cast<ColourMode>(mode));
    }
}

void MainWindow::makeViewMenu()
{
    QMenu& menu = *menuBar()->addMenu(tr("&View"));
    menu.addActions(m_modes->modeActions());
    menu.addSeparator();
    add(menu, QStringLiteral("fit"), tr("&Fit Graph"), QKeySequence(QStringLiteral("Ctrl+9")),
        [this] { m_graph->fit(); })
        ->setIcon(icon("fit"));
    add(menu, QStringLiteral("actualSize"), tr("&Actual Size"),
        QKeySequence(QStringLiteral("Ctrl+0")), [this] { m_graph->actualSize(); });
    add(menu, QStringLiteral("zoomIn"), tr("Zoom &In"), QKeySequence::ZoomIn,
        [this] { m_graph->zoomIn(); });
    add(menu, QStringLiteral("zoomOut"), tr("Zoom &Out"), QKeySequence::ZoomOut,
        [this] { m_graph->zoomOut(); });
    add(menu, QStringLiteral("relayout"), tr("&Lay Out Anew"), QKeySequence::Refresh,
        [this] { m_graph->relayout(); });
    QMenu& colours = *menu.addMenu(tr("&Colour By"));
    m_colourModes = new QActionGroup(this);
    const QStringList names{tr("&Device"), tr("&Time"), tr("&Memory"), tr("&Operator")};
    for (int mode = 0; mode < names.size(); ++mode) {
        QAction* action = add(colours, QStringLiteral("colour%1").arg(mode), names[mode],
                              QKeySequence(QStringLiteral("Alt+%1").arg(mode + 1)),
                              [this, mode] { chooseColourMode(mode); });
        action->setCheckable(true);
        action->setChecked(mode == 0);
        m_colourModes->addAction(action);
    }
    menu.addSeparator();
    for (QDockWidget* dock : findChildren<QDockWidget*>(Qt::FindDirectChildrenOnly))
        menu.addAction(dock->toggleViewAction());
    add(menu, QStringLiteral("resetLayout"), tr("&Reset Layout"), {}, [this] { resetLayout(); });
    menu.addSeparator();
    addThemeMenu(menu, m_theme, *m_settings);
    addLanguageMenu(menu, *m_settings,
                    [this] { tell(tr("The language changes when Millrace starts again.")); });
}

void MainWindow::makePlanMenu()
{
    QMenu& menu = *menuBar()->addMenu(tr("&Plan"));
    QAction* measure =
        add(menu, QStringLiteral("measure"), tr("&Measure Layer Times Here"),
            QKeySequence(QStringLiteral("Ctrl+M")), [this] { m_document.measure(); });
    measure->setIcon(icon("measure"));
    measure->setToolTip(tr("Runs the model several times on this computer and plans with what each "
                           "layer took"));
    QAction* stop =
        add(menu, QStringLiteral("stopSearch"), tr("&Stop Searching"),
            QKeySequence(QStringLiteral("Ctrl+.")), [this] { m_document.planJob().cancel(); });
    stop->setEnabled(false);
    connect(&m_document, &Document::snapshotChanged, stop,
            [stop](const Snapshot& snapshot) { stop->setEnabled(snapshot.planning); });
    connect(&m_document.measureJob(), &JobRunner::started, measure,
            [measure] { measure->setEnabled(false); });
    connect(&m_document.measureJob(), &JobRunner::stopped, measure,
            [measure] { measure->setEnabled(true); });
    menu.addSeparator();
    add(menu, QStringLiteral("addScenario"), tr("&New Scenario\u2026"), QKeySequence::New,
        [this] { m_planBar->addScenario(); });
    add(menu, QStringLiteral("renameScenario"), tr("&Rename Scenario\u2026"),
        QKeySequence(QStringLiteral("F2")), [this] { m_planBar->renameScenario(); });
    add(menu, QStringLiteral("removeScenario"), tr("Remove &Scenario"), {},
        [this] { m_document.removeScenario(); });
}

void MainWindow::makeDeployMenu()
{
    m_releases->fill(*menuBar()->addMenu(tr("&Deploy")), m_remote->actions());
}

void MainWindow::makeHelpMenu()
{
    m_help = new HelpMenu(*menuBar()->addMenu(tr("&Help")), *this);
}

void MainWindow::setLog(const MessageLog& log)
{
    m_help->setLog(log);
}

void MainWindow::makeToolBar()
{
    auto* bar = addToolBar(tr("Tools"));
    bar->setObjectName(QStringLiteral("toolBar"));
    bar->setMovable(false);
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->setIconSize({18, 18});
    const auto put = [this, bar](const char* name, const QString& text) {
        auto* action = findChild<QAction*>(QLatin1String(name));
        action->setIconText(text);
        bar->addAction(action);
    };
    put("openModel", tr("Open Model"));
    put("openCluster", tr("Open Cluster"));
    bar->addSeparator();
    put("undo", tr("Undo"));
    put("redo", tr("Redo"));
    for (const char* name : {"undo", "redo"}) // the arrows say enough
        qobject_cast<QToolButton*>(bar->widgetForAction(findChild<QAction*>(QLatin1String(name))))
            ->setToolButtonStyle(Qt::ToolButtonIconOnly);
    bar->addSeparator();
    m_planBar = new PlanBar(m_document, *m_prompts);
    bar->addWidget(m_planBar);
    bar->addSeparator();
    put("measure", tr("Measure"));
    put("deployHere", tr("Deploy"));
    auto* deploy = qobject_cast<QToolButton*>(
        bar->widgetForAction(findChild<QAction*>(QStringLiteral("deployHere"))));
    auto* where = new QMenu(deploy);
    where->addActions({m_releases->actions().deploy, m_remote->actions().deploy});
    deploy->setMenu(where);
    deploy->setPopupMode(QToolButton::MenuButtonPopup);
    auto* space = new QWidget;
    space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(space);
    m_find = new FindField(*m_graph);
    bar->addWidget(m_find);
}

} // namespace millrace::ui
