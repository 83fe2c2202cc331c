// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/JobRunner.h"

#include <QMetaObject>

#include <atomic>

namespace millrace::ui
{
namespace
{

/// The generation of the job that runs on this thread, for post().
thread_local std::uint64_t t_generation = 0;

} // namespace

/// Keeps the newest progress only, so that a busy job cannot flood the event queue.
class JobRunner::Sink final : public ProgressSink
{
public:
    Sink(JobRunner& runner) : m_runner(runner), m_state(std::make_shared<State>()) {}
    void progress(std::string_view what, double fraction) override
    {
        {
            const std::scoped_lock lock(m_state->mutex);
            m_state->what = QString::fromUtf8(what.data(), static_cast<qsizetype>(what.size()));
            m_state->fraction = fraction;
        }
        if (m_state->pending.exchange(true))
            return;
        m_runner.post([&runner = m_runner, state = m_state] {
            state->pending = false;
            const std::scoped_lock lock(state->mutex);
            emit runner.progressChanged(state->what, state->fraction);
        });
    }

private:
    struct State {
        std::mutex mutex;
        QString what;
        double fraction = -1;
        std::atomic<bool> pending = false;
    };
    JobRunner& m_runner;
    std::shared_ptr<State> m_state;
};

JobRunner::JobRunner(QObject* parent) : QObject(parent) {}

JobRunner::~JobRunner()
{
    m_thread.request_stop();
    if (m_thread.joinable())
        m_thread.join();
}

void JobRunner::launch(Work work, std::function<void()> superseded)
{
    m_thread.request_stop();
    const std::uint64_t generation = ++m_generation;
    const auto before = std::exchange(m_superseded, std::move(superseded));
    if (std::exchange(m_running, true) && before)
        before();
    emit started();
    m_thread = std::jthread([this, generation, work = std::move(work),
                             before = std::move(m_thread)](const std::stop_token& stop) mutable {
        if (before.joinable())
            before.join();
        t_generation = generation;
        Sink sink(*this);
        std::function<void()> deliver = work(stop, sink);
        post([this, deliver = std::move(deliver)] {
            m_running = false;
            m_superseded = nullptr;
            emit stopped();
            deliver();
        });
    });
}

void JobRunner::report(const Error& error)
{
    qWarning("%s", error.message.c_str());
}

void JobRunner::cancel()
{
    m_thread.request_stop();
}

void JobRunner::post(std::function<void()> call)
{
    poster()(std::move(call));
}

JobRunner::Post JobRunner::poster()
{
    return [this, generation = t_generation](std::function<void()> call) {
        QMetaObject::invokeMethod(
            this,
            [this, generation, call = std::move(call)] {
                if (generation == m_generation)
                    call();
            },
            Qt::QueuedConnection);
    };
}

} // namespace millrace::ui
