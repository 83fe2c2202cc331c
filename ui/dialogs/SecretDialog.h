// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/jobs/Questions.h"

#include <QDialog>

class QLineEdit;

namespace millrace::ui
{

/// Asks for a passphrase or password; what is typed is not shown.
class SecretDialog : public QDialog
{
    Q_OBJECT
public:
    SecretDialog(const SecretQuestion& question, QWidget* parent);
    /// What was typed; the field is empty afterwards. Null: nothing.
    [[nodiscard]] SecretAnswer take();

private:
    QLineEdit* m_edit;
};

} // namespace millrace::ui
