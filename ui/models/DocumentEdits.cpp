// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "ui/models/Document.h"
#include "ui/models/Figures.h"

#include <algorithm>

namespace millrace::ui
{
namespace
{

QString text(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

std::vector<std::string> deviceNames(const plan::Problem& problem)
{
    std::vector<std::string> names;
    for (const plan::Device& device : problem.devices)
        names.push_back(device.name);
    return names;
}

/// Pins follow a renamed device; those of a removed one go.
void carryPins(Scenario& scenario, const cluster::Cluster& next)
{
    const auto& before = scenario.cluster.devices;
    for (auto& [layer, device] : scenario.pins)
        if (const auto id = scenario.cluster.find(device);
            id && !next.find(device) && before.size() == next.devices.size())
            device = next.devices[id->index()].name;
    std::erase_if(scenario.pins, [&next](const auto& pin) { return !next.find(pin.second); });
}

} // namespace

class Document::EditCommand final : public QUndoCommand
{
public:
    EditCommand(Document& document, const QString& what, DocumentState next,
                const QString& mergeKey)
        : QUndoCommand(what), m_document(document), m_before(document.m_state),
          m_after(std::move(next)), m_mergeKey(mergeKey)
    {
    }
    void undo() override { m_document.apply(m_before); }
    void redo() override { m_document.apply(m_after); }
    int id() const override { return m_mergeKey.isEmpty() ? -1 : 1; }
    bool mergeWith(const QUndoCommand* other) override
    {
        const auto* next = static_cast<const EditCommand*>(other); // same id: same class
        if (next->m_mergeKey != m_mergeKey)
            return false;
        m_after = next->m_after;
        return true;
    }

private:
    Document& m_document;
    DocumentState m_before, m_after;
    QString m_mergeKey;
};

void Document::edit(const QString& what, DocumentState next, const QString& mergeKey)
{
    if (next != m_state)
        m_undo.push(new EditCommand(*this, what, std::move(next), mergeKey));
}

void Document::editCluster(const cluster::Cluster& cluster, const QString& what,
                           const QString& mergeKey)
{
    DocumentState next = m_state;
    Scenario& scenario = next.scenarios[next.current];
    carryPins(scenario, cluster);
    scenario.cluster = cluster;
    edit(what, std::move(next), mergeKey);
}

void Document::pin(LayerId layer, std::optional<DeviceId> device)
{
    if (!m_snapshot.graph)
        return;
    const std::string& name = m_snapshot.graph->layers[layer.index()].name;
    DocumentState next = m_state;
    Scenario& scenario = next.scenarios[next.current];
    std::erase_if(scenario.pins, [&name](const auto& pin) { return pin.first == name; });
    QString what = tr("free %1").arg(text(name));
    if (device) {
        const std::string& deviceName = scenario.cluster.devices[device->index()].name;
        scenario.pins.emplace_back(name, deviceName);
        what = tr("pin %1 to %2").arg(text(name), text(deviceName));
    }
    edit(what, std::move(next));
}

void Document::setStages(const plan::StageCount& stages)
{
    DocumentState next = m_state;
    next.scenarios[next.current].stages = stages;
    edit(tr("change the number of stages"), std::move(next), QStringLiteral("stages"));
}

void Document::setOverlap(plan::Overlap overlap)
{
    DocumentState next = m_state;
    next.scenarios[next.current].overlap = overlap;
    edit(tr("change the overlap"), std::move(next));
}

void Document::selectScenario(std::size_t index)
{
    if (index >= m_state.scenarios.size())
        return;
    DocumentState next = m_state;
    next.current = index;
    const QString what = tr("switch to %1").arg(text(next.scenario().name));
    edit(what, std::move(next), QStringLiteral("scenario"));
}

/// Says so when it is not.
bool Document::isScenarioNameFree(const QString& name)
{
    const bool empty = name.trimmed().isEmpty();
    const bool taken =
        std::any_of(m_state.scenarios.begin(), m_state.scenarios.end(),
                    [&name](const Scenario& s) { return s.name == name.trimmed().toStdString(); });
    if (empty)
        emit failed(tr("Cannot use this name. A scenario's name is not empty. Type a name."));
    else if (taken)
        emit failed(tr("Cannot use this name. There is a scenario \"%1\" already. Choose another "
                       "name.")
                        .arg(name.trimmed()));
    return !empty && !taken;
}

void Document::duplicateScenario(const QString& name)
{
    if (!isScenarioNameFree(name))
        return;
    DocumentState next = m_state;
    Scenario copy = next.scenario();
    copy.name = name.trimmed().toStdString();
    next.scenarios.push_back(std::move(copy));
    next.current = next.scenarios.size() - 1;
    edit(tr("add scenario %1").arg(name.trimmed()), std::move(next));
}

void Document::renameScenario(const QString& name)
{
    if (text(m_state.scenario().name) == name.trimmed() || !isScenarioNameFree(name))
        return;
    DocumentState next = m_state;
    next.scenarios[next.current].name = name.trimmed().toStdString();
    edit(tr("rename scenario"), std::move(next));
}

void Document::removeScenario()
{
    if (m_state.scenarios.size() < 2)
        return;
    DocumentState next = m_state;
    const QString name = text(next.scenario().name);
    next.scenarios.erase(next.scenarios.begin() + static_cast<std::ptrdiff_t>(next.current));
    next.current = std::min(next.current, next.scenarios.size() - 1);
    edit(tr("remove scenario %1").arg(name), std::move(next));
}

QString Document::freeScenarioName() const
{
    for (std::size_t number = 1;; ++number) {
        const std::string name = tr("what if %1").arg(number).toStdString();
        if (std::none_of(m_state.scenarios.begin(), m_state.scenarios.end(),
                         [&name](const Scenario& s) { return s.name == name; }))
            return text(name);
    }
}

bool Document::write(const std::filesystem::path& path, const std::string& content)
{
    if (const auto written = writeFileAtomically(path, content); !written) {
        emit failed(tr("Cannot export. %1.").arg(reasonOf(written.error())));
        return false;
    }
    emit done(tr("Wrote %1.").arg(text(path.string())));
    return true;
}

bool Document::exportPlan(const std::filesystem::path& path)
{
    return m_snapshot.plan &&
           write(path, plan::writePlan(*m_snapshot.plan, deviceNames(*m_snapshot.problem)));
}

bool Document::exportProblem(const std::filesystem::path& path)
{
    return m_snapshot.problem && write(path, plan::writeProblem(*m_snapshot.problem));
}

bool Document::exportCluster(const std::filesystem::path& path)
{
    return write(path, cluster::writeCluster(*m_snapshot.cluster));
}

void Document::exportStages(const std::filesystem::path& folder)
{
    if (!m_model || !m_snapshot.plan || !m_snapshot.plan->hasStages())
        return;
    std::vector<std::vector<LayerId>> stages;
    for (const auto& [at, stage] : m_snapshot.plan->stages())
        stages.push_back(stage.layers);
    using Outcome = Result<void>;
    m_exportJob.start<Outcome>(
        [model = *m_model, stages, folder](const std::stop_token& stop, ProgressSink& progress) {
            return onnx::split(model, stages, folder, stop, progress)
                .map([](const onnx::Manifest&) {});
        },
        [this, folder, count = static_cast<int>(stages.size())](const Outcome& outcome) {
            if (!outcome && outcome.error().code == ErrorCode::Cancelled)
                return emit done(tr("Exporting was cancelled."));
            if (!outcome)
                return emit failed(
                    tr("Cannot export the stages. %1.").arg(reasonOf(outcome.error())));
            emit done(
                tr("Wrote %n stage model(s) to %1.", nullptr, count).arg(text(folder.string())));
        },
        [this, folder] {
            emit done(tr("Exporting to %1 was given up, as another export began.")
                          .arg(text(folder.string())));
        });
}

} // namespace millrace::ui
