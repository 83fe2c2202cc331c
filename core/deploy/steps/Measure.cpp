// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/steps/AllSteps.h"

namespace millrace::deploy
{

RecipeStep steps::measure(Rollout& rollout,
                          std::function<Result<std::string>(DeviceHosts&, const TaskContext&)> work)
{
    RecipeStep step{StepId::Measure, kNever, OnFailure::StopOthers, {}};
    step.tasks = {{"", [&rollout, work = std::move(work)](const TaskContext& context) {
                       return work(rollout.hosts, context);
                   }}};
    return step;
}

} // namespace millrace::deploy
