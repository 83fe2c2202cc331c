// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow/SettingsMenus.h"

#include "ui/mainwindow/MainWindow.h"
#include "ui/mainwindow/Theme.h"

#include <QAction>
#include <QActionGroup>
#include <QMenu>

#include <algorithm>

namespace millrace::ui
{
namespace
{

QString themeKey()
{
    return QStringLiteral("theme");
}
QString languageKey()
{
    return QStringLiteral("language");
}

/// One of several that exclude each other.
QAction* choice(QMenu& menu, QActionGroup& group, const QString& name, const QString& text)
{
    QAction* action = menu.addAction(text);
    action->setObjectName(name);
    action->setCheckable(true);
    group.addAction(action);
    return action;
}

} // namespace

void addThemeMenu(QMenu& menu, ThemeSwitch& themes, QSettings& settings)
{
    QMenu& choices = *menu.addMenu(MainWindow::tr("&Theme"));
    auto* group = new QActionGroup(&menu);
    const QStringList names{MainWindow::tr("As the &Desktop"), MainWindow::tr("&Light"),
                            MainWindow::tr("&Dark")};
    const int chosen = std::clamp(settings.value(themeKey(), 0).toInt(), 0, 2);
    themes.set(static_cast<Theme>(chosen));
    for (int theme = 0; theme < names.size(); ++theme) {
        QAction* action =
            choice(choices, *group, QStringLiteral("theme%1").arg(theme), names[theme]);
        action->setChecked(theme == chosen);
        QObject::connect(action, &QAction::triggered, action, [&themes, &settings, theme] {
            themes.set(static_cast<Theme>(theme));
            settings.setValue(themeKey(), theme);
        });
    }
}

void addLanguageMenu(QMenu& menu, QSettings& settings, std::function<void()> chosen)
{
    QMenu& choices = *menu.addMenu(MainWindow::tr("La&nguage"));
    auto* group = new QActionGroup(&menu);
    const QString current = settings.value(languageKey()).toString();
    const std::pair<QString, QString> known[] = {{QString(), MainWindow::tr("As the &Desktop")},
                                                 {QStringLiteral("en"), QStringLiteral("English")},
                                                 {QStringLiteral("de"), QStringLiteral("Deutsch")}};
    for (const auto& [code, name] : known) {
        QAction* action = choice(choices, *group, QStringLiteral("language_") + code, name);
        action->setChecked(code == current);
        QObject::connect(action, &QAction::triggered, action, [&settings, code = code, chosen] {
            settings.setValue(languageKey(), code);
            chosen();
        });
    }
}

} // namespace millrace::ui
