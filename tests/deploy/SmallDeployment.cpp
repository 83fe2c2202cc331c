// SPDX-License-Identifier: GPL-3.0-or-later
#include "SmallDeployment.h"

#include "runtime/GatewayClient.h"
#include "support/OnnxBuilder.h"

namespace millrace::test
{

void writeSmallModel(const std::string& path)
{
    OnnxBuilder builder;
    const Attributes padded = {{"pads", std::vector<std::int64_t>{1, 1, 1, 1}}};
    builder.input("x", {1, 176, 3, 3});
    std::string before = "x";
    for (int i = 0; i < 4; ++i) {
        const std::string n = std::to_string(i);
        builder.weight("w" + n, {176, 176, 3, 3});
        builder.node("Conv", {before, "w" + n}, {"c" + n}, padded);
        builder.node("Relu", {"c" + n}, {"r" + n});
        before = "r" + n;
    }
    builder.output(before).save(path);
}

deploy::Deployment smallDeployment(const std::string& modelFile, const std::string& clusterText,
                                   Cuts cuts)
{
    NoProgress quiet;
    const auto model = onnx::load(modelFile, {}, {}, quiet).value();
    const auto cluster = cluster::parseCluster(clusterText, "test").value();
    const auto times = plan::estimateTimes(model.graph());
    deploy::Deployment deployment{
        model, cluster, plan::makeProblem(model.graph(), cluster, times, {}).value(), {}, times};
    deployment.runner = MILLRACE_BIN "/millrace-stage";
    deployment.limits = {Seconds{20}, Seconds{6}, Seconds{30}, Seconds{6}};
    plan::Plan& plan = deployment.plan;
    plan.status = plan::Status::Feasible;
    plan.record.modelSha256 = model.sha256();
    const int borders[] = {0, cuts.first, cuts.second, 8};
    plan::Pipeline& pipeline = plan.pipelines.emplace_back();
    for (int stage = 0; stage < 3; ++stage) {
        pipeline.stages.emplace_back();
        pipeline.stages.back().device = DeviceId(stage + 1); // behind the gateway's
        for (int layer = borders[stage]; layer < borders[stage + 1]; ++layer)
            pipeline.stages.back().layers.emplace_back(layer);
    }
    plan::fillFigures(deployment.problem, plan);
    return deployment;
}

ssh::UserFiles userFiles(const std::filesystem::path& folder)
{
    ssh::UserFiles files;
    files.home = folder;
    files.folder = folder / ".ssh";
    files.user = "ada";
    return files;
}

bool serves(const deploy::Release& release)
{
    const auto address = deploy::gatewayAddress(release);
    if (!address)
        return false;
    auto client = runtime::StatusClient::connect(*address, std::chrono::seconds(2), {});
    const auto status = client ? client->status(0, {}) : tl::unexpected(client.error());
    return status && status->state == runtime::ServiceState::Serving;
}

} // namespace millrace::test
