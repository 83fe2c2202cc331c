// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/DimensionsDialog.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QSpinBox>

namespace millrace::ui
{

DimensionsDialog::DimensionsDialog(const QString& model, const QStringList& names, QWidget* parent)
    : QDialog(parent)
{
    setObjectName(QStringLiteral("dimensionsDialog"));
    setWindowTitle(tr("Sizes of %1").arg(model));
    auto* form = new QFormLayout(this);
    auto* why = new QLabel(tr("%1 leaves sizes open. A plan needs them: what will the model be run "
                              "with? A batch is usually 1.")
                               .arg(model));
    why->setWordWrap(true);
    form->addRow(why);
    for (const QString& name : names) {
        auto* field = new QSpinBox;
        field->setRange(1, 1 << 20);
        field->setValue(1);
        field->setObjectName(name);
        field->setAccessibleName(name);
        form->addRow(name, field);
        m_fields[name.toStdString()] = field;
    }
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    form->addRow(buttons);
}

std::map<std::string, std::int64_t> DimensionsDialog::values() const
{
    std::map<std::string, std::int64_t> values;
    for (const auto& [name, field] : m_fields)
        values[name] = field->value();
    return values;
}

} // namespace millrace::ui
