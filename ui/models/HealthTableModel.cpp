// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/HealthTableModel.h"

#include "ui/models/DevicePalette.h"
#include "ui/models/Figures.h"
#include "ui/models/StageTableModel.h"

#include <QFont>
#include <QGuiApplication>

namespace millrace::ui
{

void HealthTableModel::setRelease(const deploy::Release& release)
{
    beginResetModel();
    m_names.clear();
    m_stages.clear();
    for (const auto& [at, stage] : release.plan.stages()) {
        m_names.push_back(
            QString::fromStdString(release.problem.devices[stage.device.index()].name));
        StageFigures figures;
        figures.device = stage.device;
        m_stages.push_back(figures);
    }
    endResetModel();
}

void HealthTableModel::setFigures(const WatchFigures& figures)
{
    if (figures.stages.size() != m_stages.size() || figures.stages == m_stages)
        return;
    m_stages = figures.stages;
    emit dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1));
}

void HealthTableModel::clear()
{
    beginResetModel();
    m_names.clear();
    m_stages.clear();
    endResetModel();
}

const StageFigures& HealthTableModel::stageAt(int row) const
{
    return m_stages[static_cast<std::size_t>(row)];
}

int HealthTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_stages.size());
}

int HealthTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : kColumns;
}

QString HealthTableModel::text(int row, int column) const
{
    const StageFigures& at = stageAt(row);
    switch (column) {
    case Device:
        return m_names[static_cast<std::size_t>(row)];
    case State:
        if (!at.up)
            return tr("? not known");
        return *at.up ? tr("\u25b2 up") : tr("\u25bc down");
    case Memory: // painted as a bar
        return {};
    case Peak:
        return at.peakMemory.value > 0 ? figure(at.peakMemory) : tr("-");
    case Predicted:
        return figure(at.predictedMemory);
    case Limit:
        return figure(at.limit);
    default:
        return at.up == true && at.cpu ? tr("%1 %").arg(*at.cpu * 100, 0, 'f', 1) : tr("-");
    }
}

QVariant HealthTableModel::sortKey(int row, int column) const
{
    const StageFigures& at = stageAt(row);
    switch (column) {
    case Device:
        return row; // pipeline order
    case State:
        return at.up ? (*at.up ? 2 : 0) : 1;
    case Memory:
        return static_cast<qlonglong>(at.memory.value);
    case Peak:
        return static_cast<qlonglong>(at.peakMemory.value);
    case Predicted:
        return static_cast<qlonglong>(at.predictedMemory.value);
    case Limit:
        return static_cast<qlonglong>(at.limit.value);
    default:
        return at.cpu.value_or(-1);
    }
}

QString HealthTableModel::memorySentence(int row) const
{
    const StageFigures& at = stageAt(row);
    if (!at.up)
        return tr("%1 is planned to use %2 of %3; what it uses now is not known.")
            .arg(text(row, Device), figure(at.predictedMemory), figure(at.limit));
    return tr("%1 uses %2 now and used %3 at most. The plan expects %4 of %5.")
        .arg(text(row, Device), figure(at.memory), figure(at.peakMemory),
             figure(at.predictedMemory), figure(at.limit));
}

QString HealthTableModel::spoken(int row, int column) const
{
    return column == Device || column == State || column == Cpu ? text(row, column)
                                                                : memorySentence(row);
}

QVariant HealthTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const int row = index.row(), column = index.column();
    const DevicePalette colours(QGuiApplication::palette());
    const StageFigures& at = stageAt(row);
    const bool isOver = column == Peak && at.peakMemory > at.limit;
    const bool isDown = column == State && at.up == false;
    switch (role) {
    case Qt::DisplayRole:
        return text(row, column);
    case kSortRole:
        return sortKey(row, column);
    case Qt::ToolTipRole:
        return plainTip(spoken(row, column));
    case Qt::AccessibleTextRole:
        return spoken(row, column);
    case Qt::DecorationRole:
        return column == Device ? QVariant(colours.color(at.device)) : QVariant();
    case Qt::ForegroundRole:
        if (isOver || isDown)
            return colours.bottleneck();
        return column == State && at.up ? QVariant(colours.good()) : QVariant();
    case Qt::FontRole:
        if (isOver || isDown) {
            QFont bold;
            bold.setBold(true);
            return bold;
        }
        return {};
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter |
                                   (column < Peak ? Qt::AlignLeft : Qt::AlignRight));
    default:
        return {};
    }
}

QVariant HealthTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Device:
        return tr("Device");
    case State:
        return tr("State");
    case Memory:
        return tr("Memory now");
    case Peak:
        return tr("Peak");
    case Predicted:
        return tr("Predicted");
    case Limit:
        return tr("Limit");
    default:
        return tr("CPU");
    }
}

} // namespace millrace::ui
