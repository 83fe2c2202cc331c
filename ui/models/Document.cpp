// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/Document.h"

#include "base/File.h"
#include "base/Guarded.h"
#include "deploy/LayerTimes.h"
#include "ui/models/Figures.h"
#include "ui/models/OpenModel.h"

namespace millrace::ui
{
namespace
{

QString text(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

constexpr std::uintmax_t kMaxProjectBytes = std::uintmax_t{256} << 20;

} // namespace

Document::Document(QObject* parent) : QObject(parent)
{
    m_state.scenarios.push_back({tr("baseline").toStdString(), exampleCluster(), {}, {}, {}, {}});
    m_snapshot.cluster = std::make_shared<cluster::Cluster>(m_state.scenario().cluster);
}

QString Document::title() const
{
    QString title = m_isExample ? tr("Built-in example") : QString();
    if (m_model && !m_isExample)
        title = text(m_model->path().filename().string());
    if (!m_projectFile.empty())
        title += (title.isEmpty() ? QString() : QStringLiteral(" - ")) +
                 text(m_projectFile.filename().string());
    return title;
}

/// Generates the example's model where it is not there yet.
void Document::withExampleModel(std::function<void()> whenThere)
{
    using Made = Result<void>;
    m_loadJob.start<Made>(
        [](const std::stop_token&, ProgressSink& progress) { return makeExampleModel(progress); },
        [this, whenThere = std::move(whenThere)](const Made& made) {
            if (!made)
                return emit failed(
                    tr("Cannot make the built-in example. %1. Open a model of your own instead.")
                        .arg(reasonOf(made.error())));
            whenThere();
        },
        [this] { tellGivenUp(exampleModel()); });
}

/// Of two files that are opened, the later one wins.
void Document::tellGivenUp(const std::filesystem::path& opening)
{
    emit done(tr("Opening %1 was given up, as something else is opened.")
                  .arg(text(opening.filename().string())));
}

void Document::openExample()
{
    withExampleModel([this] {
        load(exampleModel(), {}, [this] {
            m_isExample = true;
            m_projectFile.clear();
            m_windowState = Json::object();
            reset({{{tr("baseline").toStdString(), exampleCluster(), {}, {}, {}, {}}}, 0});
        });
    });
}

void Document::openModel(const std::filesystem::path& path,
                         const std::map<std::string, std::int64_t>& dims)
{
    load(path, dims, [this] {
        m_isExample = false;
        // Pins name layers of the model before.
        DocumentState next = m_state;
        for (Scenario& scenario : next.scenarios)
            scenario.pins.clear();
        m_projectFile.clear();
        reset(std::move(next));
    });
}

/// Loads off the GUI thread; `whenOpen` runs once the new model stands, before the first plan is
/// asked for.
void Document::load(const std::filesystem::path& path,
                    const std::map<std::string, std::int64_t>& dims, std::function<void()> whenOpen)
{
    m_loadJob.start<OpenedModel>(
        [path, dims](const std::stop_token& stop, ProgressSink& progress) {
            auto outcome = guarded("opening the model",
                                   [&] { return openModelFile(path, dims, stop, progress); });
            return outcome ? std::move(*outcome) : OpenedModel{tl::unexpected(outcome.error()), {}};
        },
        [this, path, whenOpen = std::move(whenOpen)](OpenedModel outcome) {
            const QString file = text(path.filename().string());
            if (m_loadJob.isCancelled())
                return emit done(tr("Opening %1 was cancelled.").arg(file));
            if (!outcome.freeDims.isEmpty())
                return emit dimsNeeded(text(path.string()), outcome.freeDims);
            if (!outcome.loaded)
                return emit failed(
                    tr("Cannot open %1. %2.").arg(file, reasonOf(outcome.loaded.error())));
            m_model = outcome.loaded->model;
            m_snapshot = {};
            m_snapshot.graph = std::make_shared<graph::Graph>(m_model->graph());
            m_snapshot.times = std::make_shared<plan::LayerTimes>(std::move(outcome.loaded->times));
            m_kept.clear();
            m_measureJob.cancel(); // it is of the model before
            whenOpen();
            emit titleChanged();
            emit opened();
        },
        [this, path] { tellGivenUp(path); });
}

/// None after failed().
std::optional<cluster::Cluster> Document::read(const std::filesystem::path& path)
{
    auto cluster = cluster::readCluster(path);
    if (cluster)
        return std::move(*cluster);
    emit failed(tr("Cannot open the cluster. %1.").arg(reasonOf(cluster.error())));
    return std::nullopt;
}

void Document::openCluster(const std::filesystem::path& path)
{
    if (const auto cluster = read(path))
        editCluster(*cluster, tr("open cluster %1").arg(text(path.filename().string())));
}

bool Document::beginWithCluster(const std::filesystem::path& path)
{
    const auto cluster = read(path);
    if (cluster)
        reset({{{tr("baseline").toStdString(), *cluster, {}, {}, {}, {}}}, 0});
    return cluster.has_value();
}

void Document::openProject(const std::filesystem::path& path)
{
    const auto content = readFile(path, kMaxProjectBytes);
    if (!content)
        return emit failed(tr("Cannot open the project. %1.").arg(reasonOf(content.error())));
    auto project = parseProject(*content, path);
    if (!project)
        return emit failed(tr("Cannot open the project. %1.").arg(reasonOf(project.error())));
    const auto open = [this, path, project = *project] {
        m_isExample = project.modelPath.empty();
        m_projectFile = path;
        m_windowState = project.windowState;
        if (!m_isExample && m_model->sha256() != project.modelSha256)
            emit failed(tr("The model %1 has changed since the project was saved. Plans are made "
                           "anew; pins of layers that are gone are dropped.")
                            .arg(text(project.modelPath.string())));
        keepPlansOf(project);
        reset({project.scenarios, project.current});
    };
    if (project->modelPath.empty())
        withExampleModel([this, open] { load(exampleModel(), {}, open); });
    else
        load(project->modelPath, project->dims, open);
}

bool Document::saveProject(const std::filesystem::path& path, const Json& windowState)
{
    if (!m_model) {
        emit failed(tr("Cannot save yet. No model is open. Open a model first."));
        return false;
    }
    Project project;
    if (!m_isExample)
        project.modelPath = m_model->path();
    project.modelSha256 = m_model->sha256();
    project.dims = m_model->dims();
    project.scenarios = m_state.scenarios;
    project.current = m_state.current;
    project.windowState = windowState;
    if (const auto written = writeFileAtomically(path, writeProject(project, path)); !written) {
        emit failed(tr("Cannot save the project. %1.").arg(reasonOf(written.error())));
        return false;
    }
    m_projectFile = path;
    m_undo.setClean();
    emit titleChanged();
    return true;
}

void Document::measure()
{
    if (!m_model)
        return;
    using Outcome = Result<plan::LayerTimes>;
    m_measureJob.start<Outcome>(
        [model = *m_model](const std::stop_token& stop, ProgressSink& progress) {
            return deploy::layerTimes(model, deploy::MeasuredTimes{}, stop, progress);
        },
        [this, model = *m_model](Outcome times) { measured(model, std::move(times)); },
        [this] { emit done(tr("Measuring began anew.")); });
}

void Document::measured(const onnx::Model& model, Result<plan::LayerTimes> times)
{
    if (model.sha256() != m_model->sha256() || model.dims() != m_model->dims())
        return emit done(tr("Measuring was given up, as another model was opened."));
    if (!times && times.error().code == ErrorCode::Cancelled)
        return emit done(tr("Measuring was cancelled."));
    if (!times)
        return emit failed(tr("Cannot measure the layer times. %1.").arg(reasonOf(times.error())));
    m_snapshot.times = std::make_shared<plan::LayerTimes>(std::move(*times));
    m_kept.clear();
    showKeptPlans();
    emit done(tr("The layer times were measured on this computer."));
    replan();
}

void Document::reset(DocumentState next)
{
    m_undo.clear();
    apply(std::move(next));
}

void Document::apply(DocumentState next)
{
    m_state = std::move(next);
    showKeptPlans();
    m_snapshot.cluster = std::make_shared<cluster::Cluster>(m_state.scenario().cluster);
    emit stateChanged();
    replan();
}

} // namespace millrace::ui
