// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/project/Project.h"

#include <QAbstractTableModel>

#include <vector>

namespace millrace::ui
{

/// Scenarios side by side: one row each, with the figures of its plan and what they are against the
/// first scenario's. Read-only.
class ScenarioTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Name, Bottleneck, Throughput, Against, EndToEnd, Gap, Stages, Moved, Status };
    static constexpr int kColumns = Status + 1;

    using QAbstractTableModel::QAbstractTableModel;
    void setScenarios(const std::vector<Scenario>& scenarios, std::size_t current);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] QString text(std::size_t row, int column) const;

    std::vector<Scenario> m_scenarios;
    std::size_t m_current = 0;
};

/// Layers that run on another device (by name) than in `before`; both plans of the same model.
[[nodiscard]] std::size_t movedLayers(const Scenario& before, const Scenario& after);

} // namespace millrace::ui
