// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPalette>
#include <QVariant>

class QDBusVariant;

namespace millrace::ui
{

enum class Theme { System, Light, Dark };

/// Sets the application's palette: light, dark, or what the desktop asks for, also when it changes
/// its mind. The desktop is asked through the settings portal of freedesktop.org; where there is
/// none, the platform's own palette stays. GUI thread only.
class ThemeSwitch : public QObject
{
    Q_OBJECT
public:
    explicit ThemeSwitch(QObject* parent = nullptr);
    void set(Theme theme);
    [[nodiscard]] Theme theme() const { return m_theme; }

private slots:
    void desktopChanged(const QString& group, const QString& key, const QDBusVariant& value);

private:
    void askDesktop();
    void apply();

    Theme m_theme = Theme::System;
    QPalette m_platform; ///< as it was at the start
    bool m_desktopIsDark = false;
};

} // namespace millrace::ui
