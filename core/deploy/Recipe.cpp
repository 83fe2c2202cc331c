// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/Recipe.h"

#include "base/Guarded.h"

#include <chrono>
#include <condition_variable>
#include <optional>
#include <thread>

namespace millrace::deploy
{
namespace
{

using Clock = std::chrono::steady_clock;

Clock::time_point deadlineIn(Seconds limit)
{
    constexpr double kLongest = 1e8; // seconds; what a time_point can hold for sure
    return Clock::now() + std::chrono::duration_cast<Clock::duration>(
                              std::chrono::duration<double>(std::min(limit.value, kLongest)));
}

std::string titleOf(const Task& task, const RecipeStep& step)
{
    const std::string_view name = deploy::nameOf(step.id);
    return task.device.empty() ? std::string(name) : fmt::format("{}: {}", task.device, name);
}

/// The tasks of one step, at once.
class Parallel
{
public:
    Parallel(const RecipeStep& step, std::stop_token stop, Steps& steps)
        : m_step(step), m_stop(std::move(stop)), m_steps(steps), m_errors(step.tasks.size())
    {
    }

    /// The error of each failed task, in their order.
    std::vector<std::pair<std::size_t, Error>> run()
    {
        const std::stop_callback pass(m_stop, [this] { m_ours.request_stop(); });
        std::vector<std::jthread> threads;
        m_running = m_step.tasks.size();
        for (std::size_t t = 0; t < m_step.tasks.size(); ++t)
            threads.emplace_back([this, t] { runTask(t); });
        {
            std::unique_lock lock(m_mutex);
            const auto isDone = [this] { return m_running == 0; };
            if (!m_changed.wait_until(lock, deadlineIn(m_step.limit), isDone)) {
                m_isLate = true;
                lock.unlock();
                m_ours.request_stop();
                lock.lock();
                m_changed.wait(lock, isDone);
            }
        }
        threads.clear();
        std::vector<std::pair<std::size_t, Error>> failed;
        for (std::size_t t = 0; t < m_errors.size(); ++t)
            if (m_errors[t])
                failed.emplace_back(t, *m_errors[t]);
        return failed;
    }

private:
    void runTask(std::size_t t)
    {
        const Task& task = m_step.tasks[t];
        m_steps.running(task.device, m_step.id);
        const TaskContext context{m_ours.get_token(), m_steps, task.device, m_step.id};
        const auto done = guarded("this step", [&] { return task.run(context); });
        std::unique_lock lock(m_mutex);
        if (done) {
            m_steps.done(task.device, m_step.id,
                         task.undo ? WhenUndone::TakenBack : WhenUndone::Stays, *done);
        } else {
            m_errors[t] = verdict(done.error());
            // Who was stopped is no cause; Steps::undone() tells it so.
            if (m_errors[t]->code != ErrorCode::Cancelled)
                m_steps.failed(task.device, m_step.id, *m_errors[t]);
        }
        --m_running;
        lock.unlock();
        m_changed.notify_all();
        if (!done && m_step.onFailure == OnFailure::StopOthers)
            m_ours.request_stop();
    }

    /// Stopped because it was late: that is the cause, and its limit.
    Error verdict(const Error& error) const
    {
        if (error.code != ErrorCode::Cancelled || !m_isLate || m_stop.stop_requested())
            return error;
        return {ErrorCode::Timeout,
                fmt::format("not done within {}", formatDuration(m_step.limit))};
    }

    const RecipeStep& m_step;
    std::stop_token m_stop;
    Steps& m_steps;
    std::stop_source m_ours;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::size_t m_running = 0;
    bool m_isLate = false;
    std::vector<std::optional<Error>> m_errors;
};

void undoStep(const RecipeStep& step, Seconds limit)
{
    std::stop_source late;
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t running = 0;
    std::vector<std::jthread> threads;
    std::unique_lock lock(mutex);
    for (const Task& task : step.tasks) {
        if (!task.undo)
            continue;
        ++running;
        threads.emplace_back([&late, &mutex, &changed, &running, &task] {
            // What one cannot take back, the others still do; there is nobody to tell.
            static_cast<void>(guarded("undoing", [&] { task.undo(late.get_token()); }));
            const std::lock_guard inner(mutex);
            --running;
            changed.notify_all();
        });
    }
    const auto isDone = [&running] { return running == 0; };
    if (!changed.wait_until(lock, deadlineIn(limit), isDone)) {
        late.request_stop();
        changed.wait(lock, isDone);
    }
    lock.unlock();
}

Error combined(const RecipeStep& step, const std::vector<std::pair<std::size_t, Error>>& failed,
               const std::stop_token& stop)
{
    std::optional<Error> whole;
    for (const auto& [t, error] : failed) {
        if (error.code == ErrorCode::Cancelled)
            continue;
        const std::string text = titleOf(step.tasks[t], step) + ": " + error.message;
        if (whole)
            whole->message += "; " + text;
        else
            whole = Error{error.code, text};
    }
    if (!whole || stop.stop_requested())
        return {ErrorCode::Cancelled,
                fmt::format("interrupted at the step \"{}\"", deploy::nameOf(step.id))};
    return *whole;
}

} // namespace

Result<void> runRecipe(const std::vector<RecipeStep>& recipe, const RecipeOptions& options,
                       std::stop_token stop, Steps& steps)
{
    for (const RecipeStep& step : recipe)
        for (const Task& task : step.tasks)
            steps.waiting(task.device, step.id);
    for (std::size_t s = 0; s < recipe.size(); ++s) {
        const bool isStopped = stop.stop_requested();
        std::vector<std::pair<std::size_t, Error>> failed;
        if (!isStopped)
            failed = Parallel(recipe[s], stop, steps).run();
        if (!isStopped && failed.empty())
            continue;
        const Error error = combined(recipe[s], failed, stop);
        for (std::size_t begun = isStopped ? s : s + 1; begun-- > 0;)
            undoStep(recipe[begun], options.undoLimit);
        steps.undone(error);
        return tl::unexpected(error);
    }
    return {};
}

} // namespace millrace::deploy
