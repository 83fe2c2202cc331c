// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "deploy/ReleaseFolder.h"
#include "deploy/ReleaseParts.h"
#include "deploy/steps/AllSteps.h"

namespace millrace::deploy
{
namespace
{

Result<std::string> prepare(Rollout& rollout, const onnx::Model& model, const Emulation& emulation,
                            const TaskContext& context)
{
    Release& release = rollout.release;
    if (const auto ok = rollout.assignEndpoints(); !ok)
        return tl::unexpected(ok.error());
    if (const auto ok = makeFolder(release); !ok)
        return tl::unexpected(ok.error());
    const auto folder = release.folder / "split";
    StepProgress progress(context.steps(), "", StepId::Split);
    const auto manifest = splitStages(model, release.plan, folder, context.stop(), progress);
    if (!manifest)
        return tl::unexpected(manifest.error());
    if (const auto ok =
            writeFileAtomically(release.folder / "manifest.json", onnx::writeManifest(*manifest));
        !ok)
        return tl::unexpected(ok.error());
    auto payloads = makePayloads(release, *manifest, folder, rollout.runners);
    if (!payloads)
        return tl::unexpected(payloads.error());
    rollout.payloads = std::move(*payloads);
    if (const auto ok = addConfigs(release, emulation, *manifest, rollout.payloads); !ok)
        return tl::unexpected(ok.error());
    return fmt::format("{} stages", manifest->stages.size());
}

} // namespace

RecipeStep steps::split(Rollout& rollout, const onnx::Model& model, const Emulation& emulation)
{
    RecipeStep step{StepId::Split, kNever, OnFailure::StopOthers, {}};
    step.tasks = {{"",
                   [&rollout, model, emulation](const TaskContext& context) {
                       return prepare(rollout, model, emulation, context);
                   },
                   [&rollout](const std::stop_token&) {
                       static_cast<void>(removeFolder(rollout.release.folder));
                   }}};
    return step;
}

} // namespace millrace::deploy
