// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Steps.h"

namespace millrace::test
{

/// For whom it is only the outcome that counts.
class QuietSteps final : public deploy::StepSink
{
public:
    void step(const deploy::StepUpdate&) override {}
};

} // namespace millrace::test
