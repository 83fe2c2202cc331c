// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/whatif/Changes.h"
#include "ui/Snapshots.h"
#include "ui/inspector/Inspector.h"
#include "ui/models/Figures.h"

#include <QCheckBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QTest>

#include <cmath>
#include <map>
#include <set>

namespace millrace
{

using ui::Inspector;
using ui::LinkEnds;
using ui::Selected;

namespace
{

constexpr int kSlow = 20000; // sanitizers on a busy machine

/// "-12.3 %" or "+4.56 %" as the inspector writes it, by planning the changed problem from scratch.
QString coldWorth(const ui::Snapshot& snapshot, const plan::Change& change)
{
    plan::NoPlanSink sink;
    const auto after =
        plan::solve(plan::changed(*snapshot.problem, change), {}, {}, sink).value().solution;
    if (!after.hasStages())
        return QStringLiteral("no plan any more");
    const double gain = snapshot.plan->bottleneckTime.value / after.bottleneckTime.value - 1;
    if (std::abs(gain) < 1e-9)
        return QStringLiteral("nothing");
    return QString((gain > 0 ? u'+' : u'\u2212') + ui::percent(std::abs(gain)));
}

} // namespace

class TestInspector : public QObject
{
    Q_OBJECT

    /// The inspector over a planned cluster of a gateway and four devices, shown and active.
    struct Bench {
        ui::Selection selection;
        Inspector inspector;
        QSignalSpy edits{&inspector, &Inspector::editRequested};
        QSignalSpy refusals{&inspector, &Inspector::editRefused};
        ui::Snapshot snapshot = test::planned(test::someCluster(4));

        explicit Bench(const Selected& selected)
        {
            inspector.setSelection(&selection);
            inspector.setSnapshot(snapshot);
            selection.select(selected);
            inspector.resize(300, 600);
            inspector.show();
            inspector.activateWindow();
            if (!QTest::qWaitForWindowActive(&inspector))
                qFatal("the inspector does not become active");
        }
        template <class T = QLineEdit>
        T* child(const char* name)
        {
            return inspector.findChild<T*>(QLatin1String(name));
        }
        void type(const char* name, const QString& text)
        {
            auto* field = child(name);
            field->setFocus();
            field->selectAll();
            QTest::keyClicks(field, text);
            QTest::keyClick(field, Qt::Key_Return);
        }
        /// What it would bring; empty while the label is hidden.
        [[nodiscard]] QString worth(const char* name)
        {
            const auto* label = child<QLabel>(name);
            return label->isHidden() ? QString() : label->text();
        }
        [[nodiscard]] bool knowsWorth(const char* name)
        {
            return !worth(name).isEmpty() && !worth(name).contains(QStringLiteral("Planning"));
        }
        [[nodiscard]] cluster::Cluster asked() const
        {
            return edits.last().at(0).value<cluster::Cluster>();
        }
        [[nodiscard]] QString mergeKey() const { return edits.last().at(2).toString(); }
        void take() // the document's answer to an edit
        {
            snapshot.cluster = std::make_shared<cluster::Cluster>(asked());
            inspector.setSnapshot(snapshot);
        }
    };

private slots:
    void anySnapshotIsShown_data()
    {
        QTest::addColumn<int>("row");
        const auto all = test::oddSnapshots();
        for (std::size_t i = 0; i < all.size(); ++i)
            QTest::newRow(all[i].first) << static_cast<int>(i);
    }
    void anySnapshotIsShown()
    {
        QFETCH(const int, row);
        Bench bench{Selected()};
        bench.inspector.setSnapshot(test::oddSnapshots()[static_cast<std::size_t>(row)].second);
        for (const Selected& selected :
             {Selected(), Selected(DeviceId(1)), Selected(DeviceId(4)), Selected(LayerId(2)),
              Selected(TensorId(0)), Selected(LinkEnds{DeviceId(0), DeviceId(1)}),
              Selected(LinkEnds{DeviceId(3), DeviceId(4)})}) {
            bench.selection.select(selected);
            QVERIFY(!bench.inspector.grab().isNull());
        }
        bench.selection.select({});
        QVERIFY(!bench.inspector.text().isEmpty());
    }

    void draggedMemoryMergesIntoOneStep()
    {
        Bench bench{DeviceId(2)};
        auto* slider = bench.child<QSlider>("memorySlider");
        slider->setSliderDown(true);
        for (const int step : {1, 2, 3}) {
            slider->setSliderPosition(slider->value() + 10 * step);
            bench.take();
        }
        slider->setSliderDown(false);
        QCOMPARE(bench.edits.size(), 3);
        QCOMPARE(bench.mergeKey(), QStringLiteral("memory/pi-2"));
        const Bytes asked = bench.asked().devices[2].memory;
        QVERIFY(asked.value > 64 * test::kMiB);
        QCOMPARE(asked.value % test::kMiB, 0);
        QCOMPARE(bench.child("memoryField")->text().toStdString(), exactBytes(asked));
    }

    void memoryIsTyped()
    {
        Bench bench{DeviceId(2)};
        bench.type("memoryField", QStringLiteral("512 MiB"));
        QCOMPARE(bench.edits.size(), 1);
        QCOMPARE(bench.asked().devices[2].memory.value, 512 * test::kMiB);
        QVERIFY(bench.mergeKey().isEmpty());
        QCOMPARE(bench.refusals.size(), 0);
    }

    void badTextIsRefused_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("text");
        QTest::newRow("memory without unit") << "memoryField"
                                             << "512";
        QTest::newRow("memory of no sense") << "memoryField"
                                            << "lots";
        QTest::newRow("speed") << "speedField"
                               << "fast";
        QTest::newRow("name taken") << "deviceName"
                                    << "pi-1";
        QTest::newRow("name with a blank") << "deviceName"
                                           << "pi 9";
    }
    void badTextIsRefused()
    {
        QFETCH(const QString, field);
        QFETCH(const QString, text);
        Bench bench{DeviceId(2)};
        bench.type(field.toLatin1().constData(), text);
        QCOMPARE(bench.edits.size(), 0);
        QVERIFY(bench.refusals.size() >= 1);
        QVERIFY(bench.refusals.last().at(0).toString().startsWith(QStringLiteral("Cannot ")));
    }

    void escapeBringsTheValueBack()
    {
        Bench bench{DeviceId(2)};
        auto* field = bench.child("memoryField");
        const QString before = field->text();
        bench.type("memoryField", QStringLiteral("512"));
        QVERIFY(!field->toolTip().isEmpty());
        QTest::keyClick(field, Qt::Key_Escape);
        QCOMPARE(field->text(), before);
        QVERIFY(field->toolTip().isEmpty());
    }

    void badTextDoesNotFollowToAnotherDevice()
    {
        Bench bench{DeviceId(2)};
        bench.type("memoryField", QStringLiteral("512"));
        bench.selection.select(DeviceId(3)); // of the same memory
        QCOMPARE(bench.child("memoryField")->text(), QStringLiteral("64 MiB"));
        QVERIFY(bench.child("memoryField")->toolTip().isEmpty());
    }

    void snapshotLeavesTypingAlone()
    {
        Bench bench{DeviceId(2)};
        for (const char* name : {"memoryField", "deviceName"}) {
            auto* field = bench.child(name);
            field->setFocus();
            field->selectAll();
            QTest::keyClicks(field, QStringLiteral("12"));
            bench.inspector.setSnapshot(test::planned(test::someCluster(4)));
            QCOMPARE(field->text(), QStringLiteral("12"));
            QTest::keyClick(field, Qt::Key_Escape);
        }
    }

    void deviceIsSwitchedOff()
    {
        Bench bench{DeviceId(2)};
        bench.child<QCheckBox>("deviceEnabled")->click();
        QCOMPARE(bench.edits.size(), 1);
        QVERIFY(!bench.asked().devices[2].enabled);
        bench.take();
        bench.child<QCheckBox>("deviceStages")->click();
        QVERIFY(!bench.asked().devices[2].stages);
    }

    void bandwidthOfBothDirections_data()
    {
        QTest::addColumn<bool>("both");
        QTest::newRow("one direction") << false;
        QTest::newRow("both directions") << true;
    }
    void bandwidthOfBothDirections()
    {
        QFETCH(const bool, both);
        Bench bench{LinkEnds{DeviceId(1), DeviceId(2)}};
        bench.child<QCheckBox>("linkBoth")->setChecked(both);
        bench.type("bandwidthField", QStringLiteral("20 Mbit/s"));
        QCOMPARE(bench.edits.size(), 1);
        QCOMPARE(bench.asked().link(DeviceId(1), DeviceId(2)).bandwidth.value, 20e6);
        QCOMPARE(bench.asked().link(DeviceId(2), DeviceId(1)).bandwidth.value, both ? 20e6 : 54e6);
    }

    void oppositeDirectionIsSelected()
    {
        Bench bench{LinkEnds{DeviceId(1), DeviceId(2)}};
        bench.child<QPushButton>("linkOpposite")->click();
        QCOMPARE(bench.selection.current(), Selected(LinkEnds{DeviceId(2), DeviceId(1)}));
    }

    void layerPageTellsAll()
    {
        Bench bench{LayerId(0)};
        const QString text = bench.inspector.text();
        for (const char* part :
             {"Conv", "conv0", "float32", "1 \u00d7 64 \u00d7 64 \u00d7 64", "1.00 MiB",
              "64 \u00d7 64 \u00d7 3 \u00d7 3", "shared by 2", "strides", "Stage 1"})
            QVERIFY2(text.contains(QString::fromUtf8(part)), part);
    }

    void pinIsAskedFor()
    {
        Bench bench{LayerId(0)};
        std::optional<DeviceId> pinned;
        QObject::connect(&bench.inspector, &Inspector::pinRequested, &bench.inspector,
                         [&pinned](LayerId, std::optional<DeviceId> device) { pinned = device; });
        auto* box = bench.child<QComboBox>("pinBox");
        QCOMPARE(box->currentIndex(), 0);
        box->setFocus();
        QTest::keyClick(box, Qt::Key_Down);
        QCOMPARE(pinned, std::optional(DeviceId(1)));
    }

    void deviceTellsWhatItWouldBring_data()
    {
        QTest::addColumn<int>("device");
        for (int device = 1; device <= 4; ++device)
            QTest::addRow("pi-%d", device) << device;
    }
    void deviceTellsWhatItWouldBring()
    {
        QFETCH(const int, device);
        Bench bench{DeviceId(device)};
        QTRY_VERIFY_WITH_TIMEOUT(bench.knowsWorth("deviceWorth"), kSlow);
        const QString text = bench.worth("deviceWorth");
        QVERIFY(text.contains(QStringLiteral("What it would bring")));
        const std::map<QString, plan::Change> last = {
            {QStringLiteral("memory"), plan::MoreMemory{DeviceId(device), Bytes{64 * test::kMiB}}},
            {QStringLiteral("speed"), plan::MoreSpeed{DeviceId(device), 2}},
            {QStringLiteral("without it"), plan::DeviceGone{DeviceId(device)}}};
        for (const auto& [row, change] : last)
            QVERIFY2(text.contains(coldWorth(bench.snapshot, change)),
                     qPrintable(QString(row + u' ' + coldWorth(bench.snapshot, change) + text)));
    }

    void nothingSaysWhy()
    {
        ui::Snapshot snapshot = test::planned(test::someCluster(6));
        Bench bench{Selected()};
        bench.inspector.setSnapshot(snapshot);
        std::set<DeviceId> unused;
        for (int device = 1; device <= 6; ++device)
            unused.insert(DeviceId(device));
        for (const auto& [at, stage] : snapshot.plan->stages())
            unused.erase(stage.device);
        QVERIFY(!unused.empty());
        bench.selection.select(*unused.begin());
        QTRY_VERIFY_WITH_TIMEOUT(bench.knowsWorth("deviceWorth"), kSlow);
        QVERIFY(bench.worth("deviceWorth")
                    .contains(QStringLiteral("nothing lost; the plan does not use it")));
        QVERIFY(bench.worth("deviceWorth").contains(QStringLiteral("nothing; ")));
    }

    void linkTellsWhatItWouldBring()
    {
        Bench bench{Selected()};
        const plan::Hop& hop = bench.snapshot.plan->pipelines.front().hops[1];
        bench.selection.select(LinkEnds{*hop.from, *hop.to});
        QTRY_VERIFY_WITH_TIMEOUT(bench.knowsWorth("linkWorth"), kSlow);
        QVERIFY(
            bench.worth("linkWorth")
                .contains(coldWorth(bench.snapshot, plan::MoreBandwidth{*hop.from, *hop.to, 4})));
    }

    void whatHostsNoStageBringsNothing_data()
    {
        QTest::addColumn<int>("from");
        QTest::addColumn<int>("to");
        QTest::newRow("gateway") << 0 << 0;
        QTest::newRow("no link") << 1 << 2;
    }
    void whatHostsNoStageBringsNothing()
    {
        QFETCH(const int, from);
        QFETCH(const int, to);
        cluster::Cluster cluster = test::someCluster(4);
        cluster = cluster::withLink(cluster, DeviceId(1), DeviceId(2), {}).value();
        Bench bench{Selected()};
        bench.inspector.setSnapshot(test::planned(cluster));
        bench.selection.select(from == to ? Selected(DeviceId(from))
                                          : Selected(LinkEnds{DeviceId(from), DeviceId(to)}));
        QCOMPARE(bench.worth(from == to ? "deviceWorth" : "linkWorth"), QString());
    }

    void editEndsTheSearchAndThePlanBeginsANewOne()
    {
        Bench bench{DeviceId(2)};
        QTRY_VERIFY_WITH_TIMEOUT(bench.knowsWorth("deviceWorth"), kSlow);
        const QString before = bench.worth("deviceWorth");
        bench.snapshot.planning = true;
        bench.inspector.setSnapshot(bench.snapshot);
        QCOMPARE(bench.worth("deviceWorth"), QString());
        cluster::Cluster faster = test::someCluster(4);
        faster.defaultLink.bandwidth.value *= 1000; // now computing is what counts
        bench.inspector.setSnapshot(test::planned(faster));
        QTRY_VERIFY_WITH_TIMEOUT(bench.knowsWorth("deviceWorth"), kSlow);
        QVERIFY(bench.worth("deviceWorth") != before);
    }

    void whatWasFoundIsKept()
    {
        Bench bench{DeviceId(2)};
        QTRY_VERIFY_WITH_TIMEOUT(bench.knowsWorth("deviceWorth"), kSlow);
        const QString before = bench.worth("deviceWorth");
        bench.selection.select(DeviceId(3)); // and back before anything could be found
        QVERIFY(!bench.knowsWorth("deviceWorth"));
        bench.selection.select(DeviceId(2));
        QCOMPARE(bench.worth("deviceWorth"), before);
    }

    void switchedOffDeviceTellsWhatItWouldBring()
    {
        cluster::Cluster cluster = test::someCluster(4);
        cluster.devices[4].enabled = false;
        Bench bench{DeviceId(4)};
        bench.inspector.setSnapshot(test::planned(cluster));
        QTRY_VERIFY_WITH_TIMEOUT(bench.knowsWorth("deviceWorth"), kSlow);
        QVERIFY(bench.worth("deviceWorth").contains(QStringLiteral("switched on")));
    }

    void infeasibleTellsWhatWouldHelp()
    {
        cluster::Cluster cluster = test::someCluster(3);
        for (std::size_t d = 1; d < cluster.devices.size(); ++d)
            cluster.devices[d].memory = Bytes{36 * test::kMiB};
        Bench bench{DeviceId(1)};
        bench.inspector.setSnapshot(test::planned(cluster));
        QTRY_VERIFY_WITH_TIMEOUT(bench.knowsWorth("deviceWorth"), kSlow);
        QVERIFY(bench.worth("deviceWorth").contains(QStringLiteral("still no plan")));
    }

    void summaryTellsThePlansFigures()
    {
        Bench bench{Selected()};
        const QString text = bench.inspector.text();
        for (const char* part :
             {"chain", "proven optimal", "gap", "exact", "solved in", "activations"})
            QVERIFY2(text.contains(QLatin1String(part)), part);
    }
};

} // namespace millrace

QTEST_MAIN(millrace::TestInspector)
#include "tst_inspector.moc"
