// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/LogDialog.h"

#include <QApplication>
#include <QClipboard>
#include <QDialogButtonBox>
#include <QDir>
#include <QFontDatabase>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QVBoxLayout>

namespace millrace::ui
{

LogDialog::LogDialog(Lines lines, const QString& file, QWidget* parent)
    : QDialog(parent), m_lines(std::move(lines)), m_text(new QPlainTextEdit)
{
    setObjectName(QStringLiteral("logDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Program Log"));
    m_text->setObjectName(QStringLiteral("logText"));
    m_text->setAccessibleName(windowTitle());
    m_text->setReadOnly(true);
    m_text->setPlaceholderText(tr("Nothing was reported since the program started."));
    m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    auto* where = new QLabel;
    where->setTextFormat(Qt::PlainText);
    where->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    where->setWordWrap(true);
    where->setText(file.isEmpty()
                       ? tr("No file can be written, so these lines are all there is.")
                       : tr("Older lines are in %1.").arg(QDir::toNativeSeparators(file)));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    const auto add = [this, buttons](const QString& text, const char* name, auto run) {
        QPushButton* button = buttons->addButton(text, QDialogButtonBox::ActionRole);
        button->setObjectName(QLatin1String(name));
        connect(button, &QPushButton::clicked, this, run);
    };
    add(tr("&Copy All"), "logCopy", &LogDialog::copy);
    add(tr("&Refresh"), "logRefresh", &LogDialog::refresh);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_text, 1);
    layout->addWidget(where);
    layout->addWidget(buttons);
    resize(820, 480);
    refresh();
}

void LogDialog::refresh()
{
    m_text->setPlainText(m_lines().join(QLatin1Char('\n')));
    m_text->verticalScrollBar()->setValue(m_text->verticalScrollBar()->maximum());
}

void LogDialog::copy()
{
    QApplication::clipboard()->setText(m_text->toPlainText());
}

} // namespace millrace::ui
