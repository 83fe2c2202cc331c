// SPDX-License-Identifier: GPL-3.0-or-later
// Questions about releases on devices, and of the connections to them.
#include "ui/dialogs/DialogPrompts.h"
#include "ui/dialogs/SecretDialog.h"

#include <QMessageBox>
#include <QPointer>
#include <QPushButton>

namespace millrace::ui
{
namespace
{

QString shown(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

/// Names of hosts and files are not markup. An informative text is looked at for markup in any
/// case, so everything is one text.
QMessageBox* plainBox(QWidget* parent, QMessageBox::Icon icon, const QString& title,
                      const QString& words)
{
    auto* box = new QMessageBox(icon, title, QString(), QMessageBox::Cancel, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    box->setText(words);
    box->setDefaultButton(QMessageBox::Cancel);
    return box;
}

Asker::Withdraw closing(QDialog* dialog)
{
    return [dialog = QPointer<QDialog>(dialog)] {
        if (dialog)
            dialog->reject();
    };
}

} // namespace

void DialogPrompts::undeploy(QWidget* parent, const QString& name, int earlier,
                             Then<UndeployAnswer> then)
{
    QString words = QMessageBox::tr("Undeploy %1?\n\nIt stops serving; its processes end, and its "
                                    "files are removed from its devices.")
                        .arg(name);
    if (earlier > 0)
        words += QLatin1Char(' ') +
                 QMessageBox::tr("With it go %n earlier release(s) that it could go back to.",
                                 nullptr, earlier);
    QMessageBox* box = plainBox(parent, QMessageBox::Question, QMessageBox::tr("Undeploy"), words);
    box->setObjectName(QStringLiteral("undeployQuestion"));
    auto* undeploy = box->addButton(QMessageBox::tr("&Undeploy"), QMessageBox::DestructiveRole);
    QObject::connect(box, &QMessageBox::buttonClicked, parent,
                     [then, undeploy](QAbstractButton* clicked) {
                         if (clicked == undeploy)
                             then(UndeployAnswer::Undeploy);
                     });
    box->open();
}

Asker::Withdraw DialogPrompts::hostKey(QWidget* parent, const ssh::UnknownHostKey& key,
                                       std::function<void(ssh::HostKeyAnswer)> then)
{
    // The fingerprint has a line of its own: broken in two it is hard to compare.
    const QString words =
        QMessageBox::tr("The key of the host %1 is not known yet.\n\nUser: %2\nKey type: "
                        "%3\nFingerprint:\n%4\n\nCompare the fingerprint with the one that "
                        "ssh-keygen -l shows on the device. Accepting adds a line to %5, and this "
                        "computer trusts the key from then on. If you cancel, nothing is sent to "
                        "the device.")
            .arg(shown(key.host), shown(key.user), shown(key.type), shown(key.fingerprint),
                 shown(key.knownHosts.string()));
    QMessageBox* box =
        plainBox(parent, QMessageBox::Warning, QMessageBox::tr("Unknown Host Key"), words);
    box->setObjectName(QStringLiteral("hostKeyQuestion"));
    auto* accept = box->addButton(QMessageBox::tr("&Accept and Remember"), QMessageBox::AcceptRole);
    accept->setObjectName(QStringLiteral("acceptHostKey"));
    QObject::connect(box, &QMessageBox::finished, parent, [box, accept, then = std::move(then)] {
        then(box->clickedButton() == accept ? ssh::HostKeyAnswer::AcceptAndRemember
                                            : ssh::HostKeyAnswer::Refuse);
    });
    box->open();
    return closing(box);
}

Asker::Withdraw DialogPrompts::secret(QWidget* parent, const SecretQuestion& question,
                                      std::function<void(SecretAnswer)> then)
{
    auto* dialog = new SecretDialog(question, parent);
    QObject::connect(dialog, &QDialog::finished, parent,
                     [dialog, then = std::move(then)](int result) {
                         const SecretAnswer given = dialog->take();
                         then(result == QDialog::Accepted ? given : nullptr);
                     });
    dialog->open();
    return closing(dialog);
}

} // namespace millrace::ui
