// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `mainwindow`: puts the document, the views and the questions together.
#pragma once

#include "ui/dialogs/Prompts.h"
#include "ui/mainwindow/Theme.h"
#include "ui/models/Document.h"
#include "ui/models/LiveRelease.h"
#include "ui/models/Selection.h"

#include <QMainWindow>
#include <QSettings>

#include <memory>

class QActionGroup;
class QStackedWidget;
class QTabWidget;

namespace millrace::ui
{

class ClusterView;
class DeployPage;
class DeviceTableModel;
class FileActions;
class FindField;
class GraphView;
class HelpMenu;
class Inspector;
class LadderView;
class LinkTableModel;
class LogView;
class MessageBar;
class MessageLog;
class ModeBar;
class PlanBar;
class ProblemsView;
class ReleaseActions;
class RemoteActions;
class ScenarioTableModel;
class StageTableModel;
class StatusLine;
class TableView;
class WatchPage;
enum class Mode;

/// What the command line asks the window to open.
struct StartRequest {
    QString file;    ///< a project or model; empty: the built-in example
    QString cluster; ///< for a model
    std::map<std::string, std::int64_t> dims;
};

class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    /// `settings` keeps layout, recent files and choices between starts.
    MainWindow(std::unique_ptr<Prompts> prompts, std::unique_ptr<QSettings> settings);
    ~MainWindow() override;

    void start(const StartRequest& request);
    /// What Help > Program Log shows; outlives the window.
    void setLog(const MessageLog& log);
    [[nodiscard]] Document& document() { return m_document; }
    [[nodiscard]] Selection& selection() { return m_selection; }
    [[nodiscard]] LiveRelease& liveRelease() { return m_live; }

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void makeViews();
    void makeDocks();
    void makeMenus();
    void makeFileMenu();
    void makeEditMenu();
    void makeViewMenu();
    void makePlanMenu();
    void makeDeployMenu();
    void makeHelpMenu();
    void makeToolBar();
    void connectDocument();
    void connectTables();
    void makeModes();
    void showMode(Mode mode);
    void connectSelections();
    void connectReleases();
    void restoreLayout();
    void keepLayout();
    void resetLayout();
    void addDevice();
    void removeSelectedDevice();
    void askPin(LayerId layer, const QPoint& at);
    void showSnapshot(const Snapshot& snapshot);
    void showFeasibility(const Snapshot& snapshot);
    void tell(const QString& message);
    void warn(const QString& message);
    [[nodiscard]] bool isToldByPage() const;
    void updateTitle();
    void chooseColourMode(int mode);
    [[nodiscard]] Json windowState() const;
    void setWindowState(const Json& state);
    QAction* add(QMenu& menu, const QString& name, const QString& text, const QKeySequence& keys,
                 std::function<void()> run);

    std::unique_ptr<Prompts> m_prompts;
    std::unique_ptr<QSettings> m_settings;
    Document m_document;
    LiveRelease m_live;
    Selection m_selection;
    ThemeSwitch m_theme;
    FileActions* m_files;
    ReleaseActions* m_releases;
    std::unique_ptr<RemoteActions> m_remote;
    ModeBar* m_modes;
    DeployPage* m_deploy;
    WatchPage* m_watch;
    QStackedWidget* m_pages; ///< one for each mode
    MessageBar* m_message;
    GraphView* m_graph;
    ClusterView* m_cluster;
    Inspector* m_inspector;
    LadderView* m_ladder;
    StatusLine* m_status;
    ProblemsView* m_problems;
    LogView* m_log;
    StageTableModel* m_stageModel;
    DeviceTableModel* m_deviceModel;
    LinkTableModel* m_linkModel;
    ScenarioTableModel* m_scenarioModel;
    TableView *m_stages, *m_devices, *m_links, *m_scenarios;
    QTabWidget* m_tabs;
    PlanBar* m_planBar;
    HelpMenu* m_help;
    FindField* m_find;
    QActionGroup* m_colourModes;
    QByteArray m_firstLayout;
    QByteArray m_planLayout; ///< while another mode hides the docks
    Mode m_shownMode;
    bool m_mayClose = false;
    bool m_fellBack = false;        ///< to the example, because nothing else could be opened
    bool m_infeasibleShown = false; ///< the message bar says why there is no plan
};

} // namespace millrace::ui
