// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/NodeConfigs.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace millrace::deploy
{
namespace
{

constexpr int kSpareRequests = 4;

runtime::PortInfo portInfo(const onnx::Port& port)
{
    return {port.name, port.dtype, port.shape};
}

std::vector<runtime::PortInfo> portInfos(const std::vector<onnx::Port>& ports)
{
    std::vector<runtime::PortInfo> infos;
    for (const onnx::Port& port : ports)
        infos.push_back(portInfo(port));
    return infos;
}

/// What arrives at stage `k`: what it reads, and what it only passes on.
std::vector<runtime::PortInfo> arriving(const onnx::Manifest& manifest, std::size_t k)
{
    std::vector<runtime::PortInfo> ports = portInfos(manifest.stages[k].inputs);
    const auto add = [&ports](const std::vector<onnx::Port>& from, const std::string& name) {
        const auto found = std::find_if(from.begin(), from.end(),
                                        [&](const onnx::Port& port) { return port.name == name; });
        if (found != from.end())
            ports.push_back(portInfo(*found));
        return found != from.end();
    };
    for (const std::string& name : manifest.stages[k].relayed) {
        if (std::any_of(ports.begin(), ports.end(),
                        [&](const runtime::PortInfo& port) { return port.name == name; }))
            continue;
        bool isKnown = add(manifest.inputs, name);
        for (std::size_t before = 0; before < k && !isKnown; ++before)
            isKnown = add(manifest.stages[before].outputs, name);
    }
    return ports;
}

class Maker
{
public:
    Maker(const Release& release, const Emulation& emulation, const onnx::Manifest& manifest,
          const Fingerprints& fingerprints)
        : m_release(release), m_emulation(emulation), m_manifest(manifest),
          m_fingerprints(fingerprints)
    {
    }

    [[nodiscard]] NodeConfigs make() const
    {
        NodeConfigs configs;
        for (const auto& [at, stage] : m_release.plan.stages())
            configs.stages.emplace(at, this->stage(at));
        configs.gateway = gateway();
        return configs;
    }

private:
    /// A node of the release and what goes with it in the lists that are in its nodes' order.
    struct Node {
        const ReleaseNode& node;
        std::size_t index;
    };
    [[nodiscard]] Node find(const ReleaseNode* node) const
    {
        return {*node, static_cast<std::size_t>(node - m_release.nodes.data())};
    }
    [[nodiscard]] Node find(const StageRef& stage) const { return find(nodeOf(m_release, stage)); }
    [[nodiscard]] Node gatewayNode() const { return find(gatewayOf(m_release)); }

    [[nodiscard]] runtime::Peer peer(const Node& node) const
    {
        return {node.node.name, m_fingerprints.nodes[node.index]};
    }

    [[nodiscard]] runtime::NodeConfig nodeConfig(const Node& node, const plan::Hop& sends,
                                                 const plan::Hop& receives) const
    {
        runtime::NodeConfig config;
        config.release = m_release.id;
        config.name = node.node.name;
        config.listen = node.node.endpoint;
        config.listen.address = listenAddress(config.listen.address);
        config.dilation = m_emulation.dilation;
        config.tolerance = m_emulation.tolerance;
        config.pace = pace(sends);
        config.arrivingPace = pace(receives);
        if (isEmulated(receives))
            config.delay = m_release.problem.delay.at(*receives.from, *receives.to);
        return config;
    }
    [[nodiscard]] std::optional<runtime::PaceConfig> pace(const plan::Hop& hop) const
    {
        if (!isEmulated(hop))
            return std::nullopt;
        const plan::Problem& problem = m_release.problem;
        return runtime::PaceConfig{problem.bandwidth.at(*hop.from, *hop.to),
                                   problem.occupancy.at(*hop.from, *hop.to)};
    }
    /// Real devices have real links.
    [[nodiscard]] bool isEmulated(const plan::Hop& hop) const
    {
        return m_release.kind == ReleaseKind::Local && hop.from && hop.to && *hop.from != *hop.to;
    }

    [[nodiscard]] runtime::StageConfig stage(const StageRef& at) const
    {
        const plan::Pipeline& pipeline = m_release.plan.pipelines[at.pipeline.index()];
        const auto k = static_cast<std::size_t>(at.stage);
        const Node self = find(at);
        const onnx::StageFile& file = m_manifest.stages[k];
        runtime::StageConfig config;
        config.node = nodeConfig(self, pipeline.hops[k + 1], pipeline.hops[k]);
        config.stage = at;
        config.device = self.node.device;
        config.modelFile = file.file;
        config.inputs = portInfos(file.inputs);
        config.outputs = portInfos(file.outputs);
        config.relayed = file.relayed;
        config.arriving = arriving(m_manifest, k);
        config.computeFactor = m_emulation.computeFactor.at(at);
        config.gateway = peer(gatewayNode());
        config.previous = k == 0 ? config.gateway : peer(find({at.pipeline, at.stage - 1}));
        if (k + 1 < pipeline.stages.size()) {
            const Node next = find({at.pipeline, at.stage + 1});
            config.next = peer(next);
            config.nextEndpoint = next.node.endpoint;
        }
        return config;
    }

    [[nodiscard]] runtime::GatewayConfig gateway() const
    {
        const Node self = gatewayNode();
        const plan::Pipeline& first = m_release.plan.pipelines.front();
        runtime::GatewayConfig config;
        config.node = nodeConfig(self, first.hops.front(), first.hops.back());
        config.device = self.node.device;
        config.inputs = portInfos(m_manifest.inputs);
        config.outputs = portInfos(m_manifest.outputs);
        config.pipelines.resize(m_release.plan.pipelines.size());
        for (const auto& [at, stage] : m_release.plan.stages()) {
            const Node node = find(at);
            config.pipelines[at.pipeline.index()].stages.push_back(
                {peer(node), node.node.endpoint, node.node.device});
        }
        config.clients = {{"client", m_fingerprints.client}};
        // One for each stage and hop keeps all of them busy; more would only wait longer.
        config.maxInFlight = 2 * static_cast<int>(m_release.plan.stageCount()) + kSpareRequests;
        return config;
    }

    const Release& m_release;
    const Emulation& m_emulation;
    const onnx::Manifest& m_manifest;
    const Fingerprints& m_fingerprints;
};

} // namespace

std::string listenAddress(const std::string& address)
{
    std::array<unsigned char, sizeof(::in6_addr)> parsed{};
    const bool isNumeric = ::inet_pton(AF_INET, address.c_str(), parsed.data()) == 1 ||
                           ::inet_pton(AF_INET6, address.c_str(), parsed.data()) == 1;
    return isNumeric ? address : "0.0.0.0";
}

NodeConfigs nodeConfigs(const Release& release, const Emulation& emulation,
                        const onnx::Manifest& manifest, const Fingerprints& fingerprints)
{
    return Maker(release, emulation, manifest, fingerprints).make();
}

} // namespace millrace::deploy
