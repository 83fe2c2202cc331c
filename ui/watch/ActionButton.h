// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QAction;
class QToolButton;

namespace millrace::ui
{

/// A button with text that is there while its action is. Without a parent: the caller places it.
[[nodiscard]] QToolButton* actionButton(const char* name, QAction* action);

} // namespace millrace::ui
