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
        for (std::size_t k = 0; k + 1 < m_release.nodes.size(); ++k)
            configs.stages.push_back(stage(k));
        configs.gateway = gateway();
        return configs;
    }

private:
    [[nodiscard]] runtime::Peer peer(std::size_t node) const
    {
        return {m_release.nodes[node].name, m_fingerprints.nodes[node]};
    }

    /// The node that sends on hop `sends` and receives from hop `receives`.
    [[nodiscard]] runtime::NodeConfig node(std::size_t index, std::size_t sends,
                                           std::size_t receives) const
    {
        runtime::NodeConfig node;
        node.release = m_release.id;
        node.name = m_release.nodes[index].name;
        node.listen = m_release.nodes[index].endpoint;
        node.listen.address = listenAddress(node.listen.address);
        node.dilation = m_emulation.dilation;
        node.tolerance = m_emulation.tolerance;
        const plan::Problem& problem = m_release.problem;
        node.pace = pace(m_release.plan.hops()[sends].hop);
        node.arrivingPace = pace(m_release.plan.hops()[receives].hop);
        if (const plan::Hop& hop = m_release.plan.hops()[receives].hop; isEmulated(hop))
            node.delay = problem.delay.at(*hop.from, *hop.to);
        return node;
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

    [[nodiscard]] runtime::StageConfig stage(std::size_t k) const
    {
        const std::size_t gateway = m_release.nodes.size() - 1;
        const onnx::StageFile& file = m_manifest.stages[k];
        runtime::StageConfig config;
        config.node = node(k, k + 1, k);
        config.stage = static_cast<int>(k) + 1;
        config.device = m_release.nodes[k].device;
        config.modelFile = file.file;
        config.inputs = portInfos(file.inputs);
        config.outputs = portInfos(file.outputs);
        config.relayed = file.relayed;
        config.arriving = arriving(m_manifest, k);
        config.computeFactor = m_emulation.computeFactor[k];
        config.previous = peer(k == 0 ? gateway : k - 1);
        config.gateway = peer(gateway);
        if (k + 1 < gateway) {
            config.next = peer(k + 1);
            config.nextEndpoint = m_release.nodes[k + 1].endpoint;
        }
        return config;
    }

    [[nodiscard]] runtime::GatewayConfig gateway() const
    {
        const std::size_t last = m_release.nodes.size() - 1;
        runtime::GatewayConfig config;
        config.node = node(last, 0, last);
        config.device = m_release.nodes[last].device;
        config.inputs = portInfos(m_manifest.inputs);
        config.outputs = portInfos(m_manifest.outputs);
        for (std::size_t k = 0; k < last; ++k)
            config.stages.push_back(
                {peer(k), m_release.nodes[k].endpoint, m_release.nodes[k].device});
        config.clients = {{"client", m_fingerprints.client}};
        // One for each stage and hop keeps all of them busy; more would only wait longer.
        config.maxInFlight = 2 * static_cast<int>(last) + kSpareRequests;
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
