// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/ClusterTableModel.h"
#include "ui/models/Selection.h"

namespace millrace::ui
{

/// Every directed pair of devices, one row each.
class LinkTableModel : public ClusterTableModel
{
    Q_OBJECT
public:
    enum Column { From, To, Bandwidth, Delay, Carries };
    static constexpr int kColumns = Carries + 1;

    using ClusterTableModel::ClusterTableModel;
    [[nodiscard]] LinkEnds endsAt(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] cluster::Link link(int row) const;
    [[nodiscard]] const plan::Hop* hop(int row) const;
    [[nodiscard]] QString text(int row, int column) const;
};

} // namespace millrace::ui
