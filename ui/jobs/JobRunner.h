// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `jobs`: the only place of the window that starts threads. Core functions run here; their
/// results, and what they have to ask meanwhile, arrive on the GUI thread.
#pragma once

#include "base/Error.h"
#include "base/Progress.h"

#include <QObject>
#include <QString>

#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

namespace millrace::ui
{

/// Runs one job at a time. Starting a new one stops the one before and drops its result; they never
/// run side by side (the new thread first waits for the old one). The destructor stops and waits.
/// To be used from the GUI thread only.
class JobRunner : public QObject
{
    Q_OBJECT
public:
    explicit JobRunner(QObject* parent = nullptr);
    ~JobRunner() override;
    JobRunner(const JobRunner&) = delete;
    JobRunner& operator=(const JobRunner&) = delete;

    /// `work` runs on a thread; `finished` on this object's thread, unless superseded or destroyed
    /// before. A cancelled job finishes, too (with whatever its work returns, usually Cancelled).
    template <class T>
    void start(std::function<T(std::stop_token, ProgressSink&)> work,
               std::function<void(T)> finished)
    {
        launch([work = std::move(work), finished = std::move(finished)](
                   const std::stop_token& stop, ProgressSink& sink) -> std::function<void()> {
            auto result = std::make_shared<T>(work(stop, sink));
            return [finished, result] { finished(std::move(*result)); };
        });
    }
    void cancel();
    [[nodiscard]] bool isRunning() const { return m_running; }

    /// Runs `call` on this object's thread, from a job's thread, unless that job is superseded by
    /// then.
    void post(std::function<void()> call);
    /// post() for threads that a job starts: taken on the job's own thread, called on any.
    using Post = std::function<void(std::function<void()>)>;
    [[nodiscard]] Post poster();

signals:
    void started();
    void stopped();
    /// `fraction` is negative when unknown; at most some tens of times a second.
    void progressChanged(const QString& what, double fraction);

private:
    class Sink;
    using Work = std::function<std::function<void()>(std::stop_token, ProgressSink&)>;
    void launch(Work work);

    std::jthread m_thread;
    std::uint64_t m_generation = 0;
    bool m_running = false;
};

} // namespace millrace::ui
