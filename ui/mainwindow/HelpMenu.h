// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QAction;
class QMenu;
class QWidget;

namespace millrace::ui
{

class MessageLog;

/// Keyboard shortcuts, the program's log, and what this program is.
class HelpMenu : public QObject
{
    Q_OBJECT
public:
    /// Fills the menu. Shortcuts are those of the window's actions; nothing given is owned.
    HelpMenu(QMenu& menu, QWidget& window);
    /// The log can be shown from now on; it outlives this.
    void setLog(const MessageLog& log);

private:
    void showShortcuts();
    void showAbout();

    QWidget& m_window;
    QAction* m_showLog;
};

} // namespace millrace::ui
