// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/deploy/DeployActions.h"
#include "ui/models/Document.h"
#include "ui/models/LiveRelease.h"
#include "ui/watch/WatchActions.h"
#include "ui/workflows/MeasuredPlan.h"

#include <QObject>

class QMenu;

namespace millrace::ui
{

class Prompts;
class WatchPage;

/// What the operator does with releases: deploy the open plan on this computer, send requests,
/// export figures, stop. It also says how the release and the open plan go together, and asks what
/// to do when the window is closed while a release runs. Nothing of what is given is owned.
class ReleaseActions : public QObject
{
    Q_OBJECT
public:
    /// Runs what is given at once, or after the operator saved or discarded the unsaved edits.
    using WhenSaved = std::function<void(const std::function<void()>& then)>;

    ReleaseActions(Document& document, LiveRelease& live, Prompts& prompts, WhenSaved whenSaved,
                   QWidget* window);

    [[nodiscard]] const WatchActions& actions() const { return m_actions; }
    /// With what can be done on devices in its place.
    void fill(QMenu& menu, const DeployActions& onDevices);
    void setPage(WatchPage* page);
    /// Deploys the open plan. With estimated times it first measures this computer's and plans
    /// anew, because nothing could be compared with a guess.
    void deployHere();
    /// Runs `then` at once where nothing runs; else after the operator said whether the release
    /// goes on without the window or is stopped, and never when it is dismissed.
    void whenSettled(const std::function<void()>& then);

signals:
    void watchRequested();
    void undeployRequested(const millrace::deploy::Release& release);
    void failed(const QString& message);
    void done(const QString& message);

private:
    QAction* make(const char* name, const QString& text, const QString& icon,
                  const QKeySequence& keys);
    void connectActions();
    void connectWait();
    void enableActions();
    void deployNow();
    void phaseChanged(MeasuredPlan::Phase before);
    void waitEnded(MeasuredPlan::Why why, MeasuredPlan::Phase during);
    void notePlan();
    void openItsPlan();
    void openItsModel(const deploy::Release& release);
    void takeItsCluster();
    void stop();
    void exportCsv();
    void expectSteps();
    void tellStep(deploy::StepId step, deploy::StepState state, double fraction);

    Document& m_document;
    LiveRelease& m_live;
    Prompts& m_prompts;
    WhenSaved m_whenSaved;
    QWidget* m_window;
    WatchPage* m_page = nullptr;
    WatchActions m_actions;
    std::optional<deploy::Release> m_opening; ///< its cluster is taken once its model stands
    MeasuredPlan m_wait;                      ///< of a deployment that begins with it
};

} // namespace millrace::ui
