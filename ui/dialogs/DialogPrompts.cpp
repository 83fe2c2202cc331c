// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/DialogPrompts.h"

#include "ui/dialogs/DimensionsDialog.h"

#include <QFileDialog>
#include <QInputDialog>
#include <QMessageBox>
#include <QPushButton>

namespace millrace::ui
{
namespace
{

QFileDialog* fileDialog(QWidget* parent, const FileQuestion& question,
                        const Prompts::Then<QString>& then)
{
    auto* dialog = new QFileDialog(parent, question.title, question.suggested, question.filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setDefaultSuffix(question.suffix);
    QObject::connect(dialog, &QFileDialog::fileSelected, parent, then);
    return dialog;
}

} // namespace

void DialogPrompts::openFile(QWidget* parent, const FileQuestion& question, Then<QString> then)
{
    QFileDialog* dialog = fileDialog(parent, question, then);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->open();
}

void DialogPrompts::saveFile(QWidget* parent, const FileQuestion& question, Then<QString> then)
{
    QFileDialog* dialog = fileDialog(parent, question, then);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->open();
}

void DialogPrompts::openFolder(QWidget* parent, const FileQuestion& question, Then<QString> then)
{
    QFileDialog* dialog = fileDialog(parent, question, then);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    dialog->open();
}

void DialogPrompts::unsaved(QWidget* parent, const QString& name, Then<UnsavedAnswer> then)
{
    auto* box =
        new QMessageBox(QMessageBox::Question, QMessageBox::tr("Unsaved Changes"),
                        QMessageBox::tr("Save the changes to %1?").arg(name),
                        QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(QMessageBox::tr("They are lost if you do not save them."));
    box->setDefaultButton(QMessageBox::Save);
    QObject::connect(box, &QMessageBox::finished, parent, [then](int result) {
        if (result == QMessageBox::Save)
            then(UnsavedAnswer::Save);
        if (result == QMessageBox::Discard)
            then(UnsavedAnswer::Discard);
    });
    box->open();
}

void DialogPrompts::releaseRuns(QWidget* parent, const QString& name, Then<RunningAnswer> then)
{
    auto* box = new QMessageBox(QMessageBox::Question, QMessageBox::tr("A Release Runs"),
                                QMessageBox::tr("%1 is running. Keep it running?").arg(name),
                                QMessageBox::Cancel, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(QMessageBox::tr("It goes on without this window, and the next start "
                                            "finds it again. Stopping it ends its processes and "
                                            "removes its files."));
    auto* keep = box->addButton(QMessageBox::tr("&Keep Running"), QMessageBox::AcceptRole);
    auto* stop = box->addButton(QMessageBox::tr("&Stop Release"), QMessageBox::DestructiveRole);
    box->setDefaultButton(keep);
    QObject::connect(box, &QMessageBox::buttonClicked, parent,
                     [then, keep, stop](QAbstractButton* clicked) {
                         if (clicked == keep)
                             then(RunningAnswer::KeepRunning);
                         if (clicked == stop)
                             then(RunningAnswer::Stop);
                     });
    box->open();
}

void DialogPrompts::deploying(QWidget* parent, Then<DeployingAnswer> then)
{
    auto* box = new QMessageBox(
        QMessageBox::Question, QMessageBox::tr("A Release Is Being Deployed"),
        QMessageBox::tr("Cancel deploying and close the window?"), QMessageBox::NoButton, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(QMessageBox::tr("What was deployed so far is undone."));
    auto* cancel =
        box->addButton(QMessageBox::tr("&Cancel and Close"), QMessageBox::DestructiveRole);
    box->setDefaultButton(
        box->addButton(QMessageBox::tr("Go &On Deploying"), QMessageBox::RejectRole));
    QObject::connect(box, &QMessageBox::buttonClicked, parent,
                     [then, cancel](QAbstractButton* clicked) {
                         if (clicked == cancel)
                             then(DeployingAnswer::Cancel);
                     });
    box->open();
}

void DialogPrompts::text(QWidget* parent, const QString& title, const QString& label,
                         const QString& initial, Then<QString> then)
{
    auto* dialog = new QInputDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    dialog->setLabelText(label);
    dialog->setTextValue(initial);
    QObject::connect(dialog, &QInputDialog::textValueSelected, parent, then);
    dialog->open();
}

void DialogPrompts::dimensions(QWidget* parent, const QString& model, const QStringList& names,
                               Then<std::map<std::string, std::int64_t>> then)
{
    auto* dialog = new DimensionsDialog(model, names, parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    QObject::connect(dialog, &QDialog::accepted, parent,
                     [dialog, then] { then(dialog->values()); });
    dialog->open();
}

} // namespace millrace::ui
