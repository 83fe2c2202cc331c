// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/NodeConfig.h"

#include "base/Json.h"

#include <limits>

namespace millrace::runtime
{
namespace
{

constexpr std::string_view kStageFormat = "millrace-stage/2";
constexpr std::string_view kGatewayFormat = "millrace-gateway/2";
constexpr std::int64_t kAny = std::numeric_limits<std::int64_t>::max();

Json toJson(const Endpoint& endpoint)
{
    return {{"address", endpoint.address}, {"port", endpoint.port}};
}

Json toJson(const Peer& peer)
{
    return {{"name", peer.name}, {"fingerprint", peer.fingerprint}};
}

Json toJson(const std::vector<PortInfo>& ports)
{
    Json list = Json::array();
    for (const PortInfo& port : ports)
        list.push_back({{"name", port.name},
                        {"dtype", std::string(graph::name(port.dtype))},
                        {"shape", port.shape}});
    return list;
}

Json toJson(const PaceConfig& pace)
{
    return {{"bandwidth_bps", pace.bandwidth.value}, {"occupancy_s", pace.occupancy.value}};
}

Json toJson(const NodeConfig& node)
{
    Json json{{"release", node.release},
              {"name", node.name},
              {"listen", toJson(node.listen)},
              {"certificate", node.certificateFile},
              {"key", node.keyFile},
              {"max_frame_bytes", node.maxFrameBytes},
              {"delay_s", node.delay.value},
              {"dilation", node.dilation},
              {"tolerance_s", node.tolerance.value}};
    if (node.pace)
        json["pace"] = toJson(*node.pace);
    if (node.arrivingPace)
        json["arriving_pace"] = toJson(*node.arrivingPace);
    return json;
}

Json toJson(const PipelineAddresses& pipeline)
{
    Json stages = Json::array();
    for (const StageAddress& stage : pipeline.stages)
        stages.push_back({{"peer", toJson(stage.peer)},
                          {"endpoint", toJson(stage.endpoint)},
                          {"device", stage.device}});
    return {{"stages", std::move(stages)}};
}

/// Reads field after field; the first error sticks.
class Reader : JsonFields
{
public:
    Result<StageConfig> stage(const JsonReader& root)
    {
        check(root.allowOnly({"format", "node", "pipeline", "stage", "device", "model", "inputs",
                              "outputs", "relayed", "arriving", "threads", "compute_factor",
                              "previous", "gateway", "next", "next_endpoint"}));
        format(root, kStageFormat);
        StageConfig config;
        config.node = node(root);
        config.stage = {PipelineId(place(root, "pipeline")), place(root, "stage")};
        config.device = text(root, "device");
        config.modelFile = file(root, "model");
        config.inputs = ports(root, "inputs");
        config.outputs = ports(root, "outputs");
        each(root, "relayed", [&](const JsonReader& at) {
            config.relayed.push_back(take(at.string()).value_or(""));
        });
        config.arriving = ports(root, "arriving");
        config.threads = static_cast<int>(positive(root, "threads", 1024));
        config.computeFactor = number(root, "compute_factor");
        config.previous = peer(root, "previous");
        config.gateway = peer(root, "gateway");
        if (root.optional("next")) {
            config.next = peer(root, "next");
            config.nextEndpoint = endpoint(root, "next_endpoint");
        }
        if (m_error)
            return tl::unexpected(*m_error);
        return config;
    }

    Result<GatewayConfig> gateway(const JsonReader& root)
    {
        check(root.allowOnly({"format", "node", "device", "inputs", "outputs", "pipelines",
                              "clients", "max_in_flight"}));
        format(root, kGatewayFormat);
        GatewayConfig config;
        config.node = node(root);
        config.device = text(root, "device");
        config.inputs = ports(root, "inputs");
        config.outputs = ports(root, "outputs");
        each(root, "pipelines",
             [&](const JsonReader& at) { config.pipelines.push_back(pipeline(at)); });
        each(root, "clients", [&](const JsonReader& at) { config.clients.push_back(peer(at)); });
        config.maxInFlight = static_cast<int>(positive(root, "max_in_flight", 100'000));
        if (!m_error && config.pipelines.size() != 1)
            check(Result<void>(root.error("a gateway feeds one pipeline")));
        if (m_error)
            return tl::unexpected(*m_error);
        return config;
    }

private:
    /// Counted from 1 in the file, from 0 here.
    std::int32_t place(const JsonReader& root, std::string_view key)
    {
        return static_cast<std::int32_t>(positive(root, key, 100'000)) - 1;
    }

    PipelineAddresses pipeline(const JsonReader& root)
    {
        check(root.allowOnly({"stages"}));
        PipelineAddresses pipeline;
        each(root, "stages", [&](const JsonReader& at) {
            check(at.allowOnly({"peer", "endpoint", "device"}));
            pipeline.stages.push_back(
                {peer(at, "peer"), endpoint(at, "endpoint"), text(at, "device")});
        });
        if (!m_error && pipeline.stages.empty())
            check(Result<void>(root.error("a pipeline needs at least one stage")));
        return pipeline;
    }

    NodeConfig node(const JsonReader& root)
    {
        NodeConfig node;
        const auto at = take(root.required("node"));
        if (!at)
            return node;
        check(at->allowOnly({"release", "name", "listen", "certificate", "key", "max_frame_bytes",
                             "pace", "arriving_pace", "delay_s", "dilation", "tolerance_s"}));
        node.release = text(*at, "release");
        node.name = text(*at, "name");
        node.listen = endpoint(*at, "listen");
        node.certificateFile = file(*at, "certificate");
        node.keyFile = file(*at, "key");
        node.maxFrameBytes = static_cast<std::uint64_t>(integer(*at, "max_frame_bytes", kAny));
        node.delay = {number(*at, "delay_s")};
        node.dilation = number(*at, "dilation");
        node.tolerance = {number(*at, "tolerance_s")};
        if (!m_error && node.dilation < 1)
            check(Result<void>(at->error("dilation must be at least 1")));
        node.pace = pace(*at, "pace");
        node.arrivingPace = pace(*at, "arriving_pace");
        return node;
    }

    std::optional<PaceConfig> pace(const JsonReader& node, std::string_view key)
    {
        const auto at = node.optional(key);
        if (!at)
            return std::nullopt;
        check(at->allowOnly({"bandwidth_bps", "occupancy_s"}));
        const PaceConfig pace{{number(*at, "bandwidth_bps")}, {number(*at, "occupancy_s")}};
        if (!m_error && pace.bandwidth.value <= 0)
            check(Result<void>(at->error("bandwidth_bps must be above 0")));
        return pace;
    }

    std::int64_t positive(const JsonReader& at, std::string_view key, std::int64_t high)
    {
        const auto field = take(at.required(key));
        return field ? take(field->integer(1, high)).value_or(1) : 1;
    }

    double number(const JsonReader& at, std::string_view key)
    {
        const auto field = take(at.required(key));
        return field ? take(field->number(0)).value_or(0) : 0;
    }

    std::string file(const JsonReader& at, std::string_view key)
    {
        const auto field = take(at.required(key));
        if (!field)
            return {};
        const std::string name = take(field->string()).value_or("");
        if (!m_error && (name.empty() || name == "." || name == ".." ||
                         name.find_first_of(std::string_view("/\0", 2)) != std::string::npos))
            check(Result<void>(field->error("a file name in the config's own folder is needed")));
        return name;
    }

    Endpoint endpoint(const JsonReader& at, std::string_view key)
    {
        const auto field = take(at.required(key));
        if (!field)
            return {};
        check(field->allowOnly({"address", "port"}));
        return {text(*field, "address"),
                static_cast<std::uint16_t>(integer(*field, "port", 65'535))};
    }

    Peer peer(const JsonReader& at)
    {
        check(at.allowOnly({"name", "fingerprint"}));
        return {text(at, "name"), text(at, "fingerprint")};
    }
    Peer peer(const JsonReader& at, std::string_view key)
    {
        const auto field = take(at.required(key));
        return field ? peer(*field) : Peer{};
    }

    std::vector<PortInfo> ports(const JsonReader& at, std::string_view key)
    {
        std::vector<PortInfo> ports;
        each(at, key, [&](const JsonReader& item) {
            check(item.allowOnly({"name", "dtype", "shape"}));
            PortInfo port{text(item, "name"), dtype(item), {}};
            each(item, "shape", [&](const JsonReader& dim) {
                port.shape.push_back(take(dim.integer(-1, kAny)).value_or(-1));
            });
            ports.push_back(std::move(port));
        });
        return ports;
    }

    graph::DType dtype(const JsonReader& at)
    {
        const std::string name = text(at, "dtype");
        for (int code = 1; code <= static_cast<int>(graph::DType::Float4E2M1); ++code)
            if (graph::name(static_cast<graph::DType>(code)) == name)
                return static_cast<graph::DType>(code);
        if (!m_error)
            check(Result<void>(at.error("\"" + name + "\" is no element type")));
        return graph::DType::Undefined;
    }
};

} // namespace

std::string writeStageConfig(const StageConfig& config)
{
    Json json{{"format", std::string(kStageFormat)},
              {"node", toJson(config.node)},
              {"pipeline", config.stage.pipeline.value + 1},
              {"stage", config.stage.stage + 1},
              {"device", config.device},
              {"model", config.modelFile},
              {"inputs", toJson(config.inputs)},
              {"outputs", toJson(config.outputs)},
              {"relayed", config.relayed},
              {"arriving", toJson(config.arriving)},
              {"threads", config.threads},
              {"compute_factor", config.computeFactor},
              {"previous", toJson(config.previous)},
              {"gateway", toJson(config.gateway)}};
    if (config.next) {
        json["next"] = toJson(*config.next);
        json["next_endpoint"] = toJson(config.nextEndpoint);
    }
    return json.dump(2) + "\n";
}

std::string writeGatewayConfig(const GatewayConfig& config)
{
    Json json{{"format", std::string(kGatewayFormat)},
              {"node", toJson(config.node)},
              {"device", config.device},
              {"inputs", toJson(config.inputs)},
              {"outputs", toJson(config.outputs)},
              {"pipelines", Json::array()},
              {"clients", Json::array()},
              {"max_in_flight", config.maxInFlight}};
    for (const PipelineAddresses& pipeline : config.pipelines)
        json["pipelines"].push_back(toJson(pipeline));
    for (const Peer& client : config.clients)
        json["clients"].push_back(toJson(client));
    return json.dump(2) + "\n";
}

Result<StageConfig> parseStageConfig(std::string_view text, const std::string& source)
{
    const auto document = parseJson(text, source);
    if (!document)
        return tl::unexpected(document.error());
    return Reader().stage(JsonReader(*document, source));
}

Result<GatewayConfig> parseGatewayConfig(std::string_view text, const std::string& source)
{
    const auto document = parseJson(text, source);
    if (!document)
        return tl::unexpected(document.error());
    return Reader().gateway(JsonReader(*document, source));
}

} // namespace millrace::runtime
