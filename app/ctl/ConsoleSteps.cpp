// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/ConsoleSteps.h"

namespace millrace::ctl
{

void ConsoleSteps::step(const deploy::StepUpdate& update)
{
    if (update.state != deploy::StepState::Running)
        return;
    const std::string_view step = deploy::nameOf(update.step);
    m_progress.progress(update.device.empty() ? std::string(step)
                                              : fmt::format("{}: {}", update.device, step),
                        update.fraction);
}

} // namespace millrace::ctl
