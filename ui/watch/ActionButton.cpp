// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/watch/ActionButton.h"

#include <QAction>
#include <QToolButton>

namespace millrace::ui
{

QToolButton* actionButton(const char* name, QAction* action)
{
    auto* button = new QToolButton;
    button->setObjectName(QLatin1String(name));
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    const auto follow = [button, action] { button->setVisible(action->isVisible()); };
    QObject::connect(action, &QAction::visibleChanged, button, follow);
    if (!action->isVisible())
        button->hide();
    return button;
}

} // namespace millrace::ui
