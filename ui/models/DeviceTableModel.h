// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/Snapshot.h"

#include <QAbstractTableModel>

namespace millrace::ui
{

/// The cluster's devices, one row each, edited in place. What the operator types becomes an edit
/// request; the table shows it once the next snapshot has it.
class DeviceTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { InUse, Name, Class, Memory, Speed, HostsStages, Runs };
    static constexpr int kColumns = Runs + 1;

    using QAbstractTableModel::QAbstractTableModel;
    void setSnapshot(const Snapshot& snapshot);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

signals:
    void editRequested(const millrace::cluster::Cluster& cluster, const QString& what,
                       const QString& mergeKey);
    void editRefused(const QString& message);

private:
    [[nodiscard]] const cluster::Device& device(int row) const;
    [[nodiscard]] QString runs(int row) const;
    [[nodiscard]] QString text(int row, int column) const;
    bool request(int row, const Result<cluster::Device>& changed);

    Snapshot m_snapshot;
};

} // namespace millrace::ui
