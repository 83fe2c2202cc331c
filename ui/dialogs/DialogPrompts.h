// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/dialogs/Prompts.h"

namespace millrace::ui
{

/// Asks with window-modal dialogs.
class DialogPrompts final : public Prompts
{
public:
    void openFile(QWidget* parent, const FileQuestion& question, Then<QString> then) override;
    void saveFile(QWidget* parent, const FileQuestion& question, Then<QString> then) override;
    void openFolder(QWidget* parent, const FileQuestion& question, Then<QString> then) override;
    void unsaved(QWidget* parent, const QString& name, Then<UnsavedAnswer> then) override;
    void releaseRuns(QWidget* parent, const QString& name, Then<RunningAnswer> then) override;
    void deploying(QWidget* parent, Then<DeployingAnswer> then) override;
    void undeploy(QWidget* parent, const QString& name, int earlier,
                  Then<UndeployAnswer> then) override;
    Asker::Withdraw hostKey(QWidget* parent, const ssh::UnknownHostKey& key,
                            std::function<void(ssh::HostKeyAnswer)> then) override;
    Asker::Withdraw secret(QWidget* parent, const SecretQuestion& question,
                           std::function<void(SecretAnswer)> then) override;
    void text(QWidget* parent, const QString& title, const QString& label, const QString& initial,
              Then<QString> then) override;
    void dimensions(QWidget* parent, const QString& model, const QStringList& names,
                    Then<std::map<std::string, std::int64_t>> then) override;
};

} // namespace millrace::ui
