// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/StepTableModel.h"
#include "ui/watch/WatchActions.h"

#include <QWidget>

class QLabel;
class QProgressBar;
class QTableView;
class QToolButton;

namespace millrace::ui
{

/// How far a deployment is: devices against steps, with cancel.
class DeployPanel : public QWidget
{
    Q_OBJECT
public:
    /// The model is not owned.
    DeployPanel(StepTableModel& steps, const WatchActions& actions, QWidget* parent = nullptr);
    void begin(const QString& what);
    void setRunning(bool running);

private:
    void refresh();

    StepTableModel& m_steps;
    QLabel* m_title;
    QTableView* m_table;
    QProgressBar* m_progress;
    QToolButton *m_cancel, *m_again;
};

} // namespace millrace::ui
