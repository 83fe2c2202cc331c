// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow/Application.h"

#include "base/Guarded.h"
#include "ui/models/Figures.h"

namespace millrace::ui
{

bool Application::notify(QObject* receiver, QEvent* event)
{
    const Result<bool> handled = guarded(
        "the window", [this, receiver, event] { return QApplication::notify(receiver, event); });
    if (handled)
        return *handled;
    qCritical("%s", handled.error().message.c_str());
    QMetaObject::invokeMethod(
        this,
        [this, why = reasonOf(handled.error())] {
            emit failed(tr("Cannot finish what was asked for. %1. Save your work under another "
                           "name and start Millrace again.")
                            .arg(why));
        },
        Qt::QueuedConnection);
    return false;
}

} // namespace millrace::ui
