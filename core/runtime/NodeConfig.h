// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "base/Ids.h"
#include "base/Units.h"
#include "graph/Graph.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::runtime
{

struct Endpoint {
    std::string address; ///< numeric or a host name
    std::uint16_t port = 0;
    bool operator==(const Endpoint&) const = default;
};

/// Another node of the release, known by its certificate.
struct Peer {
    std::string name; ///< "gateway", "stage-1", ..., "client"
    std::string fingerprint;
    bool operator==(const Peer&) const = default;
};

/// A tensor that goes in or out; -1 where a dim depends on data.
struct PortInfo {
    std::string name;
    graph::DType dtype = graph::DType::Undefined;
    std::vector<std::int64_t> shape;
    bool operator==(const PortInfo&) const = default;
};

/// The sender holds every frame back to what the emulated link would take.
struct PaceConfig {
    BitsPerSecond bandwidth; ///< > 0
    Seconds occupancy;
    bool operator==(const PaceConfig&) const = default;
};

/// What every node has. Files are relative to the config file's folder.
struct NodeConfig {
    std::string release; ///< id
    std::string name;    ///< "stage-2", "gateway"
    Endpoint listen;
    std::string certificateFile = "node.crt", keyFile = "node.key";
    std::uint64_t maxFrameBytes = std::uint64_t{1} << 30; ///< where a port's shape is not fixed
    std::optional<PaceConfig>
        pace; ///< of the hop that this node sends on (gateway: hop 0); emulation only
    std::optional<PaceConfig>
        arrivingPace;    ///< of the hop that arrives here (gateway: the last hop)
    Seconds delay;       ///< of the hop that arrives here (gateway: the last hop); emulation only
    double dilation = 1; ///< >= 1: all emulated times are longer by this factor
    Seconds tolerance{0.001}; ///< emulation: a deadline missed by more counts as late
    bool operator==(const NodeConfig&) const = default;
};

/// "millrace-stage/2", JSON.
struct StageConfig {
    NodeConfig node;
    StageRef stage;     ///< in the file from 1
    std::string device; ///< for messages
    std::string modelFile;
    std::vector<PortInfo> inputs, outputs; ///< of the stage's model
    std::vector<std::string> relayed;      ///< arrive and are passed on unchanged
    std::vector<PortInfo>
        arriving; ///< every tensor of an incoming frame: inputs and what is only relayed
    int threads = 1;
    double computeFactor =
        0; ///< emulation: wall time of a run per CPU time, >= 1; 0: run as fast as it goes
    Peer previous, gateway;
    std::optional<Peer>
        next; ///< none: this is the last stage; the gateway dials in for its answers
    Endpoint nextEndpoint;
    bool operator==(const StageConfig&) const = default;
};

struct StageAddress {
    Peer peer;
    Endpoint endpoint;
    std::string device;
    bool operator==(const StageAddress&) const = default;
};

struct PipelineAddresses {
    std::vector<StageAddress> stages; ///< in the pipeline's order
    bool operator==(const PipelineAddresses&) const = default;
};

/// "millrace-gateway/2", JSON.
struct GatewayConfig {
    NodeConfig node;
    std::string device;
    std::vector<PortInfo> inputs, outputs;    ///< of the whole model
    std::vector<PipelineAddresses> pipelines; ///< of the plan, in its order; one for now
    std::vector<Peer> clients;
    int maxInFlight = 64; ///< requests taken from clients and not yet answered
    bool operator==(const GatewayConfig&) const = default;
};

[[nodiscard]] std::string writeStageConfig(const StageConfig& config);
[[nodiscard]] std::string writeGatewayConfig(const GatewayConfig& config);
/// Hostile input: files must lie in the config's folder; errors name `source` and field.
[[nodiscard]] Result<StageConfig> parseStageConfig(std::string_view text,
                                                   const std::string& source);
[[nodiscard]] Result<GatewayConfig> parseGatewayConfig(std::string_view text,
                                                       const std::string& source);

} // namespace millrace::runtime
