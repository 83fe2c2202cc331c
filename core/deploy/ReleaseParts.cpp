// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/ReleaseParts.h"

#include "base/File.h"
#include "deploy/ReleaseFolder.h"
#include "deploy/ReleaseIndex.h"
#include "deploy/UnixTime.h"
#include "runtime/Identity.h"

#include <algorithm>

namespace millrace::deploy
{

Result<void> checkPlan(const onnx::Model& model, const plan::Plan& plan)
{
    if (!plan.hasStages())
        return fail(ErrorCode::InvalidArgument, "the plan has no stages; plan again until it is "
                                                "feasible");
    if (!plan.record.modelSha256.empty() && plan.record.modelSha256 != model.sha256())
        return fail(ErrorCode::InvalidArgument, "the plan is of another model; plan this one");
    return {};
}

bool isSamePlan(const plan::Plan& a, const plan::Plan& b)
{
    const auto sameStage = [](const plan::Stage& x, const plan::Stage& y) {
        return x.device == y.device && x.layers == y.layers && x.compute == y.compute;
    };
    return std::equal(a.pipelines.begin(), a.pipelines.end(), b.pipelines.begin(),
                      b.pipelines.end(), [&](const plan::Pipeline& x, const plan::Pipeline& y) {
                          return x.hops == y.hops &&
                                 std::equal(x.stages.begin(), x.stages.end(), y.stages.begin(),
                                            y.stages.end(), sameStage);
                      });
}

bool isOf(const Release& release, const onnx::Model& model, const cluster::Cluster& cluster,
          const plan::Plan& plan)
{
    return !release.owner && release.modelSha256 == model.sha256() &&
           release.dims == model.dims() && release.cluster == cluster &&
           isSamePlan(release.plan, plan);
}

std::vector<ReleaseNode> makeNodes(const cluster::Cluster& cluster, const plan::Plan& plan)
{
    std::vector<ReleaseNode> nodes;
    const auto add = [&nodes](const auto& role, const std::string& device) {
        nodes.push_back({nodeName(role), device, {}, {}, {}, role});
    };
    for (const auto& [at, stage] : plan.stages())
        add(at, cluster.devices[stage.device.index()].name);
    add(GatewayRole{}, cluster.gateway ? cluster.gateway->device : "gateway");
    return nodes;
}

Release makeRelease(ReleaseKind kind, const onnx::Model& model, const cluster::Cluster& cluster,
                    const plan::Problem& problem, const plan::Plan& plan)
{
    Release release;
    release.kind = kind;
    release.createdAt = unixSeconds();
    release.id = newReleaseId(model.path(), release.createdAt);
    release.folder = stateFolder() / "releases" / release.id;
    release.modelPath = absolutePath(model.path());
    release.modelSha256 = model.sha256();
    release.dims = model.dims();
    release.cluster = cluster;
    release.problem = problem;
    release.plan = plan;
    release.nodes = makeNodes(cluster, plan);
    return release;
}

Bytes stageWeights(const plan::Problem& problem, const plan::Stage& stage)
{
    Bytes bytes;
    for (const LayerId layer : stage.layers)
        bytes += problem.layers[layer.index()].weightBytes;
    for (const plan::SharedWeight& weight : problem.sharedWeights)
        if (std::any_of(weight.layers.begin(), weight.layers.end(), [&](LayerId layer) {
                return std::binary_search(stage.layers.begin(), stage.layers.end(), layer);
            }))
            bytes += weight.bytes;
    return bytes;
}

Result<onnx::Manifest> splitStages(const onnx::Model& model, const plan::Plan& plan,
                                   const std::filesystem::path& folder, std::stop_token stop,
                                   ProgressSink& progress)
{
    std::vector<std::vector<LayerId>> stages;
    for (const auto& [at, stage] : plan.stages())
        stages.push_back(stage.layers);
    return onnx::split(model, stages, folder, std::move(stop), progress);
}

std::vector<std::filesystem::path> stageFiles(const std::filesystem::path& folder,
                                              const onnx::StageFile& stage)
{
    const std::string stem = std::filesystem::path(stage.file).stem().string();
    std::vector<std::filesystem::path> files{folder / stage.file};
    std::error_code error;
    if (const auto weights = folder / (stem + ".weights"); std::filesystem::exists(weights, error))
        files.push_back(weights);
    return files;
}

Result<std::string> writeIdentity(const std::filesystem::path& folder, const std::string& stem,
                                  const std::string& name)
{
    const auto identity = runtime::makeIdentity(name);
    if (!identity)
        return tl::unexpected(identity.error());
    for (const auto& [ending, content] : {std::pair(".crt", &identity->certificatePem),
                                          std::pair(".key", &identity->privateKeyPem)})
        if (const auto ok = writePrivateFile(folder / (stem + ending), *content); !ok)
            return tl::unexpected(ok.error());
    return identity->fingerprint;
}

} // namespace millrace::deploy
