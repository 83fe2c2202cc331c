// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Progress.h"
#include "deploy/Steps.h"

namespace millrace::ctl
{

/// Steps as progress.
class ConsoleSteps final : public deploy::StepSink
{
public:
    explicit ConsoleSteps(ProgressSink& progress) : m_progress(progress) {}
    void step(const deploy::StepUpdate& update) override;

private:
    ProgressSink& m_progress;
};

} // namespace millrace::ctl
