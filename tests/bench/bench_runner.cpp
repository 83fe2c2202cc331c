// SPDX-License-Identifier: GPL-3.0-or-later
/// What the runner adds to ONNX Runtime, and its transport to TLS. Both are measured in turns with
/// what they are compared with, in one process:
///   bench_runner stage [MODEL]   ResNet-50 in one stage behind a gateway, against a bare loop of
///   the
///                                same session's runs
///   bench_runner hop             tensors over a hop, against OpenSSL on a loopback connection
#include "RawTls.h"
#include "inference/Session.h"
#include "onnx/Model.h"
#include "runtime/Channel.h"
#include "runtime/GatewayClient.h"
#include "runtime/Identity.h"
#include "runtime/Node.h"
#include "runtime/ProcessMemory.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

using namespace millrace;
using namespace millrace::runtime;

namespace
{

using Clock = std::chrono::steady_clock;

constexpr int kRounds = 9;
constexpr std::chrono::seconds kPatience{30};

double secondsSince(Clock::time_point begin)
{
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

template <class T>
T expected(Result<T> result)
{
    if (result)
        return std::move(*result);
    std::fprintf(stderr, "error: %s\n", result.error().message.c_str());
    std::exit(1);
}
void expected(const Result<void>& result)
{
    if (result)
        return;
    std::fprintf(stderr, "error: %s\n", result.error().message.c_str());
    std::exit(1);
}

std::uint16_t freePort()
{
    return expected(Listener::open({"127.0.0.1", 0}, Buffers{})).port();
}

/// A folder that goes away with its object.
class Folder
{
public:
    Folder() : m_path((std::filesystem::temp_directory_path() / "millrace-bench-XXXXXX").string())
    {
        if (::mkdtemp(m_path.data()) == nullptr)
            std::exit(1);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(m_path); }
    [[nodiscard]] std::filesystem::path path() const { return m_path; }

private:
    std::string m_path;
};

/// A gateway and one stage that runs the whole model, as threads of this process.
class OneStage
{
public:
    OneStage(const std::filesystem::path& folder, const std::string& model,
             const inference::Session& session)
        : m_folder(folder)
    {
        const Identity stage = identity("stage-1"), gateway = identity("gateway");
        m_client = identity("client");
        StageConfig config;
        config.node = node("stage-1");
        config.device = "device";
        config.modelFile = model;
        config.inputs = config.arriving = ports(session.inputs());
        config.outputs = ports(session.outputs());
        config.previous = config.gateway = {"gateway", gateway.fingerprint};
        GatewayConfig gate;
        gate.node = node("gateway");
        gate.device = "laptop";
        gate.inputs = config.inputs;
        gate.outputs = config.outputs;
        gate.pipelines = {{{{{"stage-1", stage.fingerprint}, config.node.listen, "device"}}}};
        gate.clients = {{"client", m_client.fingerprint}};
        m_address = {"bench", gate.node.listen, gateway.fingerprint, m_client.certificatePem,
                     m_client.privateKeyPem};
        const auto run = [this](const auto& start, const auto& settings) {
            return std::jthread([this, start, settings](std::stop_token stop) {
                const auto ran = start(settings, m_folder, stop, [](const std::string&) {});
                if (!ran && !stop.stop_requested())
                    expected(ran);
            });
        };
        m_stage = run(runStage, config);
        m_gateway = run(runGateway, gate);
        waitUntilServing();
    }

    [[nodiscard]] RequestClient connect() const
    {
        return expected(RequestClient::connect(m_address, kPatience, {}));
    }

private:
    [[nodiscard]] Identity identity(const std::string& name) const
    {
        Identity made = expected(makeIdentity(name));
        std::ofstream(m_folder / (name + ".crt")) << made.certificatePem;
        std::ofstream(m_folder / (name + ".key")) << made.privateKeyPem;
        return made;
    }
    static NodeConfig node(const std::string& name)
    {
        NodeConfig node;
        node.release = "bench";
        node.name = name;
        node.listen = {"127.0.0.1", freePort()};
        node.certificateFile = name + ".crt";
        node.keyFile = name + ".key";
        return node;
    }
    static std::vector<PortInfo> ports(const std::vector<inference::ValueInfo>& values)
    {
        std::vector<PortInfo> ports;
        for (const inference::ValueInfo& value : values)
            ports.push_back({value.name, value.dtype, value.shape});
        return ports;
    }
    void waitUntilServing() const
    {
        for (const auto end = Clock::now() + kPatience; Clock::now() < end;
             std::this_thread::sleep_for(std::chrono::milliseconds(50)))
            if (auto client = StatusClient::connect(m_address, std::chrono::seconds(1), {}))
                if (const auto status = client->status(0, {});
                    status && status->state == ServiceState::Serving)
                    return;
        expected(Result<void>(fail(ErrorCode::Timeout, "the stage does not serve")));
    }

    std::filesystem::path m_folder;
    Identity m_client;
    GatewayAddress m_address;
    std::jthread m_stage, m_gateway;
};

/// Seconds per answer once the pipeline is full.
double served(RequestClient& client, const std::vector<inference::NamedTensor>& inputs,
              int requests)
{
    const std::jthread sender([&] {
        for (int i = 0; i < requests + 1; ++i)
            expected(client.submit(inputs, {}));
    });
    expected(client.answer(kPatience, {}));
    const auto begin = Clock::now();
    for (int i = 0; i < requests; ++i)
        if (const Answer answer = expected(client.answer(kPatience, {})); !answer.error.empty())
            expected(Result<void>(fail(ErrorCode::Internal, "{}", answer.error)));
    return secondsSince(begin) / requests;
}

void benchStage(const std::filesystem::path& given)
{
    constexpr int kRuns = 12;
    const Folder folder;
    const std::string name = "model.onnx";
    if (given.empty())
        expected(onnx::writeReference("resnet50", folder.path() / name, 0));
    else
        std::filesystem::copy(given, folder.path() / name);
    inference::SessionOptions options;
    options.allocation = inference::Allocation::KeptForRuns;
    auto session = expected(inference::Session::fromFile(folder.path() / name, options));
    std::vector<inference::NamedTensor> inputs;
    for (const inference::ValueInfo& input : session.inputs())
        inputs.push_back(
            {input.name, expected(inference::randomTensor(input.dtype, input.shape, 1))});
    const OneStage pipeline(folder.path(), name, session);
    RequestClient client = pipeline.connect();
    std::vector<double> bare, through, ratios;
    for (int round = 0; round < kRounds; ++round) {
        const auto begin = Clock::now();
        for (int i = 0; i < kRuns; ++i)
            static_cast<void>(expected(session.runInPlace(inputs)));
        bare.push_back(secondsSince(begin) / kRuns);
        through.push_back(served(client, inputs, kRuns));
        ratios.push_back(bare.back() / through.back());
    }
    std::printf(
        "stage  bare loop %.2f ms  served %.2f ms  throughput ratio %.3f  (medians of %d)\n",
        1e3 * median(bare), 1e3 * median(through), median(ratios), kRounds);
}

/// A hop between two identities on loopback: one sends frames of `bytes`, the other receives them.
class Hop
{
public:
    Hop() : m_listener(expected(Listener::open({"127.0.0.1", 0}, Buffers{})))
    {
        const Identity from = expected(makeIdentity("from")), to = expected(makeIdentity("to"));
        const auto context = [](const Identity& own, const Identity& peer, const char* name) {
            return expected(TlsContext::create(own.certificatePem, own.privateKeyPem,
                                               {{name, peer.fingerprint}}));
        };
        m_from.emplace(context(from, to, "to"));
        m_to.emplace(context(to, from, "from"));
        const Endpoint endpoint{"127.0.0.1", m_listener.port()};
        std::jthread dialling([&] {
            m_sender.emplace(expected(Connection::dial(*m_from, endpoint, {"to", to.fingerprint},
                                                       Buffers{}, Limit::within(kPatience, {}))));
        });
        Accepted accepted = expected(m_listener.accept(Limit::within(kPatience, {})));
        m_receiver.emplace(expected(
            Connection::welcome(*m_to, std::move(accepted), Limit::within(kPatience, {}))));
    }

    /// Bytes per second.
    double move(const inference::NamedTensor& tensor, int frames)
    {
        const std::vector<inference::TensorView> views{inference::viewOf(tensor)};
        const std::vector<std::span<const std::byte>> payload{views.front().data};
        const auto begin = Clock::now();
        const std::jthread sending([&] {
            for (int i = 0; i < frames; ++i)
                expected(m_sender->send(FrameKind::Tensors, encodeTensors(describe(1, {}, views)),
                                        payload, Limit::within(kPatience, {})));
        });
        FrameLimits limits;
        limits.kinds = {FrameKind::Tensors};
        limits.payloadBytes = views.front().data.size();
        std::vector<std::byte> buffer;
        for (int i = 0; i < frames; ++i) {
            const auto incoming =
                expected(m_receiver->receive(limits, Limit::within(kPatience, {})));
            const auto header =
                expected(decodeTensors(incoming.meta, incoming.header.payloadBytes));
            auto tensors = expected(receiveTensors(*m_receiver, header, {}, [&](std::size_t) {
                return std::move(buffer); // as a stage does: buffers come back from the last run
            }));
            buffer = std::move(tensors.front().tensor.data);
        }
        return static_cast<double>(views.front().data.size()) * frames / secondsSince(begin);
    }

private:
    Listener m_listener;
    std::optional<TlsContext> m_from, m_to;
    std::optional<Channel> m_sender, m_receiver;
};

void benchHop()
{
    constexpr int kFrames = 100;
    Hop hop;
    bench::RawTls raw;
    for (const std::int64_t kibibytes : {64, 784, 4704}) {
        inference::NamedTensor tensor{"x", {graph::DType::UInt8, {kibibytes * 1024}, {}}};
        tensor.tensor.data.resize(static_cast<std::size_t>(kibibytes) * 1024);
        std::vector<double> ours, theirs, ratios;
        for (int round = 0; round < kRounds; ++round) {
            ours.push_back(hop.move(tensor, kFrames));
            theirs.push_back(raw.move(tensor.tensor.data.size() * kFrames));
            ratios.push_back(ours.back() / theirs.back());
        }
        std::printf("hop    %5lld KiB  Millrace %.0f MB/s  raw TLS (%s) %.0f MB/s  ratio %.2f  "
                    "(medians of %d)\n",
                    static_cast<long long>(kibibytes), median(ours) / 1e6, raw.cipher().c_str(),
                    median(theirs) / 1e6, median(ratios), kRounds);
    }
}

} // namespace

int main(int argc, char** argv)
{
    keepPeakLow();
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "stage")
        benchStage(argc > 2 ? argv[2] : "");
    else if (what == "hop")
        benchHop();
    else
        std::fprintf(stderr, "usage: bench_runner stage [MODEL] | hop\n");
    return what == "stage" || what == "hop" ? 0 : 2;
}
