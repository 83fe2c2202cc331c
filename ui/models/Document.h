// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "onnx/Model.h"
#include "ui/jobs/JobRunner.h"
#include "ui/models/Snapshot.h"
#include "ui/project/Project.h"
#include "work/PlanModel.h"

#include <QObject>
#include <QString>
#include <QStringList>
#include <QUndoStack>

#include <functional>
#include <optional>
#include <vector>

namespace millrace::ui
{

/// What undo and redo step through: everything the operator edits.
struct DocumentState {
    std::vector<Scenario> scenarios;
    std::size_t current = 0;
    [[nodiscard]] const Scenario& scenario() const { return scenarios[current]; }
    bool operator==(const DocumentState&) const = default;
};

/// The open model, cluster scenarios and plan. Every edit goes through edit(), is undoable, and
/// re-plans in the background; views see it through snapshotChanged(). Nothing here blocks:
/// loading, measuring and planning run as jobs. GUI thread only.
class Document : public QObject
{
    Q_OBJECT
public:
    explicit Document(QObject* parent = nullptr);

    [[nodiscard]] const Snapshot& snapshot() const { return m_snapshot; }
    [[nodiscard]] const DocumentState& state() const { return m_state; }
    [[nodiscard]] QUndoStack& undoStack() { return m_undo; }
    // One job of each kind at a time; kinds do not end each other.
    [[nodiscard]] JobRunner& loadJob() { return m_loadJob; } ///< opens models
    [[nodiscard]] JobRunner& measureJob() { return m_measureJob; }
    [[nodiscard]] JobRunner& exportJob() { return m_exportJob; }
    [[nodiscard]] JobRunner& planJob() { return m_planJob; }
    [[nodiscard]] const std::optional<onnx::Model>& model() const { return m_model; }
    [[nodiscard]] const std::filesystem::path& projectFile() const { return m_projectFile; }
    [[nodiscard]] bool isExample() const { return m_isExample; }
    [[nodiscard]] QString title() const; ///< "resnet50.onnx - study.millrace"
    /// Unsaved edits, or a plan made of files that no project holds yet.
    [[nodiscard]] bool isModified() const { return !m_undo.isClean(); }

    // Opening. Failures arrive as failed() and leave what is open untouched.
    void openExample();
    void openModel(const std::filesystem::path& path,
                   const std::map<std::string, std::int64_t>& dims);
    void openCluster(const std::filesystem::path& path);
    /// The cluster to begin with, before a model is open: no edit, nothing to undo. False after
    /// failed().
    bool beginWithCluster(const std::filesystem::path& path);
    void openProject(const std::filesystem::path& path);
    /// False after failed().
    bool saveProject(const std::filesystem::path& path, const Json& windowState);
    [[nodiscard]] const Json& windowState() const
    {
        return m_windowState;
    } ///< of the project that was opened

    /// One undoable step. Steps with the same non-empty `mergeKey` in a row become one (a dragged
    /// slider).
    void edit(const QString& what, DocumentState next, const QString& mergeKey = {});
    void editCluster(const cluster::Cluster& cluster, const QString& what,
                     const QString& mergeKey = {});
    /// Pins a layer of the current scenario to a device, or frees it.
    void pin(LayerId layer, std::optional<DeviceId> device);
    /// The number of stages the current scenario asks for, and whether transfer and compute
    /// overlap.
    void setStages(const plan::StageCount& stages);
    void setOverlap(plan::Overlap overlap);
    /// Measures the layer times on this computer and plans with them.
    void measure();

    // Scenarios: variants of the cluster. There is always one; names are unique.
    void selectScenario(std::size_t index);
    void duplicateScenario(const QString& name); ///< of the current one, which the copy becomes
    void renameScenario(const QString& name);
    void removeScenario();                          ///< the current one; the last one stays
    [[nodiscard]] QString freeScenarioName() const; ///< "what if 2"

    // Exports. The small files are written at once; false after failed(). Stages are an
    // export job.
    bool exportPlan(const std::filesystem::path& path);
    bool exportProblem(const std::filesystem::path& path);
    bool exportCluster(const std::filesystem::path& path);
    void exportStages(const std::filesystem::path& folder);

signals:
    void snapshotChanged(const millrace::ui::Snapshot& snapshot);
    void comparisonChanged(); ///< a scenario got its plan that is not the current one
    void stateChanged();      ///< scenarios, their names, the current one
    void titleChanged();
    void opened(); ///< another model or project stands; windowState() is its
    /// A whole sentence for the operator: what cannot be done, why, what to try.
    void failed(const QString& message);
    void done(const QString& message); ///< something finished that deserves a word
    /// The model has free dimensions that nobody bound; answer with openModel().
    void dimsNeeded(const QString& path, const QStringList& names);
    /// While a plan is searched: the incumbent's bottleneck (none yet: infinite) and the bound, in
    /// seconds.
    void searching(double incumbent, double bound);

private:
    class EditCommand;
    friend class EditCommand;
    struct Planned {
        std::shared_ptr<const plan::Problem> problem;
        std::shared_ptr<const plan::Plan> plan;
        std::shared_ptr<const plan::SolveMemory> memory;
    };
    /// A plan with all that it answers. A scenario shows the plan of its very question, or none.
    struct Kept {
        Scenario question; ///< without name and plan
        std::shared_ptr<const plan::LayerTimes> times;
        plan::Plan plan;
    };
    void keep(const Scenario& scenario, const plan::Plan& plan);
    void keepPlansOf(const Project& project);
    void showKeptPlans();
    void tellGivenUp(const std::filesystem::path& opening);
    void measured(const onnx::Model& model, Result<plan::LayerTimes> times);
    void withExampleModel(std::function<void()> whenThere);
    void load(const std::filesystem::path& path, const std::map<std::string, std::int64_t>& dims,
              std::function<void()> whenOpen);
    void apply(DocumentState next);
    void reset(DocumentState next);
    void replan();
    void planned(const Result<Planned>& outcome);
    void planOthers(std::size_t from);
    [[nodiscard]] work::PlanInputs inputsOf(const Scenario& scenario) const;
    [[nodiscard]] std::optional<cluster::Cluster> read(const std::filesystem::path& path);
    [[nodiscard]] bool isScenarioNameFree(const QString& name);
    bool write(const std::filesystem::path& path, const std::string& content);

    Snapshot m_snapshot;
    std::vector<Planned> m_known; ///< proven lately; what is planned again looks as it did before
    std::vector<Kept> m_kept;     ///< oldest first
    DocumentState m_state;
    QUndoStack m_undo;
    std::optional<onnx::Model> m_model;
    std::filesystem::path m_projectFile;
    Json m_windowState = Json::object();
    bool m_isExample = false;
    JobRunner m_loadJob, m_measureJob, m_exportJob, m_planJob, m_othersJob;
};

} // namespace millrace::ui
