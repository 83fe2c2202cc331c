// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/search/Solve.h"
#include "ui/Window.h"
#include "ui/charts/LadderView.h"
#include "ui/clusterview/ClusterView.h"
#include "ui/inspector/Inspector.h"
#include "ui/mainwindow/StatusLine.h"
#include "ui/models/DeviceTableModel.h"
#include "ui/models/LinkTableModel.h"
#include "ui/models/ScenarioTableModel.h"
#include "ui/models/StageTableModel.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSlider>

namespace millrace
{

using cluster::Cluster;
using ui::Snapshot;

namespace
{

/// conv -> relu -> pool on a chain of `devices` devices, planned.
Snapshot planned(std::size_t devices, Bytes memory)
{
    graph::Graph graph;
    graph.name = "chain";
    const char* ops[] = {"Conv", "Relu", "MaxPool", "Gemm"};
    for (std::size_t i = 0; i < 4; ++i) {
        graph::Layer layer;
        layer.name = std::string(ops[i]) + "_" + std::to_string(i);
        layer.op = ops[i];
        layer.inputs = {TensorId(i)};
        layer.outputs = {TensorId(i + 1)};
        layer.weightBytes = Bytes{1000};
        layer.activationBytes = Bytes{500};
        layer.attributes = {{"kernel_shape", "[3, 3]"}};
        graph.layers.push_back(layer);
    }
    for (std::size_t i = 0; i < 5; ++i) {
        graph::Tensor tensor{"t" + std::to_string(i), graph::DType::Float32, {1, 64}, false, {}};
        tensor.flow.bytes = Bytes{256};
        if (i > 0)
            tensor.flow.producer = LayerId(i - 1);
        if (i < 4)
            tensor.flow.consumers = {LayerId(i)};
        tensor.flow.isOutput = i == 4;
        graph.tensors.push_back(tensor);
    }
    graph.inputs = {TensorId(std::size_t{0})};
    graph.outputs = {TensorId(std::size_t{4})};
    Cluster cluster;
    for (std::size_t i = 0; i < devices; ++i) {
        cluster::Device device;
        device.name = "device-" + std::to_string(i + 1);
        device.className = device.name;
        device.memory = memory;
        cluster.devices.push_back(device);
    }
    cluster.defaultLink = {BitsPerSecond{100e6}, Seconds{0.001}, Seconds{0}};
    plan::LayerTimes times{plan::TimesSource::Estimated, std::vector(4, Seconds{0.01}), {}, {}};

    Snapshot snapshot;
    snapshot.graph = std::make_shared<graph::Graph>(graph);
    snapshot.cluster = std::make_shared<Cluster>(cluster);
    snapshot.times = std::make_shared<plan::LayerTimes>(times);
    auto problem = plan::makeProblem(graph, cluster, times, {});
    if (!problem)
        qFatal("%s", problem.error().message.c_str());
    plan::NoPlanSink sink;
    snapshot.plan = std::make_shared<plan::Plan>(
        plan::Plan{plan::solve(*problem, {}, {}, sink).value().solution, {}});
    snapshot.problem = std::make_shared<plan::Problem>(std::move(*problem));
    return snapshot;
}

Snapshot unplanned()
{
    Snapshot snapshot = planned(3, Bytes{1 << 20});
    snapshot.plan.reset();
    snapshot.problem.reset();
    return snapshot;
}

Snapshot infeasible()
{
    return planned(3, Bytes{100});
}

} // namespace

class TestViews : public QObject
{
    Q_OBJECT

private slots:
    void init() { test::failOnWarnings(); }

    void anySnapshotIsShown_data()
    {
        QTest::addColumn<int>("which");
        QTest::newRow("nothing") << 0;
        QTest::newRow("no plan") << 1;
        QTest::newRow("infeasible") << 2;
        QTest::newRow("planned") << 3;
        QTest::newRow("many devices") << 4;
    }

    /// Models keep their promises, and views draw, whatever comes after whatever.
    void anySnapshotIsShown()
    {
        QFETCH(int, which);
        const Snapshot all[] = {Snapshot{}, unplanned(), infeasible(), planned(3, Bytes{1 << 20}),
                                planned(12, Bytes{1 << 20})};
        ui::DeviceTableModel devices;
        ui::LinkTableModel links;
        ui::StageTableModel stages;
        QAbstractItemModelTester a(&devices), b(&links), c(&stages);
        ui::Selection selection;
        ui::ClusterView cluster;
        ui::Inspector inspector;
        ui::LadderView ladder;
        cluster.setSelection(&selection);
        inspector.setSelection(&selection);
        ladder.setSelection(&selection);
        for (const Snapshot& snapshot : {all[which], all[3], all[which]}) {
            devices.setSnapshot(snapshot);
            links.setSnapshot(snapshot);
            stages.setSnapshot(snapshot);
            cluster.setSnapshot(snapshot);
            inspector.setSnapshot(snapshot);
            ladder.setSnapshot(snapshot);
            for (const ui::Selected& selected :
                 {ui::Selected(DeviceId(1)), ui::Selected(LayerId(2)), ui::Selected(TensorId(1)),
                  ui::Selected(ui::LinkEnds{DeviceId(0), DeviceId(1)}), ui::Selected()}) {
                selection.select(selected);
                QVERIFY(!cluster.grab().isNull());
                QVERIFY(!inspector.grab().isNull());
                QVERIFY(!ladder.grab().isNull());
            }
            QVERIFY(!ui::statusSentence(snapshot).isEmpty() || which == 1);
        }
    }

    void ladderRowsFollowThePipeline()
    {
        const Snapshot snapshot = planned(3, Bytes{1 << 20});
        const auto rows = ui::ladderRows(snapshot);
        QCOMPARE(rows.size(), snapshot.plan->stageCount() * 2 - 1); // no gateway: no outer hops
        QCOMPARE(std::count_if(rows.begin(), rows.end(),
                               [](const ui::LadderRow& row) { return row.bottleneck; }),
                 1);
        Seconds longest;
        for (const ui::LadderRow& row : rows)
            longest = std::max(longest, row.predicted);
        QCOMPARE(longest.value, snapshot.plan->bottleneckTime.value);
        QVERIFY(ui::ladderRows(infeasible()).empty());
    }
    void ladderRowsOfEachPipelineFollowEachOther()
    {
        Snapshot snapshot = planned(3, Bytes{1 << 20});
        const auto once = ui::ladderRows(snapshot);
        plan::Plan twice = *snapshot.plan;
        twice.pipelines.push_back(twice.pipelines.front());
        snapshot.plan = std::make_shared<plan::Plan>(twice);
        const auto rows = ui::ladderRows(snapshot);
        QCOMPARE(rows.size(), 2 * once.size());
        for (std::size_t i = 0; i < once.size(); ++i)
            for (const ui::LadderRow& row : {rows[i], rows[once.size() + i]}) {
                QCOMPARE(row.kind, once[i].kind);
                QCOMPARE(row.name, once[i].name);
                QCOMPARE(row.bottleneck, once[i].bottleneck);
            }
    }

    /// Rungs move together before the last one leaves the picture, and no further than their text.
    void ladderShowsAllRungsWhereTheyFit()
    {
        ui::LadderView ladder;
        ladder.setSnapshot(planned(5, Bytes{1 << 20}));
        const int lines = static_cast<int>(ladder.rows().size()) + 1;
        const int text = ladder.fontMetrics().height();
        const auto scrolls = [&ladder](int height) {
            ladder.resize(500, height);
            ladder.grab(); // a hidden widget is laid out when it is drawn
            return ladder.verticalScrollBar()->maximum() > 0;
        };
        QVERIFY(lines > 5);
        QVERIFY(!scrolls(lines * (text + 8) + 4));
        QVERIFY(!scrolls(lines * (text + 3) + 4));
        QVERIFY(scrolls(lines * (text + 3) - 4));
    }

    void sliderAndTextChangeMemory()
    {
        ui::Selection selection;
        ui::Inspector inspector;
        inspector.setSelection(&selection);
        inspector.setSnapshot(planned(3, Bytes{std::int64_t{256} << 20}));
        selection.select(DeviceId(1));
        inspector.show();
        QSignalSpy edits(&inspector, &ui::Inspector::editRequested);
        QSignalSpy refusals(&inspector, &ui::Inspector::editRefused);
        auto* slider = inspector.findChild<QSlider*>(QStringLiteral("memorySlider"));
        slider->setValue(slider->value() + 40);
        QCOMPARE(edits.size(), 1);
        QVERIFY(edits[0][0].value<Cluster>().devices[1].memory.value > std::int64_t{256} << 20);
        QCOMPARE(edits[0][2].toString(), QStringLiteral("memory/device-2"));

        auto* field = inspector.findChild<QLineEdit*>(QStringLiteral("memoryField"));
        field->setText(QStringLiteral("512 MiB"));
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(edits.size(), 2);
        QCOMPARE(edits[1][0].value<Cluster>().devices[1].memory.value, std::int64_t{512} << 20);
        QVERIFY(edits[1][2].toString().isEmpty());

        field->setText(QStringLiteral("512"));
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(edits.size(), 2);
        QVERIFY(refusals.size() >= 1);
        QTest::keyClick(field, Qt::Key_Escape);
        QCOMPARE(field->text(), QStringLiteral("512 MiB"));
    }

    void bothDirectionsOfALinkChange()
    {
        ui::Selection selection;
        ui::Inspector inspector;
        inspector.setSelection(&selection);
        inspector.setSnapshot(planned(3, Bytes{1 << 20}));
        selection.select(ui::LinkEnds{DeviceId(0), DeviceId(2)});
        inspector.show();
        QSignalSpy edits(&inspector, &ui::Inspector::editRequested);
        auto* field = inspector.findChild<QLineEdit*>(QStringLiteral("bandwidthField"));
        field->setText(QStringLiteral("20 Mbit/s"));
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(edits.size(), 1);
        const auto both = edits[0][0].value<Cluster>();
        QCOMPARE(both.link(DeviceId(0), DeviceId(2)).bandwidth.value, 20e6);
        QCOMPARE(both.link(DeviceId(2), DeviceId(0)).bandwidth.value, 20e6);
        inspector.findChild<QCheckBox*>(QStringLiteral("linkBoth"))->click();
        field->setText(QStringLiteral("5 Mbit/s"));
        QTest::keyClick(field, Qt::Key_Return);
        const auto one = edits[1][0].value<Cluster>();
        QCOMPARE(one.link(DeviceId(0), DeviceId(2)).bandwidth.value, 5e6);
        QCOMPARE(one.link(DeviceId(2), DeviceId(0)).bandwidth.value, 100e6);
    }

    void layerPageTellsEverythingAndPins()
    {
        ui::Selection selection;
        ui::Inspector inspector;
        inspector.setSelection(&selection);
        inspector.setSnapshot(planned(3, Bytes{1 << 20}));
        selection.select(LayerId(2));
        const QString text = inspector.text();
        for (const char* part : {"MaxPool", "MaxPool_2", "float32 [1 \u00d7 64]", "kernel_shape",
                                 "[3, 3]", "1000 B", "10.0 ms"})
            QVERIFY2(text.contains(QString::fromUtf8(part)), qPrintable(text));
        QSignalSpy pins(&inspector, &ui::Inspector::pinRequested);
        auto* box = inspector.findChild<QComboBox*>(QStringLiteral("pinBox"));
        box->setCurrentIndex(2);
        emit box->activated(2);
        QCOMPARE(pins.size(), 1);
        QCOMPARE(pins[0][1].value<std::optional<DeviceId>>(), std::optional(DeviceId(1)));
    }

    void clusterKeysEditDevices()
    {
        ui::Selection selection;
        ui::ClusterView view;
        view.setSelection(&selection);
        view.resize(500, 400);
        view.setSnapshot(planned(3, Bytes{1 << 20}));
        view.show();
        QSignalSpy edits(&view, &ui::ClusterView::editRequested);
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(selection.current(), ui::Selected(DeviceId(0)));
        QTest::keyClick(&view, Qt::Key_Left);
        QCOMPARE(selection.current(), ui::Selected(DeviceId(2)));
        QTest::keyClick(&view, Qt::Key_Space);
        QCOMPARE(edits[0][0].value<Cluster>().devices[2].enabled, false);
        QTest::keyClick(&view, Qt::Key_Delete);
        QCOMPARE(edits[1][0].value<Cluster>().devices.size(), std::size_t{2});
    }

    void clusterPictureHasNoOverlaps_data()
    {
        QTest::addColumn<int>("devices");
        for (const int devices : {1, 2, 3, 5, 6})
            QTest::newRow(qPrintable(QString::number(devices))) << devices;
    }

    void clusterPictureHasNoOverlaps()
    {
        QFETCH(int, devices);
        ui::ClusterView view;
        view.resize(420, 430);
        view.show();
        view.setSnapshot(planned(static_cast<std::size_t>(devices), Bytes{1 << 20}));
        QVERIFY(!view.hasOverlaps());
    }
};

} // namespace millrace

QTEST_MAIN(millrace::TestViews)
#include "tst_views.moc"
