// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/Release.h"

#include "base/File.h"

#include <algorithm>

namespace millrace::deploy
{
namespace
{

const ReleaseNode* find(const Release& release, const NodeRole& role)
{
    const auto found = std::find_if(release.nodes.begin(), release.nodes.end(),
                                    [&role](const ReleaseNode& node) { return node.role == role; });
    return found == release.nodes.end() ? nullptr : &*found;
}

} // namespace

std::string nodeName(const StageRef& stage)
{
    const std::string name = fmt::format("stage-{}", stage.stage + 1);
    return stage.pipeline.value == 0
               ? name
               : fmt::format("pipeline-{}-{}", stage.pipeline.value + 1, name);
}

std::string nodeName(const GatewayRole&)
{
    return "gateway";
}

std::string_view roleName(const NodeRole& role)
{
    if (std::holds_alternative<GatewayRole>(role))
        return "gateway";
    return std::holds_alternative<ProbeRole>(role) ? "probe" : "";
}

const ReleaseNode* gatewayOf(const Release& release)
{
    return find(release, GatewayRole{});
}

const ReleaseNode* nodeOf(const Release& release, const StageRef& stage)
{
    return find(release, stage);
}

const plan::Stage* plannedStage(const plan::Plan& plan, const ReleaseNode& node)
{
    const auto* stage = std::get_if<StageRef>(&node.role);
    return stage == nullptr ? nullptr : &plan.stage(*stage);
}

std::filesystem::path nodeFolder(const Release& release, const ReleaseNode& node)
{
    return node.folder.empty() ? release.folder / node.name : node.folder;
}

Result<runtime::GatewayAddress> gatewayAddress(const Release& release)
{
    const ReleaseNode* gateway = gatewayOf(release);
    if (gateway == nullptr)
        return fail(ErrorCode::InvalidArgument, "release {} has no gateway", release.id);
    auto certificate = readFile(release.folder / "client.crt");
    auto key = readFile(release.folder / "client.key");
    if (!certificate || !key)
        return inContext("release " + release.id, certificate ? key.error() : certificate.error());
    return runtime::GatewayAddress{release.id, gateway->endpoint, release.gatewayFingerprint,
                                   std::move(*certificate), std::move(*key)};
}

} // namespace millrace::deploy
