// SPDX-License-Identifier: GPL-3.0-or-later
/// The steps that recipes are made of, each with what takes it back. They refer to the rollout,
/// which outlives them. recipeOutline() says which recipe has which.
#pragma once

#include "deploy/steps/Rollout.h"

namespace millrace::deploy::steps
{

/// Connects to every device.
[[nodiscard]] RecipeStep reach(Rollout& rollout);
/// Facts, whether they suffice, and ports. All devices are heard.
[[nodiscard]] RecipeStep check(Rollout& rollout, const std::filesystem::path& runner);
/// The devices are this deployment's until it ends; removes what killed ones left.
[[nodiscard]] RecipeStep lock(Rollout& rollout);
/// The release's folder here, its stages' models, keys and configs.
[[nodiscard]] RecipeStep split(Rollout& rollout, const onnx::Model& model,
                               const Emulation& emulation);
/// In the place of split() where nodes only measure links.
[[nodiscard]] RecipeStep keys(Rollout& rollout);
/// What devices lack.
[[nodiscard]] RecipeStep upload(Rollout& rollout);
/// What does not run. Taken back: exactly what it has begun.
[[nodiscard]] RecipeStep start(Rollout& rollout);
/// Until the gateway says that every stage serves; StepId::WarmUp for each device, too.
[[nodiscard]] RecipeStep health(Rollout& rollout);
/// What `work` does with the hosts.
[[nodiscard]] RecipeStep
measure(Rollout& rollout,
        std::function<Result<std::string>(DeviceHosts&, const TaskContext&)> work);
/// This release is the current one; stops those that it replaces, and removes all but the last of
/// them. `owner`: the process that the release goes with, where it does not stay.
[[nodiscard]] RecipeStep replace(Rollout& rollout, const std::optional<ProcessId>& owner = {});
/// Its gateway is asked to end when what is under way is answered.
[[nodiscard]] RecipeStep stop(Rollout& rollout);
/// No process and no file of it is left on its devices.
[[nodiscard]] RecipeStep remove(Rollout& rollout);

} // namespace millrace::deploy::steps
