// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>

namespace millrace::ui
{

/// The floor under the GUI thread: what a slot, a timer or an event handler throws is logged and
/// told, and does not end the program with everything that is unsaved.
class Application : public QApplication
{
    Q_OBJECT
public:
    using QApplication::QApplication;
    /// False for an event whose handling threw.
    bool notify(QObject* receiver, QEvent* event) override;

signals:
    /// A whole sentence for the operator, once the event that threw is over.
    void failed(const QString& message);
};

} // namespace millrace::ui
