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
