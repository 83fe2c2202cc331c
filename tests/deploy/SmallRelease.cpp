// SPDX-License-Identifier: GPL-3.0-or-later
#include "SmallRelease.h"

#include <utility>

namespace millrace::test
{
namespace
{

constexpr const char* kCluster = R"(millrace: cluster/1
devices:
  - {name: gate, stages: false}
  - {name: a, memory: 64 MiB, class: slow}
  - {name: b, memory: 64 MiB, class: fast}
links:
  default: {bandwidth: 8 Mbit/s, delay: 3 ms}
  pairs:
    - {from: a, to: b, bandwidth: 4 Mbit/s, delay: 5 ms, occupancy: 100 ms}
gateway: {device: gate}
)";

plan::Problem problem()
{
    plan::Problem problem;
    for (const char* name : {"one", "two", "three", "four"})
        problem.layers.push_back(
            {name, Bytes{1000}, Bytes{200000}, {{"slow", {0.2}}, {"fast", {0.1}}}});
    const auto tensor = [&](std::int64_t bytes, std::optional<int> producer, bool isOutput) {
        graph::DataflowTensor flow;
        flow.bytes = Bytes{bytes};
        if (producer)
            flow.producer = LayerId(static_cast<std::int32_t>(*producer));
        if (!isOutput)
            flow.consumers = {LayerId(static_cast<std::int32_t>(producer.value_or(-1) + 1))};
        flow.isOutput = isOutput;
        problem.tensors.push_back(flow);
    };
    tensor(100000, std::nullopt, false);
    for (int layer = 0; layer < 3; ++layer)
        tensor(100000, layer, false);
    tensor(50000, 3, true);
    problem.devices = {{"gate", "gate", Bytes{0}, false},
                       {"a", "slow", Bytes{std::int64_t{64} << 20}, true},
                       {"b", "fast", Bytes{std::int64_t{64} << 20}, true}};
    problem.bandwidth = plan::Matrix<BitsPerSecond>(3, {8e6});
    problem.occupancy = plan::Matrix<Seconds>(3);
    problem.delay = plan::Matrix<Seconds>(3, {0.003});
    const DeviceId a(1);
    const DeviceId b(2);
    problem.bandwidth.at(a, b) = {4e6};
    problem.occupancy.at(a, b) = {0.1};
    problem.delay.at(a, b) = {0.005};
    problem.source = problem.sink = DeviceId(0);
    return problem;
}

} // namespace

deploy::Release smallRelease(const std::filesystem::path& folder)
{
    deploy::Release release;
    release.id = folder.filename().string();
    release.folder = folder;
    release.createdAt = 1764023730.25;
    release.modelPath = "/models/small.onnx";
    release.modelSha256 = std::string(64, 'a');
    release.dims = {{"batch", 2}};
    release.cluster = cluster::parseCluster(kCluster, "small.yaml").value();
    release.problem = problem();
    release.plan.status = plan::Status::Optimal;
    release.plan.record.modelSha256 = release.modelSha256;
    release.plan.record.dims = release.dims;
    release.plan.record.times = plan::TimesSource::Measured;
    release.plan.pipelines.emplace_back().stages = {
        {DeviceId(1), {LayerId(0), LayerId(1)}, {}, {}},
        {DeviceId(2), {LayerId(2), LayerId(3)}, {}, {}}};
    plan::fillFigures(release.problem, release.plan);
    release.dilation = 1.5;
    release.dilationReason = "the stages would use 90 % of this machine";
    release.gatewayFingerprint = std::string(64, 'f');
    std::uint16_t port = 7401;
    const auto add = [&](const auto& role, const char* device) {
        release.nodes.push_back(
            {deploy::nodeName(role), device, {"127.0.0.1", port++}, {1234, 567890}, {}, role});
    };
    add(StageRef{PipelineId(), 0}, "a");
    add(StageRef{PipelineId(), 1}, "b");
    add(deploy::GatewayRole{}, "gate");
    return release;
}

} // namespace millrace::test
