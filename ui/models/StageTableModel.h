// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/Snapshot.h"

#include <QAbstractTableModel>

namespace millrace::ui
{

/// Sorts numbers as numbers: what a proxy model sorts by in every table of the window.
inline constexpr int kSortRole = Qt::UserRole;

/// The plan's stages, one row each in pipeline order. Read-only.
class StageTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Number, Device, Compute, Memory, MemoryShare, Receive, Send, Layers, Range };
    static constexpr int kColumns = Range + 1;

    using QAbstractTableModel::QAbstractTableModel;
    void setSnapshot(const Snapshot& snapshot);
    [[nodiscard]] DeviceId deviceAt(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] const plan::Stage& stage(int row) const;
    [[nodiscard]] QString text(int row, int column) const;
    [[nodiscard]] QVariant sortKey(int row, int column) const;

    Snapshot m_snapshot;
};

} // namespace millrace::ui
