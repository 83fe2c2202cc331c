// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Progress.h"
#include "deploy/LocalRelease.h"

#include <mutex>

namespace millrace::deploy
{

/// What becomes of a done step when a later one fails. One that only looked stays done.
enum class WhenUndone { Stays, TakenBack };

/// Remembers what it tells, so that a failure can be told to every step that it undoes.
/// Thread-safe: the sink hears one update at a time.
class Steps
{
public:
    explicit Steps(StepSink& sink) : m_sink(sink) {}
    /// To come: a cell of the grid is known before its work begins.
    void waiting(const std::string& device, const std::string& step);
    void running(const std::string& device, const std::string& step, double fraction = -1);
    void sending(const std::string& device, const std::string& step, Bytes sent, Bytes toSend);
    void done(const std::string& device, const std::string& step, WhenUndone whenUndone,
              const std::string& detail = {});
    /// This step is the cause of what undone() will be told.
    void failed(const std::string& device, const std::string& step, const Error& error);
    /// Of the done steps those that are taken back are undone, and the running ones are given up;
    /// they are the cause where failed() named none.
    void undone(const Error& error);

private:
    struct Told {
        StepUpdate update;
        WhenUndone whenUndone = WhenUndone::TakenBack;
    };
    void tell(StepUpdate update, WhenUndone whenUndone = WhenUndone::TakenBack);
    StepSink& m_sink;
    std::mutex m_mutex;
    std::vector<Told> m_last; ///< of each step, in the order of their begin
};

/// Progress of work that is one step.
class StepProgress final : public ProgressSink
{
public:
    StepProgress(Steps& steps, std::string device, std::string step)
        : m_steps(steps), m_device(std::move(device)), m_step(std::move(step))
    {
    }
    void progress(std::string_view, double fraction) override
    {
        m_steps.running(m_device, m_step, fraction);
    }

private:
    Steps& m_steps;
    std::string m_device, m_step;
};

} // namespace millrace::deploy
