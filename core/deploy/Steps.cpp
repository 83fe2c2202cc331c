// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/Steps.h"

#include <algorithm>

namespace millrace::deploy
{

void Steps::running(const std::string& device, const std::string& step, double fraction)
{
    tell({device, step, StepState::Running, fraction, {}});
}

void Steps::done(const std::string& device, const std::string& step, const std::string& detail)
{
    tell({device, step, StepState::Done, 1, detail});
}

void Steps::failed(const std::string& device, const std::string& step, const Error& error)
{
    tell({device, step, StepState::Failed, -1, error.message});
}

void Steps::undone(const Error& error)
{
    const bool isKnown = std::any_of(m_last.begin(), m_last.end(), [](const StepUpdate& update) {
        return update.state == StepState::Failed;
    });
    const bool isCause = !isKnown && error.code != ErrorCode::Cancelled;
    const std::vector<StepUpdate> last = m_last;
    for (StepUpdate update : last) {
        update.fraction = -1;
        update.detail.clear();
        if (update.state == StepState::Running && isCause) {
            update.state = StepState::Failed;
            update.detail = error.message;
        } else if (update.state == StepState::Running) {
            update.state = StepState::Cancelled;
        } else if (update.state == StepState::Done) {
            update.state = StepState::Undone;
        } else {
            continue;
        }
        tell(std::move(update));
    }
}

void Steps::tell(StepUpdate update)
{
    const auto known = std::find_if(m_last.begin(), m_last.end(), [&](const StepUpdate& other) {
        return other.device == update.device && other.step == update.step;
    });
    if (known == m_last.end())
        m_last.push_back(update);
    else
        *known = update;
    m_sink.step(update);
}

} // namespace millrace::deploy
