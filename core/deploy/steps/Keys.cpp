// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/steps/AllSteps.h"
#include "runtime/Probe.h"

namespace millrace::deploy
{
namespace
{

/// Every node knows all others; none has a model.
Result<std::string> makeProbes(Rollout& rollout)
{
    const Release& release = rollout.release;
    if (const auto ok = rollout.assignEndpoints(); !ok)
        return tl::unexpected(ok.error());
    auto payloads = makePayloads(release, {}, {}, rollout.runners);
    if (!payloads)
        return tl::unexpected(payloads.error());
    rollout.payloads = std::move(*payloads);
    std::vector<runtime::ProbePeer> all;
    for (std::size_t n = 0; n < release.nodes.size(); ++n) {
        const ReleaseNode& node = release.nodes[n];
        auto identity = runtime::makeIdentity(node.name);
        if (!identity)
            return tl::unexpected(identity.error());
        all.push_back({{node.name, identity->fingerprint}, node.endpoint});
        rollout.payloads[n].identity = std::move(*identity);
    }
    for (std::size_t n = 0; n < all.size(); ++n) {
        runtime::ProbeConfig config;
        config.name = release.nodes[n].name;
        config.listen = {listenAddress(all[n].endpoint.address), all[n].endpoint.port};
        config.peers = all;
        config.peers.erase(config.peers.begin() + static_cast<std::ptrdiff_t>(n));
        rollout.payloads[n].config = runtime::writeProbeConfig(config);
    }
    return "";
}

} // namespace

RecipeStep steps::keys(Rollout& rollout)
{
    RecipeStep step{StepId::Keys, kNever, OnFailure::StopOthers, {}};
    step.tasks = {{"", [&rollout](const TaskContext&) { return makeProbes(rollout); }}};
    return step;
}

} // namespace millrace::deploy
