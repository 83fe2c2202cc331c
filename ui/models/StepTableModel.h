// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/StepTexts.h"

#include <QAbstractTableModel>

#include <map>
#include <vector>

namespace millrace::ui
{

/// The grid of a deployment: a row for the release and for each device, a column for each step in
/// the order of the recipe. Read-only.
class StepTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Role {
        StateRole = Qt::UserRole + 10, ///< int(deploy::StepState); none: no such cell
        FractionRole,                  ///< double of a cell that runs; negative: unknown
        DetailRole,                    ///< everything known of the cell, in whole sentences
    };

    using QAbstractTableModel::QAbstractTableModel;
    void clear();
    /// The rows and columns that a deployment will fill, in this order, and how many cells.
    void expect(const std::vector<std::string>& devices, const std::vector<deploy::StepId>& steps,
                std::size_t cells);
    /// `at`: Unix seconds, for the durations.
    void update(const deploy::StepUpdate& update, double at);
    /// Lets the durations of what runs go on.
    void tick(double at);
    /// 0..1 over all cells that are expected.
    [[nodiscard]] double fraction() const;
    /// Of all uploads that have begun: sent, and to be sent.
    [[nodiscard]] std::pair<Bytes, Bytes> sent() const;
    /// The first cell that has failed; invalid: none.
    [[nodiscard]] QModelIndex failed() const;
    /// Names of the steps that were undone, in the order of the recipe.
    [[nodiscard]] QStringList undone() const;
    /// Empty: the row of the whole release.
    [[nodiscard]] const std::string& deviceAt(int row) const
    {
        return m_devices[static_cast<std::size_t>(row)];
    }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] const StepCell* cell(const QModelIndex& index) const;
    [[nodiscard]] int rowOf(const std::string& device);
    [[nodiscard]] int columnOf(deploy::StepId step);

    std::vector<std::string> m_devices; ///< "": the release as a whole
    std::vector<deploy::StepId> m_steps;
    std::size_t m_expected = 0;
    std::map<std::pair<std::string, deploy::StepId>, StepCell> m_cells; ///< by device and step
};

} // namespace millrace::ui
