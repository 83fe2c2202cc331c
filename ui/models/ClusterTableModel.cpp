// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/ClusterTableModel.h"

namespace millrace::ui
{

/// The rows stay, and with them selection and editors, while the devices are as many as before.
void ClusterTableModel::setSnapshot(const Snapshot& snapshot)
{
    const auto count = [](const Snapshot& s) { return s.cluster ? s.cluster->devices.size() : 0; };
    if (count(snapshot) == count(m_snapshot)) {
        m_snapshot = snapshot;
        if (rowCount() > 0)
            emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
        return;
    }
    beginResetModel();
    m_snapshot = snapshot;
    endResetModel();
}

QString ClusterTableModel::deviceName(DeviceId device) const
{
    return QString::fromStdString(cluster().devices[device.index()].name);
}

} // namespace millrace::ui
