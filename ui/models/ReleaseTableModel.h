// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Release.h"

#include <QAbstractTableModel>

namespace millrace::ui
{

/// Everything that this computer has deployed and not removed, newest first. Read-only.
class ReleaseTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Deployed, State, Model, Devices, Predicted, Id };
    static constexpr int kColumns = Id + 1;

    using QAbstractTableModel::QAbstractTableModel;
    void setReleases(std::vector<deploy::Release> releases);
    [[nodiscard]] const deploy::Release& releaseAt(int row) const
    {
        return m_releases[static_cast<std::size_t>(row)];
    }
    [[nodiscard]] const std::vector<deploy::Release>& releases() const { return m_releases; }
    /// -1: not there.
    [[nodiscard]] int rowOf(const std::string& id) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    std::vector<deploy::Release> m_releases;
};

/// Names of its devices in pipeline order, each once, the gateway's last.
[[nodiscard]] QStringList deviceNamesOf(const deploy::Release& release);

} // namespace millrace::ui
