// SPDX-License-Identifier: GPL-3.0-or-later
#include "Pipeline.h"

#include "base/File.h"
#include "runtime/net/Connection.h"
#include "support/OnnxBuilder.h"

#include <numeric>

namespace millrace::test
{
namespace
{

constexpr std::size_t kStages = 3;

std::filesystem::path pathOf(const QTemporaryDir& folder)
{
    return folder.path().toStdString();
}

/// Ports that are free now, held open together so that they differ.
std::vector<std::uint16_t> freePorts(std::size_t count)
{
    std::vector<runtime::Listener> listeners;
    std::vector<std::uint16_t> ports;
    for (std::size_t i = 0; i < count; ++i) {
        listeners.push_back(*runtime::Listener::open({"127.0.0.1", 0}, runtime::Buffers{}));
        ports.push_back(listeners.back().port());
    }
    return ports;
}

std::vector<runtime::PortInfo> ports(const std::vector<onnx::Port>& from)
{
    std::vector<runtime::PortInfo> to;
    for (const onnx::Port& port : from)
        to.push_back({port.name, port.dtype, port.shape});
    return to;
}

std::filesystem::path buildModel(const std::filesystem::path& folder)
{
    OnnxBuilder builder;
    builder.input("x", {std::int64_t{1}, std::int64_t{64}})
        .weight("w1", {64, 64})
        .weight("w2", {64, 64})
        .weight("w3", {64, 64})
        .node("MatMul", {"x", "w1"}, {"a"})
        .node("MatMul", {"a", "w2"}, {"b"})
        .node("MatMul", {"b", "w3"}, {"c"})
        .node("Add", {"c", "a"}, {"y"}) // "a" is relayed by the second stage
        .output("y");
    builder.save(folder / "model.onnx");
    return folder / "model.onnx";
}

} // namespace

Pipeline::Pipeline()
{
    NoProgress quiet;
    m_model = *onnx::load(buildModel(pathOf(m_folder)), {}, {}, quiet);
    const std::vector<std::vector<LayerId>> layers = {
        {LayerId(0)}, {LayerId(1)}, {LayerId(2), LayerId(3)}};
    const auto manifest = *onnx::split(*m_model, layers, pathOf(m_folder), {}, quiet);
    const auto numbers = freePorts(kStages + 1);
    for (const char* name : {"stage-1", "stage-2", "stage-3", "gateway", "client", "stranger"})
        m_identities.emplace(name, *runtime::makeIdentity(name));
    const auto peer = [this](const std::string& name) {
        return runtime::Peer{name, m_identities.at(name).fingerprint};
    };
    const auto node = [&](const std::string& name, std::size_t index) {
        runtime::NodeConfig config;
        config.release = "test";
        config.name = name;
        config.listen = {"127.0.0.1", numbers[index]};
        config.certificateFile = name + ".crt";
        config.keyFile = name + ".key";
        writeNode(name);
        return config;
    };
    std::vector<runtime::PortInfo> arriving = ports(manifest.inputs);
    std::vector<runtime::StageAddress>& stages = m_gateway.pipelines.emplace_back().stages;
    for (std::size_t k = 0; k < kStages; ++k) {
        const std::string name = "stage-" + std::to_string(k + 1);
        const onnx::StageFile& file = manifest.stages[k];
        runtime::StageConfig config;
        config.node = node(name, k);
        config.stage.stage = static_cast<std::int32_t>(k);
        config.device = "device-" + std::to_string(k + 1);
        config.modelFile = file.file;
        config.inputs = ports(file.inputs);
        config.outputs = ports(file.outputs);
        config.relayed = file.relayed;
        config.arriving = arriving;
        config.previous = k == 0 ? peer("gateway") : peer("stage-" + std::to_string(k));
        config.gateway = peer("gateway");
        if (k + 1 < kStages) {
            config.next = peer("stage-" + std::to_string(k + 2));
            config.nextEndpoint = {"127.0.0.1", numbers[k + 1]};
        }
        std::vector<runtime::PortInfo> leaving = config.outputs;
        for (const runtime::PortInfo& port : arriving)
            if (std::find(file.relayed.begin(), file.relayed.end(), port.name) !=
                file.relayed.end())
                leaving.push_back(port);
        arriving = std::move(leaving);
        stages.push_back({peer(name), config.node.listen, config.device});
        m_stages.push_back(std::move(config));
    }
    m_gateway.node = node("gateway", kStages);
    m_gateway.device = "laptop";
    m_gateway.inputs = ports(manifest.inputs);
    m_gateway.outputs = ports(manifest.outputs);
    m_gateway.clients = {peer("client")};
    m_gateway.maxInFlight = 8;
    m_threads.resize(kStages + 1);
}

Pipeline::~Pipeline()
{
    for (std::jthread& thread : m_threads)
        thread.request_stop();
}

void Pipeline::writeNode(const std::string& name) const
{
    const runtime::Identity& identity = m_identities.at(name);
    (void)writeFileAtomically(pathOf(m_folder) / (name + ".crt"), identity.certificatePem);
    (void)writeFileAtomically(pathOf(m_folder) / (name + ".key"), identity.privateKeyPem);
}

void Pipeline::start()
{
    for (std::size_t k = 0; k < kStages; ++k)
        startStage(k);
    startGateway();
}

void Pipeline::startGateway()
{
    m_threads[kStages] = std::jthread([this](const std::stop_token& stop) {
        if (const auto ran =
                runtime::runGateway(m_gateway, pathOf(m_folder), stop, [](const std::string&) {});
            !ran)
            qWarning("gateway: %s", ran.error().message.c_str());
    });
}

void Pipeline::startStage(std::size_t stage)
{
    m_threads[stage] = std::jthread([this, stage](const std::stop_token& stop) {
        if (const auto ran = runtime::runStage(m_stages[stage], pathOf(m_folder), stop,
                                               [](const std::string&) {});
            !ran)
            qWarning("stage %zu: %s", stage + 1, ran.error().message.c_str());
    });
}

void Pipeline::endStage(std::size_t stage)
{
    m_threads[stage] = {};
}

void Pipeline::endGateway()
{
    m_threads[kStages] = {};
}

runtime::GatewayAddress Pipeline::address() const
{
    const runtime::Identity& client = identity("client");
    return {"test", m_gateway.node.listen, identity("gateway").fingerprint, client.certificatePem,
            client.privateKeyPem};
}

std::vector<inference::NamedTensor> Pipeline::input(std::uint64_t seed) const
{
    return {{"x", *inference::randomTensor(graph::DType::Float32, {1, 64}, seed)}};
}

inference::Tensor Pipeline::expected(std::uint64_t seed) const
{
    return onnx::runWhole(*m_model, input(seed), {})->front().tensor;
}

bool Pipeline::waitUntilServing() const
{
    for (int attempt = 0; attempt < 200; ++attempt) {
        if (status().state == runtime::ServiceState::Serving)
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
}

runtime::LiveStatus Pipeline::status() const
{
    auto client = runtime::StatusClient::connect(address(), std::chrono::seconds(5), {});
    if (!client)
        return {};
    return client->status(0, {}).value_or(runtime::LiveStatus{});
}

} // namespace millrace::test
