// SPDX-License-Identifier: GPL-3.0-or-later
// What the views of a plan say, as values.
#include "ui/Snapshots.h"
#include "ui/clusterview/Looks.h"
#include "ui/graphview/FindLayers.h"
#include "ui/inspector/Descriptions.h"
#include "ui/inspector/Worth.h"
#include "ui/inspector/WorthSearch.h"
#include "ui/models/LadderRows.h"

#include <QPalette>
#include <QSignalSpy>
#include <QTest>
#include <QTextDocumentFragment>

#include <algorithm>

namespace millrace
{

using test::planned;
using test::someCluster;
using ui::Snapshot;

namespace
{

constexpr int kSlow = 20000; // sanitizers on a busy machine

QString plain(const QString& html)
{
    return QTextDocumentFragment::fromHtml(html).toPlainText();
}

} // namespace

class TestPlanTexts : public QObject
{
    Q_OBJECT
private slots:
    void ladderHasARungForEveryStageAndHopInOrder()
    {
        const Snapshot snapshot = planned(someCluster(4));
        const auto rows = ui::ladderRows(snapshot);
        const auto stages = snapshot.plan->stages();
        const auto hops = snapshot.plan->hops();
        QCOMPARE(rows.size(), stages.size() + hops.size());
        std::size_t bottlenecks = 0;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const bool isCompute = rows[i].kind == ui::LadderKind::Compute;
            QCOMPARE(isCompute, i % 2 == 1);
            QCOMPARE(rows[i].predicted.value,
                     isCompute ? stages[i / 2].stage.compute.value : hops[i / 2].hop.seconds.value);
            bottlenecks += rows[i].bottleneck ? 1 : 0;
            if (rows[i].bottleneck)
                QCOMPARE(rows[i].predicted.value, snapshot.plan->bottleneckTime.value);
            QVERIFY(rows[i].advice.contains(rows[i].name.section(QStringLiteral(" > "), 0, 0)));
        }
        QCOMPARE(bottlenecks, std::size_t{1});
        QCOMPARE(rows[0].name.section(QStringLiteral(" > "), 0, 0), QStringLiteral("laptop"));
    }

    void ladderIsEmptyWithoutStages()
    {
        QVERIFY(ui::ladderRows({}).empty());
        cluster::Cluster tiny = someCluster(2);
        tiny.devices[1].memory = tiny.devices[2].memory = Bytes{test::kMiB};
        QVERIFY(ui::ladderRows(planned(tiny)).empty());
    }

    void cardsSayWhatEachDeviceDoes()
    {
        cluster::Cluster cluster = someCluster(4);
        cluster.devices[2].enabled = false;
        const Snapshot snapshot = planned(cluster);
        const auto looks = ui::deviceLooks(snapshot, QPalette());
        QCOMPARE(looks.size(), std::size_t{5});
        QCOMPARE(looks[0].role, QStringLiteral("gateway"));
        QVERIFY(!looks[0].hasStage && looks[0].memory.isEmpty());
        QCOMPARE(looks[2].role, QStringLiteral("off"));
        QVERIFY(!looks[2].enabled && !looks[2].hasStage);
        for (const auto& [at, stage] : snapshot.plan->stages()) {
            const ui::DeviceLook& look = looks[stage.device.index()];
            QVERIFY(look.hasStage);
            QVERIFY2(look.role.startsWith(QStringLiteral("stage %1").arg(at.stage + 1)),
                     qPrintable(look.role));
            QVERIFY(look.used > 0 && look.used <= 1);
        }
    }

    void onlyHopsOfThePlanAreArrows()
    {
        const Snapshot snapshot = planned(someCluster(4));
        const auto looks = ui::linkLooks(snapshot, QPalette());
        const auto hops = snapshot.plan->hops();
        const auto arrows = std::count_if(looks.begin(), looks.end(),
                                          [](const ui::LinkLook& look) { return look.arrow; });
        QCOMPARE(static_cast<std::size_t>(arrows), hops.size());
        QVERIFY(looks.size() > hops.size());
        for (const ui::LinkLook& look : looks)
            QCOMPARE(look.label.isEmpty(), !look.arrow);
    }

    void layersAndTensorsAreDescribed()
    {
        Snapshot snapshot = planned(someCluster(4));
        graph::Graph graph = *snapshot.graph;
        graph.layers[0].name = "<i>conv</i>";
        snapshot.graph = std::make_shared<graph::Graph>(graph);
        const QString layer = ui::describeLayer(snapshot, LayerId(0));
        QVERIFY2(layer.contains(QStringLiteral("&lt;i&gt;conv&lt;/i&gt;")), qPrintable(layer));
        const QString words = plain(layer);
        for (const char* said : {"Conv", "20.0 MiB", "strides", "[1, 1]", "200 MFLOP"})
            QVERIFY2(words.contains(QLatin1String(said)), qPrintable(words));
        QVERIFY2(words.contains(QStringLiteral("shared by")), qPrintable(words));
        const QString tensor = plain(ui::describeTensor(snapshot, TensorId(1)));
        QVERIFY2(tensor.contains(QStringLiteral("1.00 MiB")), qPrintable(tensor));
        QVERIFY2(tensor.contains(QStringLiteral("64 \u00d7 64")), qPrintable(tensor));
        for (const auto& [name, odd] : test::oddSnapshots())
            if (odd.graph)
                QVERIFY2(ui::describeAll(odd).contains(QStringLiteral("chain")), name);
    }

    void layersAreFoundByNameOperatorAndOutput()
    {
        graph::Graph graph = test::chainGraph();
        graph.layers[4].op = "Relu";
        using Found = std::vector<LayerId>;
        QCOMPARE(ui::layersMatching(graph, QStringLiteral("CONV3")), Found{LayerId(3)});
        QCOMPARE(ui::layersMatching(graph, QStringLiteral("relu")), Found{LayerId(4)});
        QCOMPARE(ui::layersMatching(graph, QStringLiteral("t6")), Found{LayerId(5)}); // its output
        QCOMPARE(ui::layersMatching(graph, QStringLiteral("conv")).size(), std::size_t{6});
        QVERIFY(ui::layersMatching(graph, QStringLiteral("t0")).empty()); // nobody makes the input
        QVERIFY(ui::layersMatching(graph, QString()).empty());
    }

    void nothingIsWorthKnowingWhileAPlanIsSearched()
    {
        Snapshot snapshot = planned(someCluster(4));
        const ui::Selected device = DeviceId(1);
        QVERIFY(!ui::changesOf(snapshot, device).empty());
        QVERIFY(ui::changesOf(snapshot, DeviceId(0)).empty()); // the gateway hosts nothing
        QVERIFY(ui::changesOf(snapshot, DeviceId(99)).empty());
        QVERIFY(!ui::changesOf(snapshot, ui::LinkEnds{DeviceId(1), DeviceId(2)}).empty());
        snapshot.planning = true;
        QVERIFY(ui::changesOf(snapshot, device).empty());
        QVERIFY(ui::changesOf({}, device).empty());
    }

    void whatChangesBringIsFoundInTheBackground()
    {
        const Snapshot snapshot = planned(someCluster(4));
        const DeviceId first = snapshot.plan->stages()[0].stage.device;
        const auto changes = ui::changesOf(snapshot, first);
        ui::WorthSearch search;
        QSignalSpy changed(&search, &ui::WorthSearch::changed);
        search.ask(snapshot, changes);
        QVERIFY(search.isRunning());
        QVERIFY(search.findings().empty());
        const QString meanwhile = plain(ui::describeWorth(snapshot, {}, ui::Search::Runs));
        QVERIFY2(meanwhile.contains(QStringLiteral("Planning anew")), qPrintable(meanwhile));
        QTRY_VERIFY_WITH_TIMEOUT(!search.isRunning(), kSlow);
        const auto findings = search.findings();
        QCOMPARE(findings.size(), changes.size());
        for (std::size_t i = 0; i < changes.size(); ++i)
            QVERIFY(findings[i].change == changes[i]);
        QVERIFY(changed.size() > 0);
        const QString said = plain(ui::describeWorth(snapshot, findings, ui::Search::Ended));
        QVERIFY2(said.contains(QStringLiteral("What it would bring")), qPrintable(said));
        QVERIFY(!said.contains(QStringLiteral("Planning anew")));
        QVERIFY(ui::describeWorth(snapshot, {}, ui::Search::Ended).isEmpty());
        // The same question again is answered from what is known; another plan forgets it.
        search.ask(snapshot, {});
        search.ask(snapshot, changes);
        QVERIFY(!search.isRunning());
        search.ask(planned(someCluster(3)), changes);
        QVERIFY(search.isRunning());
        QVERIFY(search.findings().empty());
    }
};

} // namespace millrace

QTEST_MAIN(millrace::TestPlanTexts)
#include "tst_plan_texts.moc"
