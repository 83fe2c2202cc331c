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

void LinkTableModel::setSnapshot(const Snapshot& snapshot)
{
    const auto count = [](const Snapshot& s) { return s.cluster ? s.cluster->devices.size() : 0; };
    if (count(snapshot) == count(m_snapshot)) {
        m_snapshot = snapshot;
        if (rowCount() > 0)
            emit dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1));
        return;
    }
    beginResetModel();
    m_snapshot = snapshot;
    endResetModel();
}

LinkEnds LinkTableModel::endsAt(int row) const
{
    const auto others = static_cast<int>(m_snapshot.cluster->devices.size()) - 1;
    const int from = row / others;
    const int to = row % others;
    return {DeviceId(from), DeviceId(to < from ? to : to + 1)};
}

cluster::Link LinkTableModel::link(int row) const
{
    const LinkEnds ends = endsAt(row);
    return m_snapshot.cluster->link(ends.from, ends.to);
}

const plan::Hop* LinkTableModel::hop(int row) const
{
    const LinkEnds ends = endsAt(row);
    if (m_snapshot.plan)
        for (const plan::Hop& hop : m_snapshot.plan->hops)
            if (hop.from == ends.from && hop.to == ends.to)
                return &hop;
    return nullptr;
}

int LinkTableModel::rowCount(const QModelIndex& parent) const
{
    if (parent.isValid() || !m_snapshot.cluster)
        return 0;
    const auto devices = static_cast<int>(m_snapshot.cluster->devices.size());
    return devices * (devices - 1);
}

int LinkTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : kColumns;
}

QString LinkTableModel::name(DeviceId device) const
{
    return QString::fromStdString(m_snapshot.cluster->devices[device.index()].name);
}

QString LinkTableModel::text(int row, int column) const
{
    switch (column) {
    case From:
        return name(endsAt(row).from);
    case To:
        return name(endsAt(row).to);
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
    if (role == Qt::TextAlignmentRole && column >= Bandwidth)
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
    const QString pair = QString(name(ends.from) + u" > " + name(ends.to));
    const auto changed = withText(link(index.row()), index.column(), value.toString());
    if (changed && *changed == link(index.row()))
        return true;
    const auto cluster = changed.and_then([this, ends](const cluster::Link& next) {
        return cluster::withLink(*m_snapshot.cluster, ends.from, ends.to, next);
    });
    if (!cluster) {
        emit editRefused(tr("Cannot change the link %1. %2.")
                             .arg(pair, QString::fromStdString(cluster.error().message)));
        return false;
    }
    emit editRequested(*cluster, tr("change link %1").arg(pair), {});
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
