// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/Questions.h"

#include <QObject>

#include <functional>
#include <memory>
#include <stop_token>

namespace millrace::ui
{

/// What only a person can give: a passphrase or password.
struct SecretQuestion {
    enum class Kind { Passphrase, Password };
    Kind kind = Kind::Password;
    std::string of; ///< the key file, or "user@host"
    int attempt = 1;
};
/// Null: not given.
using SecretAnswer = std::shared_ptr<const ssh::Secret>;

/// How questions reach the person. Each function asks without blocking, calls `then` once with the
/// answer (dismissed: refused), and returns what takes the question back, after which `then` is
/// called no more. GUI thread only.
struct Asker {
    using Withdraw = std::function<void()>;
    std::function<Withdraw(const ssh::UnknownHostKey&, std::function<void(ssh::HostKeyAnswer)>)>
        hostKey;
    std::function<Withdraw(const SecretQuestion&, std::function<void(SecretAnswer)>)> secret;
};

/// Brings the questions of jobs to the GUI thread. Outlives the jobs that ask; without an asker
/// everything is refused.
class Questions : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    void setAsker(Asker asker) { m_asker = std::move(asker); }
    [[nodiscard]] const Asker& asker() const { return m_asker; } ///< GUI thread only

private:
    Asker m_asker;
};

/// The person at the window, as a job's connections see them: every question waits on the job's
/// thread until it is answered or the job is stopped, which takes the question back and refuses.
/// One question at a time is for the caller to see to (deploy::SshAccess does).
class PersonAtWindow final : public ssh::Credentials, public ssh::HostKeyDecision
{
public:
    PersonAtWindow(Questions& questions, std::stop_token stop)
        : m_questions(questions), m_stop(std::move(stop))
    {
    }
    std::optional<ssh::Secret> passphrase(const std::filesystem::path& file, int attempt) override;
    std::optional<ssh::Secret> password(const std::string& account, int attempt) override;
    ssh::HostKeyAnswer unknownHostKey(const ssh::UnknownHostKey& key) override;

private:
    std::optional<ssh::Secret> ask(const SecretQuestion& question);

    Questions& m_questions;
    std::stop_token m_stop;
};

} // namespace millrace::ui
