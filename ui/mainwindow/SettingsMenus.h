// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSettings>

#include <functional>

class QMenu;

namespace millrace::ui
{

class ThemeSwitch;

/// Puts the choice of the theme into the menu, sets the one that was chosen before, and keeps the
/// next one. The switch and the settings outlive the menu.
void addThemeMenu(QMenu& menu, ThemeSwitch& themes, QSettings& settings);
/// Likewise of the language, which changes at the next start: `chosen` says so.
void addLanguageMenu(QMenu& menu, QSettings& settings, std::function<void()> chosen);

} // namespace millrace::ui
