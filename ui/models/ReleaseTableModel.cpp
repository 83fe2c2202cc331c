// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/ReleaseTableModel.h"

#include "ui/models/DevicePalette.h"
#include "ui/models/Figures.h"

#include <QDateTime>
#include <QGuiApplication>
#include <QLocale>

namespace millrace::ui
{
namespace
{

using deploy::ReleaseKind;
using deploy::Standing;

QString stateText(const deploy::Release& release)
{
    if (release.owner)
        return ReleaseTableModel::tr("\u25b6 being deployed");
    if (release.kind == ReleaseKind::Local)
        return ReleaseTableModel::tr("\u25cf on this computer");
    return release.standing == Standing::Current ? ReleaseTableModel::tr("\u25b2 current")
                                                 : ReleaseTableModel::tr("\u25bd replaced");
}

QString cellText(const deploy::Release& release, int column)
{
    switch (column) {
    case ReleaseTableModel::Deployed:
        return QLocale().toString(
            QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(release.createdAt * 1000)),
            QLocale::ShortFormat);
    case ReleaseTableModel::State:
        return stateText(release);
    case ReleaseTableModel::Model:
        return QString::fromStdString(release.modelPath.filename().string());
    case ReleaseTableModel::Devices:
        return deviceNamesOf(release).join(QStringLiteral(" \u2192 "));
    case ReleaseTableModel::Predicted:
        return perSecond(release.plan.throughput());
    case ReleaseTableModel::Id:
        return QString::fromStdString(release.id);
    default:
        return {};
    }
}

} // namespace

QStringList deviceNamesOf(const deploy::Release& release)
{
    QStringList names;
    for (const deploy::ReleaseNode& node : release.nodes)
        names << QString::fromStdString(node.device);
    names.removeDuplicates();
    return names;
}

void ReleaseTableModel::setReleases(std::vector<deploy::Release> releases)
{
    if (releases == m_releases)
        return;
    beginResetModel();
    m_releases = std::move(releases);
    endResetModel();
}

int ReleaseTableModel::rowOf(const std::string& id) const
{
    for (std::size_t row = 0; row < m_releases.size(); ++row)
        if (m_releases[row].id == id)
            return static_cast<int>(row);
    return -1;
}

int ReleaseTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_releases.size());
}

int ReleaseTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : kColumns;
}

QVariant ReleaseTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const deploy::Release& release = releaseAt(index.row());
    const QString text = cellText(release, index.column());
    if (role == Qt::DisplayRole)
        return text;
    if (role == Qt::ToolTipRole)
        return plainTip(text);
    const bool serves = release.kind == ReleaseKind::Ssh && release.standing == Standing::Current;
    if (role == Qt::ForegroundRole && index.column() == State && serves && !release.owner)
        return DevicePalette(QGuiApplication::palette()).good();
    return {};
}

QVariant ReleaseTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    const QString names[] = {tr("Deployed"), tr("State"),     tr("Model"),
                             tr("Devices"),  tr("Predicted"), tr("Release")};
    return names[section];
}

} // namespace millrace::ui
