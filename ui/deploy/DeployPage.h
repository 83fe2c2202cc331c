// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `deploy` of the window: the Deploy mode. It shows what it is given; what is to be done are
/// actions that the main window owns.
#pragma once

#include "ui/deploy/DeployActions.h"
#include "ui/models/DeployChecks.h"
#include "ui/models/ReleaseTableModel.h"
#include "ui/models/StepTableModel.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QProgressBar;
class QSplitter;
class QTableView;

namespace millrace::ui
{

class CheckListView;

/// The check list, the grid devices x steps with the detail of its current cell, and the history of
/// releases. GUI thread only.
class DeployPage : public QWidget
{
    Q_OBJECT
public:
    enum class Tone { Neutral, Good, Bad };

    explicit DeployPage(const DeployActions& actions, QWidget* parent = nullptr);

    [[nodiscard]] StepTableModel& steps() { return m_steps; }
    /// The selection stays where its release does.
    void setReleases(const std::vector<deploy::Release>& releases);
    void setChecks(const std::vector<DeployCheck>& checks);
    void setTitle(const QString& title);
    /// One or two sentences under the title: what could be done now, or what has come of it.
    void setOutcome(Tone tone, const QString& sentence);
    void setRunning(bool running);
    /// The cell whose detail is to be read: of a failure.
    void showCell(const QModelIndex& cell);
    /// The row of a device, as far as there is one.
    void selectDevice(const std::string& device);
    /// The release that is selected in the history; null: none.
    [[nodiscard]] const deploy::Release* chosenRelease() const;
    [[nodiscard]] QByteArray layoutState() const;
    void restoreLayout(const QByteArray& state);

signals:
    void remedyRequested(const millrace::ui::DeployCheck& check);
    void deviceChosen(const std::string& device);
    void releaseChosen();

protected:
    void changeEvent(QEvent* event) override;

private:
    QWidget* makeHeader();
    QWidget* makeChecks();
    QWidget* makeGrid();
    QWidget* makeHistory();
    void connectViews();
    void refreshDetail();
    void paintOutcome();
    void tick();

    DeployActions m_actions;
    StepTableModel m_steps;
    ReleaseTableModel m_releases;
    CheckListView* m_checks;
    QLabel *m_title, *m_outcome, *m_noHistory;
    QProgressBar* m_progress;
    QTableView *m_grid, *m_history;
    QPlainTextEdit* m_detail;
    QSplitter *m_columns, *m_right;
    QTimer m_clock; ///< of what runs
    Tone m_tone = Tone::Neutral;
    bool m_isFollowing = false; ///< a selection is being shown: no echo
};

} // namespace millrace::ui
