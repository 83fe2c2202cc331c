// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/Steps.h"

#include <algorithm>

namespace millrace::deploy
{

void Steps::waiting(const std::string& device, const std::string& step)
{
    tell({device, step, StepState::Waiting, -1, {}});
}

void Steps::running(const std::string& device, const std::string& step, double fraction)
{
    tell({device, step, StepState::Running, fraction, {}});
}

void Steps::sending(const std::string& device, const std::string& step, Bytes sent, Bytes toSend)
{
    const double fraction = static_cast<double>(sent.value) /
                            static_cast<double>(std::max<std::int64_t>(1, toSend.value));
    tell({device, step, StepState::Running, std::min(1.0, fraction), {}, sent, toSend});
}

void Steps::done(const std::string& device, const std::string& step, WhenUndone whenUndone,
                 const std::string& detail)
{
    tell({device, step, StepState::Done, 1, detail}, whenUndone);
}

void Steps::failed(const std::string& device, const std::string& step, const Error& error)
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
