// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/EventTableModel.h"

#include "ui/models/DevicePalette.h"
#include "ui/models/Figures.h"
#include "ui/models/StageTableModel.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFont>
#include <QGuiApplication>

namespace millrace::ui
{
namespace
{

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(millrace::ui::WatchEvent)
};

QString kindText(runtime::EventKind kind, const QString& stage)
{
    switch (kind) {
    case runtime::EventKind::Started:
        return Tr::tr("The gateway started.");
    case runtime::EventKind::StageUp:
        return Tr::tr("%1 is up.").arg(stage);
    case runtime::EventKind::StageDown:
        return Tr::tr("%1 is down. Requests wait for it.").arg(stage);
    case runtime::EventKind::Resent:
        return Tr::tr("Requests under way were sent again.");
    case runtime::EventKind::Refused:
        return Tr::tr("A connection was refused.");
    case runtime::EventKind::RequestFailed:
        return Tr::tr("A request failed.");
    case runtime::EventKind::Drained:
        return Tr::tr("The release takes no new requests.");
    }
    return {};
}

EventTone toneOf(runtime::EventKind kind)
{
    switch (kind) {
    case runtime::EventKind::Started:
    case runtime::EventKind::StageUp:
        return EventTone::Good;
    case runtime::EventKind::Resent:
    case runtime::EventKind::Drained:
        return EventTone::News;
    default:
        return EventTone::Trouble;
    }
}

QString mark(EventTone tone)
{
    switch (tone) {
    case EventTone::Good:
        return QStringLiteral("\u25b2");
    case EventTone::News:
        return QStringLiteral("\u25cf");
    default:
        return QStringLiteral("\u25bc");
    }
}

} // namespace

WatchEvent watchEvent(const deploy::Release& release, const runtime::Event& event)
{
    WatchEvent seen{event.at, toneOf(event.kind), {}, {}, QString::fromStdString(event.text)};
    QString stage = Tr::tr("A stage");
    const deploy::ReleaseNode* node = event.stage ? deploy::nodeOf(release, *event.stage) : nullptr;
    if (node != nullptr) {
        seen.device = release.plan.stage(*event.stage).device;
        stage = Tr::tr("Stage %1 on %2")
                    .arg(event.stage->stage + 1)
                    .arg(QString::fromStdString(node->device));
    }
    seen.text = kindText(event.kind, stage);
    return seen;
}

void EventTableModel::clear()
{
    beginResetModel();
    m_events.clear();
    endResetModel();
}

void EventTableModel::add(const WatchEvent& event)
{
    beginInsertRows({}, 0, 0);
    m_events.push_front(event);
    m_events.front().number = ++m_added;
    endInsertRows();
    if (m_events.size() <= kMost)
        return;
    const int last = static_cast<int>(m_events.size()) - 1;
    beginRemoveRows({}, last, last);
    m_events.pop_back();
    endRemoveRows();
}

const WatchEvent& EventTableModel::eventAt(int row) const
{
    return m_events[static_cast<std::size_t>(row)];
}

int EventTableModel::rowOf(std::uint64_t number) const
{
    const std::uint64_t row = m_added - number;
    return row < m_events.size() ? static_cast<int>(row) : -1;
}

int EventTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_events.size());
}

int EventTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : kColumns;
}

QVariant EventTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const WatchEvent& event = eventAt(index.row());
    const DevicePalette colours(QGuiApplication::palette());
    switch (role) {
    case Qt::DisplayRole:
        if (index.column() == Time)
            return QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(event.at * 1000))
                .toString(QStringLiteral("HH:mm:ss"));
        return index.column() == Mark ? mark(event.tone) : event.text;
    case kSortRole:
        return index.column() == Text ? QVariant(event.text) : QVariant(event.at);
    case Qt::ToolTipRole:
        return plainTip(event.detail.isEmpty() ? event.text : event.detail);
    case Qt::ForegroundRole:
        if (event.tone == EventTone::Trouble && index.column() != Time)
            return colours.bottleneck();
        if (event.tone == EventTone::Good && index.column() == Mark)
            return colours.good();
        return {};
    case Qt::FontRole:
        if (event.tone != EventTone::Trouble || index.column() != Text)
            return {};
        else {
            QFont bold;
            bold.setBold(true);
            return bold;
        }
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter |
                                   (index.column() == Mark ? Qt::AlignHCenter : Qt::AlignLeft));
    default:
        return {};
    }
}

QVariant EventTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    if (section == Time)
        return tr("Time");
    return section == Text ? tr("What happened") : QString();
}

} // namespace millrace::ui
