// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/dialogs/Prompts.h"

#include <QString>
#include <QStringList>

#include <memory>
#include <optional>

namespace millrace::test
{

/// What the window asks is answered from here, as soon as it is asked; an empty answer dismisses.
struct Answers {
    QString file, folder, name;
    std::optional<ui::UnsavedAnswer> unsaved;
    std::optional<ui::RunningAnswer> running;
    bool mayCancelDeploying = false, mayUndeploy = false;
    std::optional<ssh::HostKeyAnswer> hostKey; ///< none: the question stays open
    std::optional<std::string> secret;         ///< none: dismissed
    std::map<std::string, std::int64_t> dimensions;
    QStringList asked; ///< "unsaved", "dimensions batch,width", "withdrawn", ... in order
};

class FakePrompts final : public ui::Prompts
{
public:
    explicit FakePrompts(std::shared_ptr<Answers> answers) : m_answers(std::move(answers)) {}
    void openFile(QWidget*, const ui::FileQuestion&, Then<QString> then) override
    {
        answer(QStringLiteral("openFile"), m_answers->file, then);
    }
    void saveFile(QWidget*, const ui::FileQuestion&, Then<QString> then) override
    {
        answer(QStringLiteral("saveFile"), m_answers->file, then);
    }
    void openFolder(QWidget*, const ui::FileQuestion&, Then<QString> then) override
    {
        answer(QStringLiteral("openFolder"), m_answers->folder, then);
    }
    void unsaved(QWidget*, const QString&, Then<ui::UnsavedAnswer> then) override
    {
        m_answers->asked << QStringLiteral("unsaved");
        if (m_answers->unsaved)
            then(*m_answers->unsaved);
    }
    void releaseRuns(QWidget*, const QString&, Then<ui::RunningAnswer> then) override
    {
        m_answers->asked << QStringLiteral("releaseRuns");
        if (m_answers->running)
            then(*m_answers->running);
    }
    void deploying(QWidget*, Then<ui::DeployingAnswer> then) override
    {
        m_answers->asked << QStringLiteral("deploying");
        if (m_answers->mayCancelDeploying)
            then(ui::DeployingAnswer::Cancel);
    }
    void undeploy(QWidget*, const QString&, int earlier, Then<ui::UndeployAnswer> then) override
    {
        m_answers->asked << QStringLiteral("undeploy %1").arg(earlier);
        if (m_answers->mayUndeploy)
            then(ui::UndeployAnswer::Undeploy);
    }
    ui::Asker::Withdraw hostKey(QWidget*, const ssh::UnknownHostKey& key,
                                std::function<void(ssh::HostKeyAnswer)> then) override
    {
        m_answers->asked << QString::fromStdString("hostKey " + key.user + "@" + key.host);
        if (m_answers->hostKey)
            then(*m_answers->hostKey);
        return [answers = m_answers] { answers->asked << QStringLiteral("withdrawn"); };
    }
    ui::Asker::Withdraw secret(QWidget*, const ui::SecretQuestion& question,
                               std::function<void(ui::SecretAnswer)> then) override
    {
        m_answers->asked << QString::fromStdString("secret " + question.of);
        then(m_answers->secret ? std::make_shared<const ssh::Secret>(*m_answers->secret) : nullptr);
        return [] {};
    }
    void text(QWidget*, const QString&, const QString&, const QString&, Then<QString> then) override
    {
        answer(QStringLiteral("text"), m_answers->name, then);
    }
    void dimensions(QWidget*, const QString&, const QStringList& names,
                    Then<std::map<std::string, std::int64_t>> then) override
    {
        m_answers->asked << QString(u"dimensions " + names.join(QLatin1Char(',')));
        if (!m_answers->dimensions.empty())
            then(m_answers->dimensions);
    }

private:
    void answer(const QString& question, const QString& given, const Then<QString>& then)
    {
        m_answers->asked << question;
        if (!given.isEmpty())
            then(given);
    }
    std::shared_ptr<Answers> m_answers;
};

} // namespace millrace::test
