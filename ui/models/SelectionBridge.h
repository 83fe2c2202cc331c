// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/Selection.h"

#include <string>
#include <vector>

namespace millrace::ui
{

/// Keeps the selection of a release that runs the same as the open plan's, although their devices
/// may be numbered otherwise: by name. What the other side does not have is selected in neither.
class SelectionBridge : public QObject
{
    Q_OBJECT
public:
    /// Neither is owned.
    SelectionBridge(Selection& plan, Selection& release, QObject* parent = nullptr);
    void setPlanDevices(const std::vector<std::string>& names) { m_planNames = names; }
    void setReleaseDevices(const std::vector<std::string>& names) { m_releaseNames = names; }

private:
    void carry(const Selected& what, const std::vector<std::string>& from, Selection& to,
               const std::vector<std::string>& names);

    std::vector<std::string> m_planNames, m_releaseNames;
    bool m_isCarrying = false;
};

} // namespace millrace::ui
