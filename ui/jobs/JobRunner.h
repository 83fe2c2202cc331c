// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `jobs`: the only place of the window that starts threads. Core functions run here; their
/// results, and what they have to ask meanwhile, arrive on the GUI thread.
#pragma once

#include "base/Error.h"
#include "base/Guarded.h"
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

/// Runs one job at a time. Starting a new one stops the one before and drops its result, which its
/// `superseded` is told; they never run side by side (the new thread first waits for the old one).
/// What must not give way to each other has a runner each. The destructor stops and waits, and
/// tells nobody. To be used from the GUI thread only.
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
    /// What `work` throws is the error of a T that is a Result; where T is none, it is reported as
    /// a warning, and `finished` is not called. `superseded` runs instead of `finished` when
    /// another job is started meanwhile, before that one begins.
    template <class T>
    void start(std::function<T(std::stop_token, ProgressSink&)> work,
               std::function<void(T)> finished, std::function<void()> superseded = {})
    {
        launch(
            [work = std::move(work), finished = std::move(finished)](
                const std::stop_token& stop, ProgressSink& sink) -> std::function<void()> {
                auto outcome = guarded("the work in the background",
                                       [&work, &stop, &sink] { return work(stop, sink); });
                if constexpr (std::is_same_v<decltype(outcome), T>) {
                    auto result = std::make_shared<T>(std::move(outcome));
                    return [finished, result] { finished(std::move(*result)); };
                } else {
                    if (!outcome)
                        return [error = outcome.error()] { report(error); };
                    auto result = std::make_shared<T>(std::move(*outcome));
                    return [finished, result] { finished(std::move(*result)); };
                }
            },
            std::move(superseded));
    }
    void cancel();
    [[nodiscard]] bool isRunning() const { return m_running; }
    /// Whether cancel() came before the job that runs, or calls `finished` now, was through.
    [[nodiscard]] bool isCancelled() const { return m_thread.get_stop_token().stop_requested(); }

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
    void launch(Work work, std::function<void()> superseded);
    static void report(const Error& error);

    std::jthread m_thread;
    std::uint64_t m_generation = 0;
    bool m_running = false;
    std::function<void()> m_superseded; ///< of the job that runs
};

} // namespace millrace::ui
