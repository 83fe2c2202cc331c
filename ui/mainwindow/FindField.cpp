// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow/FindField.h"

#include "ui/graphview/GraphView.h"

#include <QHBoxLayout>
#include <QKeyEvent>

namespace millrace::ui
{

FindField::FindField(GraphView& view, QWidget* parent)
    : QWidget(parent), m_view(view), m_field(new QLineEdit), m_count(new QLabel)
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(6, 0, 2, 0);
    layout->addWidget(m_field);
    layout->addWidget(m_count);
    m_field->setObjectName(QStringLiteral("findField"));
    m_field->setAccessibleName(tr("Find a layer"));
    m_field->setPlaceholderText(tr("Find a layer, operator or tensor"));
    m_field->setClearButtonEnabled(true);
    m_field->setMinimumWidth(180);
    m_field->setMaximumWidth(320);
    m_field->installEventFilter(this);
    m_count->setObjectName(QStringLiteral("findCount"));
    connect(m_field, &QLineEdit::textChanged, this, [this](const QString& what) {
        const int found = m_view.find(what);
        m_count->setText(what.isEmpty() ? QString() : tr("%n found", nullptr, found));
    });
}

void FindField::start()
{
    m_field->setFocus(Qt::ShortcutFocusReason);
    m_field->selectAll();
}

bool FindField::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
        if ((key->modifiers() & Qt::ShiftModifier) != 0)
            m_view.findPrevious();
        else
            m_view.findNext();
        return true;
    }
    if (key->key() == Qt::Key_Escape) {
        m_field->clear();
        m_view.setFocus();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace millrace::ui
