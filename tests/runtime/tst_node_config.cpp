// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/NodeConfig.h"

#include <QTest>

namespace millrace::runtime
{
namespace
{

StageConfig stage()
{
    StageConfig config;
    config.node.release = "r1";
    config.node.name = "stage-1";
    config.node.listen = {"127.0.0.1", 7401};
    config.node.pace = PaceConfig{{2e7}, {0.001}};
    config.node.arrivingPace = PaceConfig{{1e7}, {0}};
    config.node.tolerance = {0.005};
    config.node.delay = {0.002};
    config.node.dilation = 1.5;
    config.device = "pi-1";
    config.modelFile = "stage-1.onnx";
    config.inputs = {{"x", graph::DType::Float32, {1, -1}}};
    config.outputs = {{"y", graph::DType::Int8, {}}};
    config.relayed = {"x"};
    config.arriving = config.inputs;
    config.computeFactor = 4;
    config.previous = config.gateway = {"gateway", "aa"};
    config.next = Peer{"stage-2", "bb"};
    config.nextEndpoint = {"127.0.0.1", 7402};
    return config;
}

GatewayConfig gateway()
{
    GatewayConfig config;
    config.node.release = "r1";
    config.node.name = "gateway";
    config.node.listen = {"127.0.0.1", 7400};
    config.device = "laptop";
    config.inputs = {{"x", graph::DType::Float32, {1, 3}}};
    config.outputs = {{"y", graph::DType::Float32, {1}}};
    config.pipelines = {{{{{"stage-1", "cc"}, {"127.0.0.1", 7401}, "pi-1"}}}};
    config.clients = {{"client", "dd"}};
    return config;
}

} // namespace

class TestNodeConfig : public QObject
{
    Q_OBJECT
private slots:
    void survives()
    {
        QVERIFY(parseStageConfig(writeStageConfig(stage()), "s") == stage());
        StageConfig last = stage();
        last.next.reset();
        last.nextEndpoint = {};
        last.node.pace.reset();
        QVERIFY(parseStageConfig(writeStageConfig(last), "s") == last);
        QVERIFY(parseGatewayConfig(writeGatewayConfig(gateway()), "g") == gateway());
    }

    void refusals_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("error");
        QTest::newRow("climbs out") << "\"stage-1.onnx\""
                                    << "\"../x.onnx\""
                                    << "model";
        QTest::newRow("absolute key") << "\"node.key\""
                                      << "\"/etc/passwd\""
                                      << "key";
        QTest::newRow("port") << "7401"
                              << "70000"
                              << "port";
        QTest::newRow("dtype") << "\"int8\""
                               << "\"int99\""
                               << "element type";
        QTest::newRow("dilation") << "1.5"
                                  << "0.5"
                                  << "dilation";
        QTest::newRow("bandwidth") << "20000000.0"
                                   << "0"
                                   << "bandwidth_bps";
        QTest::newRow("format") << "millrace-stage/2"
                                << "millrace-stage/9"
                                << "format";
        QTest::newRow("typo") << "\"threads\""
                              << "\"treads\""
                              << "treads";
        QTest::newRow("no JSON") << "{"
                                 << ""
                                 << "s:";
    }
    void refusals()
    {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, error);
        QString text = QString::fromStdString(writeStageConfig(stage()));
        QVERIFY(text.contains(from));
        text.replace(text.indexOf(from), from.size(), to);
        const auto parsed = parseStageConfig(text.toStdString(), "s");
        QVERIFY(!parsed);
        const QString message = QString::fromStdString(parsed.error().message);
        QVERIFY2(message.contains(error), qPrintable(message));
    }

    void aGatewayFeedsOnePipelineOfStages()
    {
        GatewayConfig config = gateway();
        config.pipelines.front().stages.clear();
        QVERIFY(!parseGatewayConfig(writeGatewayConfig(config), "g"));
        config.pipelines.clear();
        QVERIFY(!parseGatewayConfig(writeGatewayConfig(config), "g"));
        config.pipelines.resize(2, gateway().pipelines.front());
        QVERIFY(!parseGatewayConfig(writeGatewayConfig(config), "g"));
    }
};

} // namespace millrace::runtime

QTEST_GUILESS_MAIN(millrace::runtime::TestNodeConfig)
#include "tst_node_config.moc"
