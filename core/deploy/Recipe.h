// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Steps.h"

#include <functional>
#include <stop_token>

namespace millrace::deploy
{

/// What a task knows of its surroundings. Its stop token also stops at the step's time limit, and
/// when another task has failed.
class TaskContext
{
public:
    TaskContext(std::stop_token stop, Steps& steps, std::string device, StepId step)
        : m_stop(std::move(stop)), m_steps(steps), m_device(std::move(device)), m_step(step)
    {
    }
    [[nodiscard]] const std::stop_token& stop() const { return m_stop; }
    /// In [0, 1]; negative: unknown.
    void progress(double fraction) const { m_steps.running(m_device, m_step, fraction); }
    /// The same of an upload.
    void progress(Bytes sent, Bytes toSend) const
    {
        m_steps.sending(m_device, m_step, sent, toSend);
    }
    [[nodiscard]] Steps& steps() const { return m_steps; }

private:
    std::stop_token m_stop;
    Steps& m_steps;
    std::string m_device;
    StepId m_step;
};

/// One cell of the grid devices x steps.
struct Task {
    std::string device; ///< empty: for the whole release
    /// Gives a line of detail ("48 MiB"). Runs on a thread of its own beside the step's others.
    std::function<Result<std::string>(const TaskContext&)> run;
    /// Takes back whatever run() has done, also half of it; empty where that leaves nothing to take
    /// back. Cannot fail: what cannot be taken back now is for the next deployment to clean up.
    std::function<void(std::stop_token)> undo = {};
};

/// Whether a failed task ends the others of its step, or they go on to find what else is wrong.
enum class OnFailure { StopOthers, LetOthersFinish };

struct RecipeStep {
    StepId id = StepId::Reach;
    Seconds limit = kNever; ///< of each task
    OnFailure onFailure = OnFailure::StopOthers;
    std::vector<Task> tasks;
    /// Begins only when all tasks of the step before are done.
};

struct RecipeOptions {
    Seconds undoLimit{30}; ///< of each task's undo
};

/// Runs step after step, the tasks of each in parallel. All cells are announced as waiting first.
/// When a task fails, is stopped or reaches its limit, the recipe ends: every task that had begun
/// is undone, the last step first, in parallel within a step. The error names each failed device
/// and its step; Timeout names the limit; Cancelled when `stop` was the cause.
[[nodiscard]] Result<void> runRecipe(const std::vector<RecipeStep>& recipe,
                                     const RecipeOptions& options, std::stop_token stop,
                                     Steps& steps);

} // namespace millrace::deploy
