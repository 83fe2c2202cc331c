// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/WatchFigures.h"

#include <QAbstractTableModel>

namespace millrace::ui
{

/// Each stage's device while it runs: up, down or not known, memory used against predicted and
/// limit, CPU. Read-only.
class HealthTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Device, State, Memory, Peak, Predicted, Limit, Cpu };
    static constexpr int kColumns = Cpu + 1;

    using QAbstractTableModel::QAbstractTableModel;
    void setRelease(const deploy::Release& release);
    void setFigures(const WatchFigures& figures);
    void clear();
    [[nodiscard]] const StageFigures& stageAt(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] QString text(int row, int column) const;
    [[nodiscard]] QVariant sortKey(int row, int column) const;
    [[nodiscard]] QString memorySentence(int row) const;
    [[nodiscard]] QString spoken(int row, int column) const;

    std::vector<QString> m_names; ///< of the stages' devices
    std::vector<StageFigures> m_stages;
};

} // namespace millrace::ui
