// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/MakeProblem.h"
#include "plan/search/Solve.h"
#include "support/ShowString.h"

#include <QTest>

#include <limits>

using namespace millrace;
using namespace millrace::plan;

namespace
{

/// Two layers in a chain that share one weight; each has one of its own.
graph::Graph smallGraph()
{
    graph::Graph graph;
    const auto tensor = [](const char* name, std::int64_t bytes, std::optional<LayerId> producer,
                           std::vector<LayerId> consumers, bool output) {
        graph::Tensor made;
        made.name = name;
        made.dtype = graph::DType::Float32;
        made.shape = {bytes / 4};
        made.flow = {{bytes}, producer, std::move(consumers), output};
        return made;
    };
    graph.tensors = {tensor("in", 400, std::nullopt, {LayerId(0)}, false),
                     tensor("mid", 800, LayerId(0), {LayerId(1)}, false),
                     tensor("out", 40, LayerId(1), {}, true)};
    const auto weight = [](const char* name, std::int64_t bytes, std::vector<LayerId> consumers) {
        return graph::Weight{
            name, graph::DType::Float32, {bytes / 4}, {bytes}, std::move(consumers)};
    };
    graph.weights = {weight("w0", 4000, {LayerId(0)}), weight("w1", 8000, {LayerId(1)}),
                     weight("both", 16000, {LayerId(0), LayerId(1)})};
    graph::Layer first;
    first.name = "first";
    first.inputs = {TensorId(0)};
    first.outputs = {TensorId(1)};
    first.weights = {WeightId(0), WeightId(2)};
    first.weightBytes.value = 4000;
    first.activationBytes.value = 1200;
    first.flops = 8e9;
    graph::Layer second;
    second.name = "second";
    second.inputs = {TensorId(1)};
    second.outputs = {TensorId(2)};
    second.weights = {WeightId(1), WeightId(2)};
    second.weightBytes.value = 8000;
    second.activationBytes.value = 840;
    graph.layers = {first, second};
    graph.inputs = {TensorId(0)};
    graph.outputs = {TensorId(2)};
    return graph;
}

LayerTimes smallTimes()
{
    LayerTimes times;
    times.reference = {{2}, {4}};
    return times;
}

cluster::Device device(const char* name, const char* className, double speed)
{
    cluster::Device device;
    device.name = name;
    device.className = className;
    device.memory.value = std::int64_t{1} << 28;
    device.speed = speed;
    return device;
}

cluster::Cluster smallCluster()
{
    cluster::Cluster cluster;
    cluster.devices = {device("laptop", "laptop", 1), device("pi-1", "rpi4", 0.5),
                       device("pi-2", "rpi4", 0.5)};
    cluster.devices[0].stages = false;
    cluster.devices[0].memory = {};
    cluster.defaultLink = {{54e6}, {0.002}, {0.001}};
    cluster.pairs = {{"pi-1", "pi-2", {{20e6}, {0.004}, {0}}}, {"pi-2", "pi-1", {}}};
    cluster.gateway = cluster::Gateway{"laptop", true};
    return cluster;
}

Problem made(const cluster::Cluster& cluster, const LayerTimes& times = smallTimes(),
             const PlanRequest& request = {})
{
    const auto problem = makeProblem(smallGraph(), cluster, times, request);
    if (!problem)
        qFatal("%s", problem.error().message.c_str());
    return *problem;
}

double seconds(const Problem& problem, std::size_t layer, const std::string& className)
{
    return problem.layers[layer].seconds.at(className).value;
}

} // namespace

class TestMakeProblem : public QObject
{
    Q_OBJECT
private slots:
    void layersAndTensors()
    {
        const Problem problem = made(smallCluster());
        QCOMPARE(problem.layers.size(), std::size_t{2});
        QCOMPARE(problem.layers[0].name, std::string("first"));
        QCOMPARE(problem.layers[0].weightBytes.value, 4000);
        QCOMPARE(problem.layers[1].activationBytes.value, 840);
        QVERIFY(problem.tensors == smallGraph().dataflow());
        QCOMPARE(problem.sharedWeights.size(), std::size_t{1});
        QVERIFY((problem.sharedWeights[0] == SharedWeight{{16000}, {LayerId(0), LayerId(1)}}));
    }

    void devicesKeepTheirOrder()
    {
        cluster::Cluster cluster = smallCluster();
        cluster.devices[2].enabled = false;
        const Problem problem = made(cluster);
        QCOMPARE(problem.devices.size(), std::size_t{3});
        QVERIFY((problem.devices[0] == Device{"laptop", "laptop", {}, false}));
        QVERIFY((problem.devices[1] == Device{"pi-1", "rpi4", {1 << 28}, true}));
        QVERIFY((problem.devices[2] == Device{"pi-2", "rpi4", {1 << 28}, false}));
        // A device that is only off keeps its times, so that switching it on is enough.
        QCOMPARE(seconds(problem, 0, "rpi4"), 4.0);
        QVERIFY(!problem.layers[0].seconds.contains("laptop"));
    }

    void speedsOfClassesThatWereNotMeasured()
    {
        cluster::Cluster cluster = smallCluster();
        QCOMPARE(seconds(made(cluster), 1, "rpi4"), 8.0);
        cluster.devices[2].speed = 0.25;
        const Problem problem = made(cluster);
        QCOMPARE(problem.devices[1].className, std::string("rpi4@0.5"));
        QCOMPARE(problem.devices[2].className, std::string("rpi4@0.25"));
        QCOMPARE(seconds(problem, 1, "rpi4@0.5"), 8.0);
        QCOMPARE(seconds(problem, 1, "rpi4@0.25"), 16.0);
    }

    /// "rpi4@0.25" may be a class of its own beside two unlike "rpi4".
    void madeUpClassesDoNotMeetNamedOnes()
    {
        cluster::Cluster cluster = smallCluster();
        cluster.devices[2].speed = 0.25;
        cluster.devices.push_back(device("odd", "rpi4@0.25", 4));
        const Problem problem = made(cluster);
        QVERIFY(problem.devices[3].className != problem.devices[2].className);
        QCOMPARE(seconds(problem, 0, problem.devices[2].className), 8.0);
        QCOMPARE(seconds(problem, 0, problem.devices[3].className), 0.5);
    }

    void measuredClassesIgnoreSpeed()
    {
        cluster::Cluster cluster = smallCluster();
        cluster.devices[2].speed = 0.25;
        LayerTimes times = smallTimes();
        times.byClass["rpi4"] = {{3}, {5}};
        const Problem problem = made(cluster, times);
        QCOMPARE(problem.devices[1].className, std::string("rpi4"));
        QCOMPARE(problem.devices[2].className, std::string("rpi4"));
        QCOMPARE(seconds(problem, 0, "rpi4"), 3.0);
        QCOMPARE(seconds(problem, 1, "rpi4"), 5.0);
    }

    void links()
    {
        const Problem problem = made(smallCluster());
        const auto bandwidth = [&problem](int from, int to) {
            return problem.bandwidth.at(DeviceId(from), DeviceId(to)).value;
        };
        QCOMPARE(bandwidth(0, 1), 54e6);
        QCOMPARE(bandwidth(1, 2), 20e6);
        QCOMPARE(bandwidth(2, 1), 0.0);
        QCOMPARE(bandwidth(1, 1), 0.0);
        QCOMPARE(problem.delay.at(DeviceId(0), DeviceId(2)).value, 0.002);
        QCOMPARE(problem.delay.at(DeviceId(1), DeviceId(2)).value, 0.004);
        QCOMPARE(problem.occupancy.at(DeviceId(0), DeviceId(2)).value, 0.001);
        QCOMPARE(problem.occupancy.at(DeviceId(1), DeviceId(2)).value, 0.0);
    }

    void gateway()
    {
        cluster::Cluster cluster = smallCluster();
        QVERIFY(made(cluster).source == DeviceId(0) && made(cluster).sink == DeviceId(0));
        cluster.gateway->countHops = false;
        QVERIFY(!made(cluster).source && !made(cluster).sink);
        cluster.gateway.reset();
        QVERIFY(!made(cluster).source && !made(cluster).sink);
    }

    void requestIsPassedOn()
    {
        PlanRequest request;
        request.overlap = Overlap::No;
        request.stages = {2, 3};
        request.pins = {{LayerId(1), DeviceId(2)}};
        request.memoryModel = {{7}, 1.5, 2};
        const Problem problem = made(smallCluster(), smallTimes(), request);
        QVERIFY(problem.overlap == Overlap::No);
        QVERIFY(problem.stages == request.stages);
        QVERIFY(problem.pins == request.pins);
        QVERIFY(problem.memoryModel == request.memoryModel);
        NoPlanSink sink;
        const Solution plan = solve(problem, {}, {}, sink).value().solution;
        QVERIFY(plan.status == Status::Optimal);
        QVERIFY(plan.pipelines.front().stages[1].device == DeviceId(2));
    }

    void refuses_data()
    {
        QTest::addColumn<int>("which");
        QTest::addColumn<QByteArray>("message");
        QTest::newRow("times of another model")
            << 0 << QByteArray("the layer times do not fit the model; measure this model anew");
        QTest::newRow("a time that is no number")
            << 1 << QByteArray("the layer times do not fit the model; measure this model anew");
        QTest::newRow("a class's times of another model")
            << 2
            << QByteArray(
                   "the layer times of class \"rpi4\" do not fit the model; measure them anew");
        QTest::newRow("a cluster that is not valid")
            << 3 << QByteArray("device \"pi-1\": speed must be above 0 and at most 1,000,000");
        QTest::newRow("a pin out of range")
            << 4 << QByteArray("pins: there is no layer 2 or no device 1");
        QTest::newRow("no layers") << 5 << QByteArray("layers: at least one layer is needed");
    }
    void refuses()
    {
        QFETCH(int, which);
        QFETCH(QByteArray, message);
        graph::Graph graph = smallGraph();
        cluster::Cluster cluster = smallCluster();
        LayerTimes times = smallTimes();
        PlanRequest request;
        if (which == 0)
            times.reference.pop_back();
        if (which == 1)
            times.reference[0].value = std::numeric_limits<double>::quiet_NaN();
        if (which == 2)
            times.byClass["rpi4"] = {{1}};
        if (which == 3)
            cluster.devices[1].speed = 0;
        if (which == 4)
            request.pins = {{LayerId(2), DeviceId(1)}};
        if (which == 5) {
            graph = {};
            times.reference.clear();
        }
        const auto problem = makeProblem(graph, cluster, times, request);
        QVERIFY(!problem);
        QVERIFY(problem.error().code == ErrorCode::InvalidArgument);
        QCOMPARE(problem.error().message, message.toStdString());
    }

    void estimate()
    {
        const LayerTimes times = estimateTimes(smallGraph());
        QVERIFY(times.source == TimesSource::Estimated);
        QVERIFY(times.byClass.empty());
        QCOMPARE(times.reference.size(), std::size_t{2});
        QCOMPARE(times.reference[0].value, 8e9 / 80e9 + 5e-6); // bound by arithmetic
        QCOMPARE(times.reference[1].value, (8000 + 16000 + 800 + 40) / 8e9 + 5e-6); // by memory
    }

    void defaultMemoryModelFits()
    {
        PlanRequest request;
        request.memoryModel = defaultMemoryModel();
        const Problem problem = made(smallCluster(), smallTimes(), request);
        NoPlanSink sink;
        const Solution plan = solve(problem, {}, {}, sink).value().solution;
        QVERIFY(plan.hasStages());
        QVERIFY(plan.pipelines.front().stages[0].memory > request.memoryModel.fixed);
    }
};

QTEST_APPLESS_MAIN(TestMakeProblem)
#include "tst_make_problem.moc"
