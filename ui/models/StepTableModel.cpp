// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/StepTableModel.h"

#include "ui/models/DevicePalette.h"
#include "ui/models/Figures.h"

#include <QGuiApplication>

#include <algorithm>

namespace millrace::ui
{
namespace
{

using deploy::StepState;

QString stateText(StepState state, double fraction, double seconds)
{
    switch (state) {
    case StepState::Waiting:
        return {};
    case StepState::Running:
        return fraction < 0 ? StepTableModel::tr("\u25b6 running")
                            : StepTableModel::tr("\u25b6 %1 %").arg(qRound(fraction * 100));
    case StepState::Done:
        return StepTableModel::tr("\u2713 %1").arg(figure(Seconds{seconds}));
    case StepState::Failed:
        return StepTableModel::tr("\u2717 failed");
    case StepState::Cancelled:
        return StepTableModel::tr("\u2717 cancelled");
    case StepState::Undone:
        return StepTableModel::tr("\u21b6 undone");
    }
    return {};
}

} // namespace

QString stepName(const std::string& step)
{
    const std::pair<const char*, QString> names[] = {
        {"measure", StepTableModel::tr("Measure")}, {"plan", StepTableModel::tr("Plan")},
        {"split", StepTableModel::tr("Split")},     {"copy", StepTableModel::tr("Copy")},
        {"start", StepTableModel::tr("Start")},     {"warm up", StepTableModel::tr("Warm up")},
        {"health", StepTableModel::tr("Check")},    {"stop", StepTableModel::tr("Stop")},
        {"remove", StepTableModel::tr("Remove")}};
    for (const auto& [known, name] : names)
        if (step == known)
            return name;
    return QString::fromStdString(step);
}

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
                            const std::vector<std::string>& steps, std::size_t cells)
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

int StepTableModel::columnOf(const std::string& step)
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
    Cell& cell = m_cells[{update.device, update.step}];
    if (cell.state == StepState::Waiting)
        cell.begun = at;
    cell.state = update.state;
    cell.fraction = update.fraction;
    cell.ended = at;
    cell.detail = QString::fromStdString(update.detail);
    emit dataChanged(index(row, column), index(row, column));
}

double StepTableModel::fraction() const
{
    if (m_cells.empty())
        return 0;
    double done = 0;
    for (const auto& [key, cell] : m_cells)
        done += cell.state == StepState::Running ? std::max(0.0, cell.fraction) : 1;
    return done / static_cast<double>(std::max(m_expected, m_cells.size()));
}

const StepTableModel::Cell* StepTableModel::cell(const QModelIndex& index) const
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
        const std::string& device = m_devices[static_cast<std::size_t>(index.row())];
        if (role != Qt::DisplayRole)
            return {};
        return device.empty() ? tr("Release") : QString::fromStdString(device);
    }
    const Cell* at = cell(index);
    if (at == nullptr)
        return {};
    const DevicePalette colours(QGuiApplication::palette());
    const bool isBad = at->state == StepState::Failed || at->state == StepState::Cancelled;
    switch (role) {
    case Qt::DisplayRole:
        return stateText(at->state, at->fraction, at->ended - at->begun);
    case Qt::ToolTipRole:
        return plainTip(at->detail);
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
