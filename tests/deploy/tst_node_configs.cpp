// SPDX-License-Identifier: GPL-3.0-or-later
#include "SmallRelease.h"
#include "deploy/NodeConfigs.h"
#include "support/ShowString.h"

#include <QTest>

using namespace millrace;
using namespace millrace::deploy;

namespace
{

onnx::Port port(const std::string& name)
{
    return {name, graph::DType::Float32, {1, 25000}};
}

/// "x" and "skip" go in; "skip" is read by the second stage and passed on by the first.
onnx::Manifest manifest()
{
    onnx::Manifest manifest;
    manifest.inputs = {port("x"), port("skip")};
    manifest.outputs = {port("y")};
    manifest.stages.push_back({"stage-1.onnx", {port("x")}, {port("m")}, {"skip"}});
    manifest.stages.push_back({"stage-2.onnx", {port("m"), port("skip")}, {port("y")}, {}});
    return manifest;
}

StageRef at(std::size_t stage)
{
    return {PipelineId(), static_cast<std::int32_t>(stage)};
}

NodeConfigs configs(const Release& release)
{
    return nodeConfigs(release, {{{at(0), 4}, {at(1), 2}}, 1.5, "why", {0.004}}, manifest(),
                       {{"f1", "f2", "fg"}, "fc"});
}

} // namespace

class TestNodeConfigs : public QObject
{
    Q_OBJECT
private slots:
    void neighboursArePinned()
    {
        const Release release = test::smallRelease("/releases/small");
        const NodeConfigs made = configs(release);
        QCOMPARE(made.stages.size(), std::size_t{2});
        const runtime::Peer gateway{"gateway", "fg"};
        QVERIFY((made.stages.at(at(0)).previous == gateway));
        QVERIFY((made.stages.at(at(0)).gateway == gateway));
        QVERIFY((made.stages.at(at(0)).next == runtime::Peer{"stage-2", "f2"}));
        QVERIFY((made.stages.at(at(0)).nextEndpoint == release.nodes[1].endpoint));
        QVERIFY((made.stages.at(at(1)).previous == runtime::Peer{"stage-1", "f1"}));
        QVERIFY(!made.stages.at(at(1)).next);
        QCOMPARE(made.gateway.pipelines[0].stages.size(), std::size_t{2});
        QVERIFY((made.gateway.pipelines[0].stages[1].peer == runtime::Peer{"stage-2", "f2"}));
        QVERIFY((made.gateway.clients == std::vector<runtime::Peer>{{"client", "fc"}}));
        for (std::size_t k = 0; k < 2; ++k) {
            QVERIFY(made.stages.at(at(k)).stage == at(k));
            QCOMPARE(made.stages.at(at(k)).node.release, std::string("small"));
            QVERIFY((made.stages.at(at(k)).node.listen == release.nodes[k].endpoint));
        }
        QCOMPARE(made.stages.at(at(0)).device, std::string("a"));
        QCOMPARE(made.gateway.device, std::string("gate"));
    }

    void theOrderOfNodesDoesNotMatter()
    {
        Release release = test::smallRelease("/releases/small");
        const NodeConfigs usual = configs(release);
        std::rotate(release.nodes.begin(), release.nodes.begin() + 2, release.nodes.end());
        const NodeConfigs made =
            nodeConfigs(release, {{{at(0), 4}, {at(1), 2}}, 1.5, "why", {0.004}}, manifest(),
                        {{"fg", "f1", "f2"}, "fc"});
        QCOMPARE(made.stages.size(), std::size_t{2});
        for (std::size_t k = 0; k < 2; ++k)
            QCOMPARE(runtime::writeStageConfig(made.stages.at(at(k))),
                     runtime::writeStageConfig(usual.stages.at(at(k))));
        QCOMPARE(runtime::writeGatewayConfig(made.gateway),
                 runtime::writeGatewayConfig(usual.gateway));
    }

    void hopsArePacedAtTheSenderAndDelayedAtTheReceiver()
    {
        const NodeConfigs made = configs(test::smallRelease("/releases/small"));
        const runtime::PaceConfig usual{{8e6}, {0}};
        QVERIFY((made.gateway.node.pace == usual));                                      // gate > a
        QVERIFY((made.stages.at(at(0)).node.pace == runtime::PaceConfig{{4e6}, {0.1}})); // a > b
        QVERIFY((made.stages.at(at(1)).node.pace == usual));                             // b > gate
        QVERIFY((made.stages.at(at(0)).node.arrivingPace == usual));
        QVERIFY((made.stages.at(at(1)).node.arrivingPace == made.stages.at(at(0)).node.pace));
        QVERIFY((made.gateway.node.arrivingPace == usual));
        QCOMPARE(made.stages.at(at(0)).node.tolerance.value, 0.004);
        QCOMPARE(made.gateway.maxInFlight, 8); // 2 stages, 3 hops, and some to spare
        QCOMPARE(made.stages.at(at(0)).node.delay.value, 0.003);
        QCOMPARE(made.stages.at(at(1)).node.delay.value, 0.005);
        QCOMPARE(made.gateway.node.delay.value, 0.003);
        QCOMPARE(made.stages.at(at(0)).computeFactor, 4.0);
        QCOMPARE(made.stages.at(at(1)).computeFactor, 2.0);
        QCOMPARE(made.stages.at(at(1)).node.dilation, 1.5);
        QCOMPARE(made.gateway.node.dilation, 1.5);
    }

    void hopsThatDoNotCountAreFree()
    {
        Release release = test::smallRelease("/releases/small");
        release.plan.pipelines.front().hops.front().from.reset();
        release.plan.pipelines.front().hops.back().to =
            release.plan.pipelines.front().hops.back().from; // gateway beside the stage
        const NodeConfigs made = configs(release);
        QVERIFY(!made.gateway.node.pace);
        QCOMPARE(made.stages.at(at(0)).node.delay.value, 0.0);
        QVERIFY(!made.stages.at(at(1)).node.pace);
        QCOMPARE(made.gateway.node.delay.value, 0.0);
        QVERIFY(!made.stages.at(at(0)).node.arrivingPace);
        QVERIFY(made.stages.at(at(0)).node.pace);
    }

    void whatArrivesIsReadOrPassedOn()
    {
        const NodeConfigs made = configs(test::smallRelease("/releases/small"));
        const auto names = [](const std::vector<runtime::PortInfo>& ports) {
            std::string all;
            for (const runtime::PortInfo& info : ports)
                all += info.name + " ";
            return all;
        };
        QCOMPARE(names(made.stages.at(at(0)).arriving), std::string("x skip "));
        QCOMPARE(names(made.stages.at(at(1)).arriving), std::string("m skip "));
        QCOMPARE(names(made.stages.at(at(0)).outputs), std::string("m "));
        QVERIFY((made.stages.at(at(0)).relayed == std::vector<std::string>{"skip"}));
        QCOMPARE(names(made.gateway.inputs), std::string("x skip "));
        QCOMPARE(names(made.gateway.outputs), std::string("y "));
    }
};

QTEST_APPLESS_MAIN(TestNodeConfigs)
#include "tst_node_configs.moc"
