// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/ScenarioTableModel.h"

#include "ui/models/Figures.h"
#include "ui/models/StageTableModel.h"

#include <QFont>

#include <map>

namespace millrace::ui
{
namespace
{

std::map<LayerId, std::string> placement(const Scenario& scenario)
{
    std::map<LayerId, std::string> devices;
    if (scenario.plan)
        for (const auto& [at, stage] : scenario.plan->stages())
            for (const LayerId layer : stage.layers)
                devices[layer] = scenario.cluster.devices[stage.device.index()].name;
    return devices;
}

} // namespace

std::size_t movedLayers(const Scenario& before, const Scenario& after)
{
    const auto old = placement(before);
    std::size_t moved = 0;
    for (const auto& [layer, device] : placement(after)) {
        const auto found = old.find(layer);
        moved += found == old.end() || found->second != device ? 1 : 0;
    }
    return moved;
}

void ScenarioTableModel::setScenarios(const std::vector<Scenario>& scenarios, std::size_t current)
{
    const bool sameRows = scenarios.size() == m_scenarios.size();
    if (!sameRows)
        beginResetModel();
    m_scenarios = scenarios;
    m_current = current;
    if (!sameRows)
        endResetModel();
    else if (!m_scenarios.empty())
        emit dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1));
}

int ScenarioTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_scenarios.size());
}

int ScenarioTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : kColumns;
}

QString ScenarioTableModel::text(std::size_t row, int column) const
{
    const Scenario& at = m_scenarios[row];
    if (column == Name)
        return QString::fromStdString(at.name);
    if (!at.plan)
        return column == Status ? tr("not planned yet") : QString();
    if (column == Status)
        return statusText(at.plan->status);
    if (!at.plan->hasStages())
        return {};
    const auto& base = m_scenarios.front().plan;
    switch (column) {
    case Bottleneck:
        return figure(at.plan->bottleneckTime);
    case Throughput:
        return perSecond(at.plan->throughput());
    case Against:
        if (row == 0 || !base || !base->hasStages())
            return {};
        if (base->record.times != at.plan->record.times)
            return tr("other layer times");
        return tr("%1 %").arg((at.plan->throughput() / base->throughput() - 1) * 100, 0, 'f', 1);
    case EndToEnd:
        return figure(at.plan->pipelines.front().endToEnd);
    case Gap:
        return percent(at.plan->gap());
    case Stages:
        return QString::number(at.plan->stageCount());
    default:
        return row == 0 ? QString()
                        : QString::number(movedLayers(m_scenarios.front(), m_scenarios[row]));
    }
}

QVariant ScenarioTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const auto row = static_cast<std::size_t>(index.row());
    if (role == Qt::DisplayRole)
        return text(row, index.column());
    if (role == kSortRole) {
        const auto& plan = m_scenarios[row].plan;
        if (plan && plan->hasStages() && index.column() == Bottleneck)
            return plan->bottleneckTime.value;
        if (plan && plan->hasStages() && index.column() == Throughput)
            return plan->throughput();
        return text(row, index.column());
    }
    if (role == Qt::FontRole && row == m_current) {
        QFont font;
        font.setBold(true);
        return font;
    }
    if (role == Qt::TextAlignmentRole && index.column() != Name && index.column() != Status)
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

QVariant ScenarioTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Scenario");
    case Bottleneck:
        return tr("Bottleneck");
    case Throughput:
        return tr("Throughput");
    case Against:
        return tr("Against first");
    case EndToEnd:
        return tr("One request");
    case Gap:
        return tr("Gap");
    case Stages:
        return tr("Stages");
    case Moved:
        return tr("Layers moved");
    default:
        return tr("Status");
    }
}

} // namespace millrace::ui
