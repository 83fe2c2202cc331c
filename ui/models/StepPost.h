// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Steps.h"
#include "ui/jobs/JobRunner.h"

namespace millrace::ui
{

/// Hands the steps of a job to the GUI thread, whichever thread takes them. Made on the job's own.
class StepPost final : public deploy::StepSink
{
public:
    using Hear = std::function<void(const deploy::StepUpdate&)>;
    StepPost(JobRunner& job, Hear hear) : m_post(job.poster()), m_hear(std::move(hear)) {}
    void step(const deploy::StepUpdate& update) override
    {
        m_post([hear = m_hear, update] { hear(update); });
    }

private:
    JobRunner::Post m_post;
    Hear m_hear;
};

} // namespace millrace::ui
