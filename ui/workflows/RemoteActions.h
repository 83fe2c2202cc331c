// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/deploy/DeployActions.h"
#include "ui/models/DeployChecks.h"
#include "ui/models/Document.h"
#include "ui/models/LiveRelease.h"

#include <QObject>

namespace millrace::ui
{

class DeployPage;
class Prompts;

/// What the operator does with releases on devices: test the devices, deploy the open plan, go back
/// to an earlier release, undeploy. It keeps the check list and the history, and asks what
/// connections have to ask. Nothing of what is given is owned; all of it outlives this.
class RemoteActions : public QObject
{
    Q_OBJECT
public:
    /// `cancel` ends deployments wherever they are.
    RemoteActions(Document& document, LiveRelease& live, Prompts& prompts, QAction* cancel,
                  QWidget* window);
    ~RemoteActions() override;

    [[nodiscard]] const DeployActions& actions() const { return m_actions; }
    void setPage(DeployPage* page);
    /// What the live release says now is told on the page.
    [[nodiscard]] bool isAtWork() const { return m_recipe != Recipe::None; }
    /// Reads anew what has been deployed, also by others.
    void refreshHistory();
    /// Asks first where it serves.
    void undeploy(const deploy::Release& release);

signals:
    void deployRequested(); ///< the Deploy mode is to be shown
    void watchRequested();
    void openModelRequested();
    void failed(const QString& message);

private:
    /// What the steps belong to that are in the grid.
    enum class Recipe { None, Deploy, RollBack, Remove };
    /// What has been deployed, and what can be done about it.
    struct History {
        std::vector<deploy::Release> releases;
        std::optional<deploy::Release> target; ///< of Roll Back
        std::map<std::string, int> earlier;    ///< by id: how many it could go back to
    };
    [[nodiscard]] static History readHistory(const std::string& watched);

    QAction* make(const char* name, const QString& text, const QString& icon,
                  const QKeySequence& keys);
    void makeActions(QAction* cancel);
    void connectActions();
    void answerQuestions();
    void snapshotChanged(const Snapshot& snapshot);
    void refreshChecks();
    void enableActions();
    void enableHistory();
    void describe();
    void sayWhatIsNext();
    void heal(const DeployCheck& check);
    void askAddress(const std::string& device);
    void setAddress(const std::string& device, const QString& address);
    void testDevices();
    void deploy();
    void rollBack();
    void bringBackChosen();
    void watchChosen();
    void undeployChosen();
    [[nodiscard]] std::vector<std::string> plannedDevices() const;
    void expect(Recipe recipe, std::vector<std::string> devices);
    void begin(Recipe recipe, std::vector<std::string> devices, const QString& id = {});
    void hear(const deploy::StepUpdate& update);
    void workChanged();
    void workEnded();
    void heardDone(const QString& message);
    void heardCancelled(const QString& message);
    void heardFailed(const QString& message);
    [[nodiscard]] bool isFree() const;

    Document& m_document;
    LiveRelease& m_live;
    Prompts& m_prompts;
    QWidget* m_window;
    DeployPage* m_page = nullptr;
    DeployActions m_actions;
    DeviceTester m_tester;
    JobRunner m_historyJob;
    History m_history;
    std::vector<DeployCheck> m_checks;
    Recipe m_recipe = Recipe::None;           ///< of the work that runs
    std::shared_ptr<const plan::Plan> m_plan; ///< that the page speaks of
    bool m_isTold = false;                    ///< the page says what came of the last work
    bool m_isDone = false;                    ///< the last work reached its end
};

} // namespace millrace::ui
