// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/DeviceTableModel.h"

#include "ui/models/DevicePalette.h"
#include "ui/models/Figures.h"
#include "ui/models/StageTableModel.h"

#include <QGuiApplication>

namespace millrace::ui
{
namespace
{

bool isCheck(int column)
{
    return column == DeviceTableModel::InUse || column == DeviceTableModel::HostsStages;
}

/// The device with one field as typed.
Result<cluster::Device> withText(cluster::Device device, int column, const QString& typed)
{
    const std::string text = typed.trimmed().toStdString();
    if (column == DeviceTableModel::Name)
        device.name = text;
    if (column == DeviceTableModel::Class)
        device.className = text;
    if (column == DeviceTableModel::Memory) {
        const auto memory = parseBytes(text);
        if (!memory)
            return tl::unexpected(memory.error());
        device.memory = *memory;
    }
    if (column == DeviceTableModel::Speed) {
        QString number = typed.trimmed();
        number.remove(QChar(u'\u00d7'));
        bool isNumber = false;
        device.speed = number.remove(QLatin1Char('x')).trimmed().toDouble(&isNumber);
        if (!isNumber)
            return fail(ErrorCode::ParseError,
                        "speed \"{}\" is not a number; type how many times this computer's speed, "
                        "for example 0.5",
                        text);
    }
    return device;
}

} // namespace

const cluster::Device& DeviceTableModel::device(int row) const
{
    return cluster().devices[static_cast<std::size_t>(row)];
}

int DeviceTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() || !snapshot().cluster ? 0 : static_cast<int>(cluster().devices.size());
}

int DeviceTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : kColumns;
}

QString DeviceTableModel::runs(int row) const
{
    const cluster::Device& at = device(row);
    if (!at.enabled)
        return tr("switched off");
    if (!at.stages)
        return tr("hosts no stage");
    if (snapshot().plan)
        for (const auto& [place, stage] : snapshot().plan->stages())
            if (stage.device == DeviceId(static_cast<std::size_t>(row)))
                return tr("stage %1: %2, %3")
                    .arg(QString::number(place.stage + 1), figure(stage.compute),
                         figure(stage.memory));
    return snapshot().plan ? tr("nothing") : QString();
}

QString DeviceTableModel::text(int row, int column) const
{
    const cluster::Device& at = device(row);
    switch (column) {
    case Name:
        return QString::fromStdString(at.name);
    case Class:
        return QString::fromStdString(at.className);
    case Memory:
        return QString::fromStdString(exactBytes(at.memory));
    case Speed:
        return QString::number(at.speed, 'g', 6) + QStringLiteral(" \u00d7");
    case Runs:
        return runs(row);
    default:
        return {};
    }
}

QVariant DeviceTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const int row = index.row(), column = index.column();
    if (role == Qt::CheckStateRole && isCheck(column)) {
        const bool on = column == InUse ? device(row).enabled : device(row).stages;
        return on ? Qt::Checked : Qt::Unchecked;
    }
    if (role == Qt::DisplayRole || role == Qt::EditRole)
        return text(row, column);
    if (role == Qt::AccessibleTextRole)
        return isCheck(column) ? headerData(column, Qt::Horizontal, Qt::DisplayRole)
                               : QVariant(text(row, column));
    if (role == kSortRole) {
        if (column == Memory)
            return static_cast<qlonglong>(device(row).memory.value);
        if (column == Speed)
            return device(row).speed;
        return isCheck(column) ? data(index, Qt::CheckStateRole) : QVariant(text(row, column));
    }
    if (role == Qt::DecorationRole && column == Name)
        return DevicePalette(QGuiApplication::palette())
            .color(DeviceId(static_cast<std::size_t>(row)));
    if (role == Qt::TextAlignmentRole && (column == Memory || column == Speed))
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    if (role == Qt::ForegroundRole && !device(row).enabled)
        return QGuiApplication::palette().brush(QPalette::Disabled, QPalette::Text);
    return {};
}

Qt::ItemFlags DeviceTableModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    const Qt::ItemFlags flags = Qt::ItemIsSelectable | Qt::ItemIsEnabled;
    if (isCheck(index.column()))
        return flags | Qt::ItemIsUserCheckable;
    return index.column() == Runs ? flags : flags | Qt::ItemIsEditable;
}

bool DeviceTableModel::request(int row, const Result<cluster::Device>& changed)
{
    if (changed && *changed == device(row))
        return true;
    const auto edited = changed.and_then([this, row](const cluster::Device& next) {
        return cluster::withDevice(cluster(), DeviceId(static_cast<std::size_t>(row)), next);
    });
    if (!edited) {
        emit editRefused(
            tr("Cannot change %1. %2.")
                .arg(QString::fromStdString(device(row).name), reasonOf(edited.error())));
        return false;
    }
    emit editRequested(*edited, tr("change %1").arg(QString::fromStdString(changed->name)), {});
    return true;
}

bool DeviceTableModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (!index.isValid())
        return false;
    cluster::Device next = device(index.row());
    if (role == Qt::CheckStateRole && isCheck(index.column())) {
        const bool on = value.toInt() == Qt::Checked;
        (index.column() == InUse ? next.enabled : next.stages) = on;
        return request(index.row(), next);
    }
    if (role != Qt::EditRole)
        return false;
    return request(index.row(), withText(next, index.column(), value.toString()));
}

QVariant DeviceTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || (role != Qt::DisplayRole && role != Qt::ToolTipRole))
        return {};
    const bool tip = role == Qt::ToolTipRole;
    switch (section) {
    case InUse:
        return tip ? tr("Off: what if this device died?") : tr("In use");
    case Name:
        return tr("Device");
    case Class:
        return tip ? tr("Devices of one class share measured layer times") : tr("Class");
    case Memory:
        return tip ? tr("What a stage may use, for example 512 MiB") : tr("Memory");
    case Speed:
        return tip ? tr("Times this computer's speed; used while the class is not measured")
                   : tr("Speed");
    case HostsStages:
        return tip ? tr("Off: hosts the gateway at most") : tr("Hosts stages");
    default:
        return tr("Runs");
    }
}

} // namespace millrace::ui
