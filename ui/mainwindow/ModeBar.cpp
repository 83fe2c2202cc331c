// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow/ModeBar.h"

#include <QActionGroup>

namespace millrace::ui
{

ModeBar::ModeBar(QWidget* parent) : QToolBar(tr("Modes"), parent), m_group(new QActionGroup(this))
{
    setObjectName(QStringLiteral("modeBar"));
    setMovable(false);
    setOrientation(Qt::Vertical);
    setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
    setIconSize({28, 28});
    toggleViewAction()->setVisible(false); // a window without modes would be a trap
    addMode(Mode::Plan, "plan", tr("Plan"), tr("Cut the model and place its stages"),
            QKeySequence(QStringLiteral("Ctrl+1")));
    addMode(Mode::Deploy, "deploy", tr("Deploy"),
            tr("Check the devices, put the plan onto them, go back"),
            QKeySequence(QStringLiteral("Ctrl+2")));
    addMode(Mode::Watch, "watch", tr("Watch"), tr("See the plan run, measured beside predicted"),
            QKeySequence(QStringLiteral("Ctrl+3")));
}

void ModeBar::addMode(Mode mode, const char* name, const QString& text, const QString& tip,
                      const QKeySequence& keys)
{
    const QString icon =
        QStringLiteral(":/icons/mode-") + QLatin1String(name) + QStringLiteral(".svg");
    QAction* action = addAction(QIcon(icon), text);
    action->setObjectName(QStringLiteral("mode_") + QLatin1String(name));
    action->setCheckable(true);
    action->setChecked(mode == m_mode);
    action->setShortcut(keys);
    action->setToolTip(tip);
    m_group->addAction(action);
    widgetForAction(action)->setObjectName(QStringLiteral("modeButton_") + QLatin1String(name));
    connect(action, &QAction::triggered, this, [this, mode] { setMode(mode); });
}

void ModeBar::setMode(Mode mode)
{
    m_group->actions()[static_cast<int>(mode)]->setChecked(true);
    if (mode == m_mode)
        return;
    m_mode = mode;
    emit modeChanged(mode);
}

QList<QAction*> ModeBar::modeActions() const
{
    return m_group->actions();
}

} // namespace millrace::ui
