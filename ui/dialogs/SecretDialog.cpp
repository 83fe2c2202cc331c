// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/SecretDialog.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

namespace millrace::ui
{

SecretDialog::SecretDialog(const SecretQuestion& question, QWidget* parent)
    : QDialog(parent), m_edit(new QLineEdit)
{
    setObjectName(QStringLiteral("secretQuestion"));
    setAttribute(Qt::WA_DeleteOnClose);
    const bool isKey = question.kind == SecretQuestion::Kind::Passphrase;
    const QString of = QString::fromStdString(question.of);
    setWindowTitle(isKey ? tr("Passphrase") : tr("Password"));
    QString asked =
        isKey ? tr("Passphrase of the key file %1:").arg(of) : tr("Password of %1:").arg(of);
    if (question.attempt > 1)
        asked = QString(tr("That was not it. Try again.") + QLatin1Char('\n') + asked);
    auto* words = new QLabel;
    words->setTextFormat(Qt::PlainText); // of the cluster file
    words->setWordWrap(true);
    words->setMinimumWidth(360);
    words->setText(asked);
    words->setBuddy(m_edit);
    m_edit->setObjectName(QStringLiteral("secretEdit"));
    m_edit->setAccessibleName(windowTitle());
    m_edit->setEchoMode(QLineEdit::Password);
    auto* note = new QLabel(tr("It is used for this connection only and kept nowhere."));
    note->setForegroundRole(QPalette::PlaceholderText);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(words);
    layout->addWidget(m_edit);
    layout->addWidget(note);
    layout->addWidget(buttons);
}

SecretAnswer SecretDialog::take()
{
    QString typed = m_edit->text();
    m_edit->clear(); // so that this is the only text that is left, and can be overwritten
    QByteArray utf8 = typed.toUtf8();
    typed.fill(QChar());
    SecretAnswer answer;
    if (!utf8.isEmpty())
        answer = std::make_shared<const ssh::Secret>(
            std::string_view(utf8.constData(), static_cast<std::size_t>(utf8.size())));
    utf8.fill('\0');
    return answer;
}

} // namespace millrace::ui
