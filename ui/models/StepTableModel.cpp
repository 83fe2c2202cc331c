// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/StepTableModel.h"

#include "ui/models/DevicePalette.h"
#include "ui/models/Figures.h"

#include <QGuiApplication>

#include <algorithm>

namespace millrace::ui
{

using deploy::StepState;

void StepTableModel::clear()
{
    beginResetModel();
    m_devices.clear();
    m_steps.clear();
    m_cells.clear();
    m_expected = 0;
    endResetModel();
}

void StepTableModel::expect(const std::vector<std::string>& devices,
                            const std::vector<deploy::StepId>& steps, std::size_t cells)
{
    beginResetModel();
    m_devices = devices;
    m_steps = steps;
    m_cells.clear();
    m_expected = cells;
    endResetModel();
}

int StepTableModel::rowOf(const std::string& device)
{
    const auto found = std::find(m_devices.begin(), m_devices.end(), device);
    const int row = static_cast<int>(found - m_devices.begin());
    if (found != m_devices.end())
        return row;
    // The release as a whole is the first row.
    const int at = device.empty() ? 0 : row;
    beginInsertRows({}, at, at);
    m_devices.insert(m_devices.begin() + at, device);
    endInsertRows();
    return at;
}

int StepTableModel::columnOf(deploy::StepId step)
{
    const auto found = std::find(m_steps.begin(), m_steps.end(), step);
    const int column = static_cast<int>(found - m_steps.begin());
    if (found != m_steps.end())
        return column + 1;
    beginInsertColumns({}, column + 1, column + 1);
    m_steps.push_back(step);
    endInsertColumns();
    return column + 1;
}

void StepTableModel::update(const deploy::StepUpdate& update, double at)
{
    const int column = columnOf(update.step);
    const int row = rowOf(update.device);
    StepCell& cell = m_cells[{update.device, update.step}];
    if (cell.state == StepState::Waiting)
        cell.begun = at;
    cell.state = update.state;
    cell.fraction = update.fraction;
    // What was undone was done in its time, and a cause that is known stays.
    if (update.state != StepState::Undone)
        cell.ended = at;
    if (!update.detail.empty() || update.state != StepState::Undone)
        cell.detail = QString::fromStdString(update.detail);
    if (update.state == StepState::Running) {
        cell.sent = update.sent;
        cell.toSend = update.toSend;
    } else if (update.state == StepState::Done) {
        cell.sent = cell.toSend;
    }
    emit dataChanged(index(row, column), index(row, column));
}

void StepTableModel::tick(double at)
{
    for (auto& [key, cell] : m_cells) {
        if (cell.state != StepState::Running)
            continue;
        cell.ended = at;
        const QModelIndex changed = index(rowOf(key.first), columnOf(key.second));
        emit dataChanged(changed, changed);
    }
}

QModelIndex StepTableModel::failed() const
{
    for (std::size_t step = 0; step < m_steps.size(); ++step)
        for (std::size_t row = 0; row < m_devices.size(); ++row) {
            const auto found = m_cells.find({m_devices[row], m_steps[step]});
            if (found != m_cells.end() && found->second.state == StepState::Failed)
                return index(static_cast<int>(row), static_cast<int>(step) + 1);
        }
    return {};
}

QStringList StepTableModel::undone() const
{
    QStringList names;
    for (const deploy::StepId step : m_steps)
        if (std::any_of(m_cells.begin(), m_cells.end(), [&](const auto& cell) {
                return cell.first.second == step && cell.second.state == StepState::Undone;
            }))
            names << stepName(step);
    return names;
}

std::pair<Bytes, Bytes> StepTableModel::sent() const
{
    std::pair<Bytes, Bytes> all;
    for (const auto& [key, cell] : m_cells) {
        all.first += cell.sent;
        all.second += cell.toSend;
    }
    return all;
}

double StepTableModel::fraction() const
{
    if (m_cells.empty())
        return 0;
    double done = 0;
    for (const auto& [key, cell] : m_cells)
        if (cell.state != StepState::Waiting)
            done += cell.state == StepState::Running ? std::max(0.0, cell.fraction) : 1;
    return done / static_cast<double>(std::max(m_expected, m_cells.size()));
}

const StepCell* StepTableModel::cell(const QModelIndex& index) const
{
    const auto row = static_cast<std::size_t>(index.row());
    const auto step = static_cast<std::size_t>(index.column() - 1);
    const auto found = m_cells.find({m_devices[row], m_steps[step]});
    return found == m_cells.end() ? nullptr : &found->second;
}

int StepTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_devices.size());
}

int StepTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_steps.size()) + 1;
}

QVariant StepTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    if (index.column() == 0) {
        if (role != Qt::DisplayRole)
            return {};
        const std::string& device = deviceAt(index.row());
        return device.empty() ? tr("Release") : QString::fromStdString(device);
    }
    const StepCell* at = cell(index);
    if (at == nullptr)
        return {};
    const auto sentence = [this, &index, at] {
        return stepSentence(this->index(index.row(), 0).data().toString(),
                            m_steps[static_cast<std::size_t>(index.column() - 1)], *at);
    };
    const DevicePalette colours(QGuiApplication::palette());
    const bool isBad = at->state == StepState::Failed || at->state == StepState::Cancelled;
    switch (role) {
    case Qt::DisplayRole:
        return stepText(*at);
    case Qt::ToolTipRole:
        return plainTip(at->detail);
    case Qt::AccessibleTextRole:
        return sentence();
    case DetailRole:
        return at->detail.isEmpty() ? sentence()
                                    : QString(sentence() + QLatin1Char('\n') + at->detail);
    case StateRole:
        return static_cast<int>(at->state);
    case FractionRole:
        return at->fraction;
    case Qt::ForegroundRole:
        if (isBad)
            return colours.bottleneck();
        return at->state == StepState::Done ? QVariant(colours.good()) : QVariant();
    default:
        return {};
    }
}

QVariant StepTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == 0 ? tr("Device") : stepName(m_steps[static_cast<std::size_t>(section - 1)]);
}

} // namespace millrace::ui
