// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QStringList>

#include <functional>

class QPlainTextEdit;

namespace millrace::ui
{

/// The last lines of the program's log, to be read and copied into a report. It stays open beside
/// the window.
class LogDialog : public QDialog
{
    Q_OBJECT
public:
    using Lines = std::function<QStringList()>;
    /// `lines` is asked now and for every refresh; `file` is where older lines are, empty for none.
    LogDialog(Lines lines, const QString& file, QWidget* parent = nullptr);

private:
    void refresh();
    void copy();

    Lines m_lines;
    QPlainTextEdit* m_text;
};

} // namespace millrace::ui
