// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QAction;

namespace millrace::ui
{

/// What can be done with releases on devices; the menu and the Deploy mode share them. Not owned.
struct DeployActions {
    QAction *deploy = nullptr, *cancel = nullptr, *test = nullptr, *rollBack = nullptr;
    /// About the release that is selected in the history.
    QAction *bringBack = nullptr, *watch = nullptr, *undeploy = nullptr;
};

} // namespace millrace::ui
