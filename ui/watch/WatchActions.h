// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QAction;

namespace millrace::ui
{

/// What can be done with a release; the menu, the tool bar and the Watch mode share them. Not
/// owned.
struct WatchActions {
    QAction *deploy = nullptr, *cancel = nullptr, *restart = nullptr, *send = nullptr,
            *pause = nullptr, *exportCsv = nullptr, *stop = nullptr, *openPlan = nullptr;
};

} // namespace millrace::ui
