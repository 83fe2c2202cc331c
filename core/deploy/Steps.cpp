// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/Steps.h"

#include <algorithm>

namespace millrace::deploy
{

std::string_view nameOf(StepId step)
{
    switch (step) {
    case StepId::Measure:
        return "measure";
    case StepId::Plan:
        return "plan";
    case StepId::Reach:
        return "reach";
    case StepId::Check:
        return "check";
    case StepId::Lock:
        return "lock";
    case StepId::Split:
        return "split";
    case StepId::Keys:
        return "keys";
    case StepId::Upload:
        return "upload";
    case StepId::Start:
        return "start";
    case StepId::WarmUp:
        return "warm up";
    case StepId::Health:
        return "health";
    case StepId::Switch:
        return "switch";
    case StepId::Stop:
        return "stop";
    case StepId::Remove:
        return "remove";
    }
    return {};
}

std::vector<StepOutline> recipeOutline(RecipeKind kind)
{
    constexpr StepOutline kReach{StepId::Reach, true}, kCheck{StepId::Check, true},
        kLock{StepId::Lock, true}, kUpload{StepId::Upload, true}, kStart{StepId::Start, true},
        kWarmUp{StepId::WarmUp, true}, kHealth{StepId::Health, false},
        kSwitch{StepId::Switch, false};
    switch (kind) {
    case RecipeKind::Deploy:
        return {kReach,  kCheck,  kLock,  {StepId::Split, false}, kUpload, kStart,
                kWarmUp, kHealth, kSwitch};
    case RecipeKind::BringBack:
        return {kReach, kLock, kStart, kWarmUp, kHealth, kSwitch};
    case RecipeKind::Undeploy:
        return {kReach, kLock, {StepId::Stop, false}, {StepId::Remove, true}};
    case RecipeKind::Probe:
        return {kReach,
                kCheck,
                kLock,
                {StepId::Keys, false},
                kUpload,
                kStart,
                {StepId::Measure, false},
                {StepId::Remove, true}};
    }
    return {};
}

void Steps::waiting(const std::string& device, StepId step)
{
    tell({device, step, StepState::Waiting, -1, {}});
}

void Steps::running(const std::string& device, StepId step, double fraction)
{
    tell({device, step, StepState::Running, fraction, {}});
}

void Steps::sending(const std::string& device, StepId step, Bytes sent, Bytes toSend)
{
    const double fraction = static_cast<double>(sent.value) /
                            static_cast<double>(std::max<std::int64_t>(1, toSend.value));
    tell({device, step, StepState::Running, std::min(1.0, fraction), {}, sent, toSend});
}

void Steps::done(const std::string& device, StepId step, WhenUndone whenUndone,
                 const std::string& detail)
{
    tell({device, step, StepState::Done, 1, detail}, whenUndone);
}

void Steps::failed(const std::string& device, StepId step, const Error& error)
{
    tell({device, step, StepState::Failed, -1, error.message});
}

void Steps::undone(const Error& error)
{
    std::vector<Told> last;
    {
        const std::lock_guard lock(m_mutex);
        last = m_last;
    }
    const bool isKnown = std::any_of(last.begin(), last.end(), [](const Told& told) {
        return told.update.state == StepState::Failed;
    });
    const bool isCause = !isKnown && error.code != ErrorCode::Cancelled;
    for (auto& [update, whenUndone] : last) {
        update.fraction = -1;
        update.detail.clear();
        update.sent = update.toSend = {};
        if (update.state == StepState::Running && isCause) {
            update.state = StepState::Failed;
            update.detail = error.message;
        } else if (update.state == StepState::Running) {
            update.state = StepState::Cancelled;
        } else if (update.state == StepState::Done && whenUndone == WhenUndone::TakenBack) {
            update.state = StepState::Undone;
        } else {
            continue;
        }
        tell(std::move(update));
    }
}

void Steps::tell(StepUpdate update, WhenUndone whenUndone)
{
    const std::lock_guard lock(m_mutex);
    const auto known = std::find_if(m_last.begin(), m_last.end(), [&](const Told& told) {
        return told.update.device == update.device && told.update.step == update.step;
    });
    if (known == m_last.end())
        m_last.push_back({update, whenUndone});
    else
        *known = {update, whenUndone};
    m_sink.step(update);
}

} // namespace millrace::deploy
