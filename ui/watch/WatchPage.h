// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `watch`: the Watch mode of the window. It shows a LiveRelease; what is to be done with it
/// are actions that the main window owns.
#pragma once

#include "ui/models/EventTableModel.h"
#include "ui/models/LiveRelease.h"
#include "ui/models/Selection.h"
#include "ui/models/StepTableModel.h"
#include "ui/watch/WatchActions.h"

#include <QElapsedTimer>
#include <QStackedWidget>

class QComboBox;
class QLabel;
class QSplitter;
class QTableView;

namespace millrace::ui
{

class DeployPanel;
class FigureTiles;
class HealthTableModel;
class LadderView;
class WatchCharts;

/// Without a release: what to do about that. While one is deployed: its steps. Then its figures,
/// charts, ladder, devices and events. GUI thread only.
class WatchPage : public QStackedWidget
{
    Q_OBJECT
public:
    /// Nothing of what is given is owned.
    WatchPage(LiveRelease& live, const WatchActions& actions, QWidget* parent = nullptr);
    ~WatchPage() override;

    /// What is selected, by the numbers of the release's devices.
    [[nodiscard]] Selection& selection() { return m_selection; }
    [[nodiscard]] StepTableModel& steps() { return m_steps; }
    /// Shows the steps of a deployment that begins; they are told to steps().
    void beginDeployment();
    void deploymentEnded();
    /// How the release and the open plan go together, one sentence; empty: they are the same.
    void setPlanNote(const QString& note, bool canOpen);
    [[nodiscard]] bool isPaused() const { return m_frozen.has_value(); }
    /// The picture stands still, the history goes on.
    void setPaused(bool paused);
    /// What the charts show, as comma-separated values. Precondition: something was measured.
    [[nodiscard]] std::string csv() const;
    [[nodiscard]] QByteArray layoutState() const;
    void restoreLayout(const QByteArray& state);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeEmpty();
    QWidget* makeLive();
    QWidget* makeHeader();
    QWidget* makeTables();
    void arrange();
    void connectViews();
    void releaseChanged();
    void refreshPage();
    void refreshState();
    void refreshLive();
    void refreshFigures();
    void refreshCharts();
    void addEvent(const WatchEvent& event);
    void chooseEvent(int row);
    void zoom(int steps);
    void setSentences(const QString& sentence, const QString& disturbance);
    [[nodiscard]] double range() const;  ///< seconds
    [[nodiscard]] double lastAt() const; ///< of the newest status; Unix seconds
    [[nodiscard]] bool isLost() const;   ///< nothing is known of now

    LiveRelease& m_live;
    WatchActions m_actions;
    Selection m_selection;
    StepTableModel m_steps;
    EventTableModel m_events;
    HealthTableModel* m_health;
    QWidget *m_empty, *m_livePanel;
    DeployPanel* m_deploy;
    QLabel *m_title, *m_state, *m_planNote, *m_sentence, *m_disturbance;
    QComboBox* m_range;
    FigureTiles* m_tiles;
    WatchCharts* m_charts;
    LadderView* m_ladder;
    QTableView *m_healthView, *m_eventView;
    QSplitter *m_columns, *m_right;
    std::optional<WatchHistory> m_frozen; ///< what is shown while the picture stands still
    QElapsedTimer m_chartAge, m_statusAge;
    bool m_isDeploying = false;
    bool m_isArranged = false;  ///< by the operator: heights stay as they are
    bool m_isFollowing = false; ///< a selection is being shown: no echo
};

} // namespace millrace::ui
