// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Ids.h"
#include "cluster/Cluster.h"
#include "plan/Plan.h"
#include "plan/Problem.h"
#include "runtime/GatewayClient.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace millrace::deploy
{

/// A process, not just its number, which may be used again.
struct ProcessId {
    std::int64_t pid = 0;
    std::uint64_t startTicks = 0; ///< since the boot, from /proc/PID/stat
    bool operator==(const ProcessId&) const = default;
};

/// Takes requests and gives answers.
struct GatewayRole {
    bool operator==(const GatewayRole&) const = default;
};
/// Measures links to the others; of no plan.
struct ProbeRole {
    bool operator==(const ProbeRole&) const = default;
};
/// What a node is of its release's plan.
using NodeRole = std::variant<GatewayRole, StageRef, ProbeRole>;

/// One process of a release.
struct ReleaseNode {
    std::string name; ///< "stage-1", ..., "gateway": its folder, and what messages call it
    std::string device;
    runtime::Endpoint endpoint;
    ProcessId process;                 ///< on its device; what watches over it where something does
    std::filesystem::path folder = {}; ///< on its device; empty: in the release's own folder
    NodeRole role = GatewayRole{};
    bool operator==(const ReleaseNode&) const = default;
};

enum class ReleaseKind {
    Local, ///< processes of this machine that emulate the cluster
    Ssh,   ///< on the cluster's devices; the gateway, too, or here when its device has no address
};
/// A release over SSH that a later one has replaced keeps its files, to go back to.
enum class Standing { Current, Replaced };

/// A deployed plan: everything that watching, asking and undeploying need; a value. On disk it is
/// `release.json` in the release's folder (0700), format "millrace-release/1", beside the client's
/// certificate and key and, of a local release, the nodes' folders (runner, config, model, log).
struct Release {
    std::string id; ///< "resnet50-20261124-221530-3f9a", also the folder's name
    ReleaseKind kind = ReleaseKind::Local;
    Standing standing = Standing::Current;
    std::filesystem::path folder;
    double createdAt = 0; ///< Unix seconds
    std::filesystem::path modelPath;
    std::string modelSha256;
    std::map<std::string, std::int64_t> dims;
    cluster::Cluster cluster;
    plan::Problem problem; ///< with `plan`: predicted times and memory of every stage and hop
    plan::Plan plan;
    double dilation = 1; ///< emulated times are longer by this factor; figures have it divided out
    std::string dilationReason;     ///< empty: 1
    std::string gatewayFingerprint; ///< of its certificate, by which clients know it
    std::filesystem::path runner;   ///< millrace-stage, as its nodes were started
    std::vector<ReleaseNode> nodes; ///< the plan's stages in its order, then the gateway
    /// The process that is deploying it, or that it was made for (a demo). Without that process it
    /// is abandoned: not listed, and removed by the next deployment.
    std::optional<ProcessId> owner;
    bool operator==(const Release&) const = default;
};

/// "stage-2" of the first pipeline, "pipeline-2-stage-1" of others; "gateway".
[[nodiscard]] std::string nodeName(const StageRef& stage);
[[nodiscard]] std::string nodeName(const GatewayRole& gateway);
/// As the runner and the helper script take it: "gateway", "probe", and nothing for a stage.
[[nodiscard]] std::string_view roleName(const NodeRole& role);
/// Null where the release has none.
[[nodiscard]] const ReleaseNode* gatewayOf(const Release& release);
[[nodiscard]] const ReleaseNode* nodeOf(const Release& release, const StageRef& stage);
/// What is planned for the node; null for one that is no stage.
[[nodiscard]] const plan::Stage* plannedStage(const plan::Plan& plan, const ReleaseNode& node);

/// Where a node's files are, on its device: config, key, model and log.
[[nodiscard]] std::filesystem::path nodeFolder(const Release& release, const ReleaseNode& node);

[[nodiscard]] std::string writeRelease(const Release& release);
[[nodiscard]] Result<Release> parseRelease(std::string_view text, const std::string& source);

/// Whether the node's very process is alive; only for nodes of this machine.
[[nodiscard]] bool isAlive(const ReleaseNode& node);
[[nodiscard]] bool isAlive(const ProcessId& process);
/// For StatusClient and RequestClient: reads the client's key from the release's folder.
[[nodiscard]] Result<runtime::GatewayAddress> gatewayAddress(const Release& release);

} // namespace millrace::deploy
