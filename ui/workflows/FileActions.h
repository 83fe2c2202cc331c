// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `workflows`: what the operator does in several steps and with questions in between: open,
/// save and export files, measure and plan, deploy and watch releases. Nothing here knows the main
/// window: what it shows comes as signals, what has to be asked goes through Prompts.
#pragma once

#include "ui/dialogs/Prompts.h"
#include "ui/models/Document.h"

#include <QMenu>
#include <QSettings>

namespace millrace::ui
{

/// Opening, saving, exporting and recent files, with the questions they need. Nothing unsaved is
/// dropped without asking. Everything given is not owned and outlives it.
class FileActions : public QObject
{
    Q_OBJECT
public:
    /// `windowState` is what the window keeps in a project.
    FileActions(Document& document, Prompts& prompts, QSettings& settings,
                std::function<Json()> windowState, QWidget* window);

    void openModel();
    void openCluster();
    void openProject();
    void openExample();
    /// A model, cluster or project by its suffix: dropped, recent, or from the command line.
    void openPath(const QString& path);
    void save(const std::function<void()>& then = {}); ///< `then` only once it is saved
    void saveAs(const std::function<void()>& then = {});
    void exportPlan();
    void exportProblem();
    void exportCluster();
    void exportStages();
    /// Runs `then` at once, or after the operator saved or discarded the unsaved edits.
    void whenSaved(const std::function<void()>& then);

    [[nodiscard]] QMenu* recentMenu() { return m_recentMenu; }
    [[nodiscard]] QStringList recent() const;

private:
    void openModelAt(const QString& path);
    void openProjectAt(const QString& path);
    void openClusterAt(const QString& path);
    void remember(const QString& path);
    void fillRecentMenu();
    [[nodiscard]] QString folder() const;

    Document& m_document;
    Prompts& m_prompts;
    QSettings& m_settings;
    std::function<Json()> m_windowState;
    QWidget* m_window;
    QMenu* m_recentMenu;
};

} // namespace millrace::ui
