// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/steps/AllSteps.h"

namespace millrace::deploy
{

RecipeStep steps::reach(Rollout& rollout)
{
    RecipeStep step{StepId::Reach, kNever, OnFailure::LetOthersFinish, {}};
    step.tasks =
        rollout.perDevice([](DeviceHost& host, const TaskContext& context) -> Result<std::string> {
            if (const auto ok = host.connect(context.stop()); !ok)
                return tl::unexpected(ok.error());
            return host.device().address.value_or("this computer");
        });
    return step;
}

} // namespace millrace::deploy
