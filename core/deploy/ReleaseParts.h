// SPDX-License-Identifier: GPL-3.0-or-later
/// What every kind of release is made of.
#pragma once

#include "deploy/Release.h"
#include "onnx/Model.h"

#include <stop_token>

namespace millrace::deploy
{

/// InvalidArgument when the plan has no stages or is of another model.
[[nodiscard]] Result<void> checkPlan(const onnx::Model& model, const plan::Plan& plan);
/// What a stage does and how it is emulated; not how the planner came to it.
[[nodiscard]] bool isSamePlan(const plan::Plan& a, const plan::Plan& b);
/// Whether a release is this model by this plan on this cluster.
[[nodiscard]] bool isOf(const Release& release, const onnx::Model& model,
                        const cluster::Cluster& cluster, const plan::Plan& plan);

/// What the plan's stages and the gateway are called and where they run; no endpoints yet.
[[nodiscard]] std::vector<ReleaseNode> makeNodes(const cluster::Cluster& cluster,
                                                 const plan::Plan& plan);
/// A new one with a name and a folder of its own, made now; nothing is written yet.
[[nodiscard]] Release makeRelease(ReleaseKind kind, const onnx::Model& model,
                                  const cluster::Cluster& cluster, const plan::Problem& problem,
                                  const plan::Plan& plan);
/// Weights that a stage's model holds, as the problem knows them.
[[nodiscard]] Bytes stageWeights(const plan::Problem& problem, const plan::Stage& stage);

/// The plan's stages as ONNX models with a manifest.
[[nodiscard]] Result<onnx::Manifest> splitStages(const onnx::Model& model, const plan::Plan& plan,
                                                 const std::filesystem::path& folder,
                                                 std::stop_token stop, ProgressSink& progress);
/// A stage's files in the folder of a split: the model, and its weights where it has any.
[[nodiscard]] std::vector<std::filesystem::path> stageFiles(const std::filesystem::path& folder,
                                                            const onnx::StageFile& stage);

/// Makes a key and certificate, written as `folder`/STEM.key and STEM.crt (0600); the fingerprint.
[[nodiscard]] Result<std::string> writeIdentity(const std::filesystem::path& folder,
                                                const std::string& stem, const std::string& name);

} // namespace millrace::deploy
