// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow/HelpMenu.h"

#include "ui/dialogs/LogDialog.h"
#include "ui/mainwindow/MainWindow.h"
#include "ui/mainwindow/MessageLog.h"

#include <QAction>
#include <QCoreApplication>
#include <QMenu>
#include <QMessageBox>

namespace millrace::ui
{

HelpMenu::HelpMenu(QMenu& menu, QWidget& window) : QObject(&window), m_window(window)
{
    QAction* shortcuts =
        menu.addAction(MainWindow::tr("&Keyboard Shortcuts"), this, &HelpMenu::showShortcuts);
    shortcuts->setObjectName(QStringLiteral("shortcuts"));
    shortcuts->setShortcut(QKeySequence::HelpContents);
    m_showLog = menu.addAction(MainWindow::tr("Program &Log"));
    m_showLog->setObjectName(QStringLiteral("showLog"));
    m_showLog->setEnabled(false);
    menu.addAction(MainWindow::tr("&About Millrace"), this, &HelpMenu::showAbout)
        ->setObjectName(QStringLiteral("about"));
}

void HelpMenu::setLog(const MessageLog& log)
{
    m_showLog->setEnabled(true);
    connect(m_showLog, &QAction::triggered, this, [this, &log] {
        auto* dialog = new LogDialog([&log] { return log.recent(); }, log.file(), &m_window);
        dialog->show();
    });
}

void HelpMenu::showShortcuts()
{
    QString rows;
    for (const QAction* action : m_window.findChildren<QAction*>()) {
        if (action->shortcut().isEmpty() || action->objectName().isEmpty())
            continue;
        QString text = action->text();
        text.remove(QLatin1Char('&')).remove(QStringLiteral("\u2026"));
        rows += QStringLiteral("<tr><td style='padding-right:24px'>%1</td><td><b>%2</b></td></tr>")
                    .arg(text.toHtmlEscaped(),
                         action->shortcut().toString(QKeySequence::NativeText).toHtmlEscaped());
    }
    auto* box = new QMessageBox(&m_window);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(MainWindow::tr("Keyboard Shortcuts"));
    box->setText(QString(
        u"<table>" + rows + u"</table>" +
        MainWindow::tr("<p>In the graph: arrows pan, + and - zoom, F fits, [ and ] follow an "
                       "edge to its producer and consumer.</p>")));
    box->open();
}

void HelpMenu::showAbout()
{
    auto* box = new QMessageBox(&m_window);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(MainWindow::tr("About Millrace"));
    box->setIconPixmap(m_window.windowIcon().pixmap(64));
    box->setText(MainWindow::tr(
                     "<h3>Millrace %1</h3><p>Cuts a neural network into pipeline stages and places "
                     "them on small, unlike computers so that the slowest stage or link is as fast "
                     "as it can be.</p><p>Free software under the GNU General Public License, "
                     "version 3 or later.</p>")
                     .arg(QCoreApplication::applicationVersion()));
    box->open();
}

} // namespace millrace::ui
