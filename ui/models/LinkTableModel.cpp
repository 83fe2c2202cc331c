// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/LinkTableModel.h"

#include "ui/models/Figures.h"
#include "ui/models/StageTableModel.h"

namespace millrace::ui
{
namespace
{

Result<cluster::Link> withText(cluster::Link link, int column, const QString& typed)
{
    const std::string text = typed.toStdString();
    if (column == LinkTableModel::Bandwidth)
        return parseBandwidth(text).map([link](BitsPerSecond bandwidth) mutable {
            link.bandwidth = bandwidth;
            return link;
        });
    return parseDuration(text).map([link](Seconds delay) mutable {
        link.delay = delay;
        return link;
    });
}

} // namespace

LinkEnds LinkTableModel::endsAt(int row) const
{
    const auto others = static_cast<int>(cluster().devices.size()) - 1;
    const int from = row / others;
    const int to = row % others;
    return {DeviceId(from), DeviceId(to < from ? to : to + 1)};
}

cluster::Link LinkTableModel::link(int row) const
{
    const LinkEnds ends = endsAt(row);
    return cluster().link(ends.from, ends.to);
}

const plan::Hop* LinkTableModel::hop(int row) const
{
    const LinkEnds ends = endsAt(row);
    if (snapshot().plan)
        for (const auto& [at, hop] : snapshot().plan->hops())
            if (hop.from == ends.from && hop.to == ends.to)
                return &hop;
    return nullptr;
}

int LinkTableModel::rowCount(const QModelIndex& parent) const
{
    if (parent.isValid() || !snapshot().cluster)
        return 0;
    const auto devices = static_cast<int>(cluster().devices.size());
    return devices * (devices - 1);
}

int LinkTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : kColumns;
}

QString LinkTableModel::text(int row, int column) const
{
    switch (column) {
    case From:
        return deviceName(endsAt(row).from);
    case To:
        return deviceName(endsAt(row).to);
    case Bandwidth:
        return QString::fromStdString(exactBandwidth(link(row).bandwidth));
    case Delay:
        return QString::fromStdString(exactDuration(link(row).delay));
    default:
        if (const plan::Hop* at = hop(row))
            return tr("%1 in %2").arg(figure(at->bytes), figure(at->seconds));
        return link(row).bandwidth.value > 0 ? QString() : tr("no link");
    }
}

QVariant LinkTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const int row = index.row(), column = index.column();
    if (role == Qt::DisplayRole || role == Qt::EditRole)
        return text(row, column);
    if (role == kSortRole) {
        if (column == Bandwidth)
            return link(row).bandwidth.value;
        if (column == Delay)
            return link(row).delay.value;
        if (column == Carries)
            return hop(row) != nullptr ? hop(row)->seconds.value : -1;
        return text(row, column);
    }
    if (role == Qt::TextAlignmentRole && (column == Bandwidth || column == Delay))
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

Qt::ItemFlags LinkTableModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    const Qt::ItemFlags flags = Qt::ItemIsSelectable | Qt::ItemIsEnabled;
    return index.column() == Bandwidth || index.column() == Delay ? flags | Qt::ItemIsEditable
                                                                  : flags;
}

bool LinkTableModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (!index.isValid() || role != Qt::EditRole)
        return false;
    const LinkEnds ends = endsAt(index.row());
    const QString pair = QString(deviceName(ends.from) + u" > " + deviceName(ends.to));
    const auto changed = withText(link(index.row()), index.column(), value.toString());
    if (changed && *changed == link(index.row()))
        return true;
    const auto edited = changed.and_then([this, ends](const cluster::Link& next) {
        return cluster::withLink(cluster(), ends.from, ends.to, next);
    });
    if (!edited) {
        emit editRefused(tr("Cannot change the link %1. %2.").arg(pair, reasonOf(edited.error())));
        return false;
    }
    emit editRequested(*edited, tr("change link %1").arg(pair), {});
    return true;
}

QVariant LinkTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case From:
        return tr("From");
    case To:
        return tr("To");
    case Bandwidth:
        return tr("Bandwidth");
    case Delay:
        return tr("Delay");
    default:
        return tr("Carries");
    }
}

} // namespace millrace::ui
