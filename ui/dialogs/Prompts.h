// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `dialogs`: every question the window asks, behind one seam, so that tests answer instead of
/// people. Nothing blocks: answers arrive later through a function, or never when dismissed.
#pragma once

#include "ui/jobs/Questions.h"

#include <QString>
#include <QStringList>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

class QWidget;

namespace millrace::ui
{

struct FileQuestion {
    QString title;
    QString filter;    ///< as QFileDialog takes them; empty: a folder is asked for
    QString suggested; ///< path or folder to start from
    QString suffix;    ///< appended to a name without one, when saving
};

enum class UnsavedAnswer { Save, Discard };
enum class RunningAnswer { KeepRunning, Stop };
enum class DeployingAnswer { Cancel };
enum class UndeployAnswer { Undeploy };

/// GUI thread only; outlives the windows that ask.
class Prompts
{
public:
    template <class T>
    using Then = std::function<void(const T&)>;

    virtual ~Prompts() = default;
    virtual void openFile(QWidget* parent, const FileQuestion& question, Then<QString> then) = 0;
    virtual void saveFile(QWidget* parent, const FileQuestion& question, Then<QString> then) = 0;
    virtual void openFolder(QWidget* parent, const FileQuestion& question, Then<QString> then) = 0;
    /// Unsaved edits are about to go; not answered: cancel.
    virtual void unsaved(QWidget* parent, const QString& name, Then<UnsavedAnswer> then) = 0;
    /// The window is about to close while a release runs; not answered: it stays open.
    virtual void releaseRuns(QWidget* parent, const QString& name, Then<RunningAnswer> then) = 0;
    /// The same while one is being deployed; not answered: it goes on.
    virtual void deploying(QWidget* parent, Then<DeployingAnswer> then) = 0;
    /// A release that serves is about to be taken off its devices, and with it `earlier` ones that
    /// it could go back to; not answered: it goes on.
    virtual void undeploy(QWidget* parent, const QString& name, int earlier,
                          Then<UndeployAnswer> then) = 0;
    /// These two are answered always, dismissed ones with a no: somebody waits. What they give back
    /// closes the question.
    virtual Asker::Withdraw hostKey(QWidget* parent, const ssh::UnknownHostKey& key,
                                    std::function<void(ssh::HostKeyAnswer)> then) = 0;
    virtual Asker::Withdraw secret(QWidget* parent, const SecretQuestion& question,
                                   std::function<void(SecretAnswer)> then) = 0;
    virtual void text(QWidget* parent, const QString& title, const QString& label,
                      const QString& initial, Then<QString> then) = 0;
    /// Values for a model's free dimensions, each at least 1.
    virtual void dimensions(QWidget* parent, const QString& model, const QStringList& names,
                            Then<std::map<std::string, std::int64_t>> then) = 0;
};

} // namespace millrace::ui
