// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/StageTableModel.h"

#include "ui/models/DevicePalette.h"
#include "ui/models/Figures.h"

#include <QGuiApplication>

namespace millrace::ui
{

void StageTableModel::setSnapshot(const Snapshot& snapshot)
{
    if (snapshot.plan == m_snapshot.plan && snapshot.graph == m_snapshot.graph)
        return;
    const auto count = [](const Snapshot& s) { return s.plan ? s.plan->stageCount() : 0; };
    if (count(snapshot) == count(m_snapshot) && count(snapshot) > 0) {
        m_snapshot = snapshot;
        emit dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1));
        return;
    }
    beginResetModel();
    m_snapshot = snapshot;
    endResetModel();
}

const plan::Stage& StageTableModel::stage(int row) const
{
    return m_snapshot.plan->stages()[static_cast<std::size_t>(row)].stage;
}

DeviceId StageTableModel::deviceAt(int row) const
{
    return stage(row).device;
}

int StageTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() || !m_snapshot.plan ? 0
                                                : static_cast<int>(m_snapshot.plan->stageCount());
}

int StageTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : kColumns;
}

QString StageTableModel::text(int row, int column) const
{
    const plan::Stage& at = stage(row);
    const plan::Device& device = m_snapshot.problem->devices[at.device.index()];
    const auto& layers = m_snapshot.graph->layers;
    const auto hop = [this](int k) {
        const plan::Hop& h = m_snapshot.plan->hops()[static_cast<std::size_t>(k)].hop;
        return h.from && h.to ? tr("%1 in %2").arg(figure(h.bytes), figure(h.seconds)) : tr("-");
    };
    switch (column) {
    case Number:
        return QString::number(row + 1);
    case Device:
        return QString::fromStdString(device.name);
    case Layers:
        return QString::number(at.layers.size());
    case Range:
        return QString::fromStdString(layers[at.layers.front().index()].name) +
               QStringLiteral(" \u2026 ") +
               QString::fromStdString(layers[at.layers.back().index()].name);
    case Compute:
        return figure(at.compute);
    case Receive:
        return hop(row);
    case Send:
        return hop(row + 1);
    case Memory:
        return tr("%1 of %2").arg(figure(at.memory), figure(device.memory));
    default:
        return percent(sortKey(row, MemoryShare).toDouble());
    }
}

QVariant StageTableModel::sortKey(int row, int column) const
{
    const plan::Stage& at = stage(row);
    const plan::Device& device = m_snapshot.problem->devices[at.device.index()];
    const auto hops = [this](int k) {
        return m_snapshot.plan->hops()[static_cast<std::size_t>(k)].hop.seconds.value;
    };
    switch (column) {
    case Number:
        return row;
    case Layers:
        return static_cast<qulonglong>(at.layers.size());
    case Compute:
        return at.compute.value;
    case Receive:
        return hops(row);
    case Send:
        return hops(row + 1);
    case Memory:
        return static_cast<qlonglong>(at.memory.value);
    case MemoryShare:
        return static_cast<double>(at.memory.value) /
               static_cast<double>(std::max<std::int64_t>(1, device.memory.value));
    default:
        return text(row, column);
    }
}

QVariant StageTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const int row = index.row();
    if (role == Qt::DisplayRole)
        return text(row, index.column());
    if (role == Qt::ToolTipRole)
        return plainTip(text(row, index.column()));
    if (role == kSortRole)
        return sortKey(row, index.column());
    if (role == Qt::DecorationRole && index.column() == Device)
        return DevicePalette(QGuiApplication::palette()).color(deviceAt(row));
    if (role == Qt::TextAlignmentRole && index.column() != Device && index.column() != Range)
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

QVariant StageTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Number:
        return tr("Stage");
    case Device:
        return tr("Device");
    case Layers:
        return tr("Layers");
    case Range:
        return tr("First \u2026 last layer");
    case Compute:
        return tr("Compute");
    case Receive:
        return tr("Receives");
    case Send:
        return tr("Sends");
    case Memory:
        return tr("Memory");
    default:
        return tr("Used");
    }
}

} // namespace millrace::ui
