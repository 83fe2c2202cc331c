// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/Snapshot.h"

#include <QAbstractTableModel>

namespace millrace::ui
{

/// Base of the tables in which the cluster is edited in place. What the operator types becomes an
/// edit request; the table shows it once the next snapshot has it.
class ClusterTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;
    void setSnapshot(const Snapshot& snapshot);

signals:
    void editRequested(const millrace::cluster::Cluster& cluster, const QString& what,
                       const QString& mergeKey);
    void editRefused(const QString& message);

protected:
    [[nodiscard]] const Snapshot& snapshot() const { return m_snapshot; }
    [[nodiscard]] const cluster::Cluster& cluster() const { return *m_snapshot.cluster; }
    [[nodiscard]] QString deviceName(DeviceId device) const;

private:
    Snapshot m_snapshot;
};

} // namespace millrace::ui
