// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/Questions.h"

#include <QMetaObject>

#include <condition_variable>
#include <mutex>

namespace millrace::ui
{
namespace
{

constexpr int kAttempts = 3;

/// Between the thread that waits and the one that answers.
template <class Answer>
class Box
{
public:
    void put(Answer answer)
    {
        {
            const std::lock_guard lock(m_mutex);
            m_answer = std::move(answer);
        }
        m_changed.notify_all();
    }
    std::optional<Answer> wait(const std::stop_token& stop)
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, stop, [this] { return m_answer.has_value(); });
        return std::exchange(m_answer, std::nullopt);
    }
    Asker::Withdraw withdraw; ///< GUI thread only
    bool isOver = false;      ///< nobody waits any more; GUI thread only

private:
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::optional<Answer> m_answer;
};

/// None: the job was stopped. Calls that are queued for a window that is gone are never run.
template <class Answer>
std::optional<Answer>
answered(Questions& questions, const std::stop_token& stop,
         const std::function<Asker::Withdraw(const Asker&, std::function<void(Answer)>)>& ask)
{
    const auto box = std::make_shared<Box<Answer>>();
    QMetaObject::invokeMethod(
        &questions,
        [&questions, box, ask] {
            if (!box->isOver)
                box->withdraw = ask(questions.asker(), [box](Answer answer) {
                    box->isOver = true;
                    box->put(std::move(answer));
                });
        },
        Qt::QueuedConnection);
    auto answer = box->wait(stop);
    if (!answer)
        QMetaObject::invokeMethod(
            &questions,
            [box] {
                if (!std::exchange(box->isOver, true) && box->withdraw)
                    box->withdraw();
            },
            Qt::QueuedConnection);
    return answer;
}

} // namespace

std::optional<ssh::Secret> PersonAtWindow::passphrase(const std::filesystem::path& file,
                                                      int attempt)
{
    return ask({SecretQuestion::Kind::Passphrase, file.string(), attempt});
}

std::optional<ssh::Secret> PersonAtWindow::password(const std::string& account, int attempt)
{
    return ask({SecretQuestion::Kind::Password, account, attempt});
}

std::optional<ssh::Secret> PersonAtWindow::ask(const SecretQuestion& question)
{
    if (question.attempt > kAttempts)
        return std::nullopt;
    const auto given = answered<SecretAnswer>(
        m_questions, m_stop,
        [question](const Asker& asker, std::function<void(SecretAnswer)> then) -> Asker::Withdraw {
            if (asker.secret)
                return asker.secret(question, std::move(then));
            then(nullptr);
            return {};
        });
    if (!given || !*given)
        return std::nullopt;
    return ssh::Secret((*given)->c_str());
}

ssh::HostKeyAnswer PersonAtWindow::unknownHostKey(const ssh::UnknownHostKey& key)
{
    return answered<ssh::HostKeyAnswer>(
               m_questions, m_stop,
               [key](const Asker& asker,
                     std::function<void(ssh::HostKeyAnswer)> then) -> Asker::Withdraw {
                   if (asker.hostKey)
                       return asker.hostKey(key, std::move(then));
                   then(ssh::HostKeyAnswer::Refuse);
                   return {};
               })
        .value_or(ssh::HostKeyAnswer::Refuse);
}

} // namespace millrace::ui
