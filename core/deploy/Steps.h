// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "base/Progress.h"
#include "base/Units.h"

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::deploy
{

/// What recipes are made of; the columns of the grid devices x steps.
enum class StepId {
    Measure, ///< layer times before a plan, or links
    Plan,    ///< of who deploys, before the recipe
    Reach,
    Check,
    Lock,
    Split,
    Keys,
    Upload,
    Start,
    WarmUp,
    Health,
    Switch,
    Stop,
    Remove
};
/// "warm up": for messages, and as a key that does not change.
[[nodiscard]] std::string_view nameOf(StepId step);

/// One cell of the grid, as it changes.
enum class StepState { Waiting, Running, Done, Failed, Cancelled, Undone };
struct StepUpdate {
    std::string device; ///< empty: a step for the whole release
    StepId step = StepId::Reach;
    StepState state = StepState::Running;
    double fraction = -1;         ///< negative: unknown
    std::string detail;           ///< one line; for Failed the cause
    Bytes sent = {}, toSend = {}; ///< of an upload that runs; both 0: nothing is sent
};
/// Called from one thread at a time, not always the same; must be quick and must not throw.
class StepSink
{
public:
    virtual ~StepSink() = default;
    virtual void step(const StepUpdate& update) = 0;
};

enum class RecipeKind { Deploy, BringBack, Undeploy, Probe };
struct StepOutline {
    StepId id = StepId::Reach;
    bool perDevice = true; ///< a cell for every device; else one for the whole
    bool operator==(const StepOutline&) const = default;
};
/// The grid that a recipe of this kind fills, in the order of its steps.
[[nodiscard]] std::vector<StepOutline> recipeOutline(RecipeKind kind);

/// What becomes of a done step when a later one fails. One that only looked stays done.
enum class WhenUndone { Stays, TakenBack };

/// Remembers what it tells, so that a failure can be told to every step that it undoes.
/// Thread-safe: the sink hears one update at a time.
class Steps
{
public:
    explicit Steps(StepSink& sink) : m_sink(sink) {}
    /// To come: a cell of the grid is known before its work begins.
    void waiting(const std::string& device, StepId step);
    void running(const std::string& device, StepId step, double fraction = -1);
    void sending(const std::string& device, StepId step, Bytes sent, Bytes toSend);
    void done(const std::string& device, StepId step, WhenUndone whenUndone,
              const std::string& detail = {});
    /// This step is the cause of what undone() will be told.
    void failed(const std::string& device, StepId step, const Error& error);
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
    StepProgress(Steps& steps, std::string device, StepId step)
        : m_steps(steps), m_device(std::move(device)), m_step(step)
    {
    }
    void progress(std::string_view, double fraction) override
    {
        m_steps.running(m_device, m_step, fraction);
    }

private:
    Steps& m_steps;
    std::string m_device;
    StepId m_step;
};

} // namespace millrace::deploy
