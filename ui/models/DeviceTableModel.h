// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/ClusterTableModel.h"

namespace millrace::ui
{

/// The cluster's devices, one row each.
class DeviceTableModel : public ClusterTableModel
{
    Q_OBJECT
public:
    enum Column { InUse, Name, Class, Memory, Speed, HostsStages, Runs };
    static constexpr int kColumns = Runs + 1;

    using ClusterTableModel::ClusterTableModel;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] const cluster::Device& device(int row) const;
    [[nodiscard]] QString runs(int row) const;
    [[nodiscard]] QString text(int row, int column) const;
    bool request(int row, const Result<cluster::Device>& changed);
};

} // namespace millrace::ui
