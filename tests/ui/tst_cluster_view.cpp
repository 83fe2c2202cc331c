// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/Snapshots.h"
#include "ui/clusterview/ClusterView.h"
#include "ui/clusterview/DeviceItem.h"
#include "ui/clusterview/LinkItem.h"

#include <QSignalSpy>
#include <QTest>

namespace millrace
{

using ui::ClusterView;
using ui::LinkEnds;
using ui::Selected;

class TestClusterView : public QObject
{
    Q_OBJECT

    static ui::DeviceItem* card(const ClusterView& view, DeviceId id)
    {
        for (QGraphicsItem* item : view.scene()->items())
            if (auto* device = dynamic_cast<ui::DeviceItem*>(item))
                if (device->device() == id)
                    return device;
        return nullptr;
    }
    static cluster::Cluster asked(const QSignalSpy& spy)
    {
        return spy.last().at(0).value<cluster::Cluster>();
    }

private slots:
    void anySnapshotIsDrawn_data()
    {
        QTest::addColumn<int>("row");
        const auto all = test::oddSnapshots();
        for (std::size_t i = 0; i < all.size(); ++i)
            QTest::newRow(all[i].first) << static_cast<int>(i);
    }
    void anySnapshotIsDrawn()
    {
        QFETCH(const int, row);
        const ui::Snapshot snapshot = test::oddSnapshots()[static_cast<std::size_t>(row)].second;
        ui::Selection selection;
        ClusterView view;
        view.setSelection(&selection);
        view.resize(480, 300);
        view.setSnapshot(test::planned(test::someCluster(3)));
        selection.select(DeviceId(3));
        view.setSnapshot(snapshot);
        QVERIFY(!view.grab().isNull());
        const std::size_t count = snapshot.cluster ? snapshot.cluster->devices.size() : 0;
        for (std::size_t i = 0; i < count; ++i)
            QVERIFY(card(view, DeviceId(i)) != nullptr);
        QVERIFY(card(view, DeviceId(count)) == nullptr);
    }

    void cardsSayWhatDevicesDo()
    {
        cluster::Cluster cluster = test::someCluster(4);
        cluster.devices[1].enabled = false;
        const ui::Snapshot snapshot = test::planned(cluster);
        QVERIFY(snapshot.plan->hasStages());
        ClusterView view;
        view.setSnapshot(snapshot);
        QCOMPARE(card(view, DeviceId(0))->look().role, QStringLiteral("gateway"));
        QCOMPARE(card(view, DeviceId(1))->look().role, QStringLiteral("off"));
        const DeviceId first = snapshot.plan->pipelines.front().stages.front().device;
        QVERIFY(card(view, first)->look().role.startsWith(QStringLiteral("stage 1")));
        QVERIFY(card(view, first)->look().hasStage);
        // Every hop leads to another device, so each has its label.
        QCOMPARE(static_cast<std::size_t>(view.labels().size()), snapshot.plan->hopCount());
        QVERIFY(view.labels().front().contains(QStringLiteral("54.0 Mbit/s")));
    }

    void nothingOverlaps_data()
    {
        QTest::addColumn<int>("devices");
        QTest::addColumn<QSize>("size");
        for (const int devices : {3, 4, 5, 6, 7, 8, 12})
            for (const QSize size : {QSize(480, 300), QSize(640, 500), QSize(900, 400)})
                QTest::addRow("%d+1 devices, %dx%d", devices, size.width(), size.height())
                    << devices << size;
    }
    void nothingOverlaps()
    {
        QFETCH(const int, devices);
        QFETCH(const QSize, size);
        ClusterView view;
        view.resize(size);
        view.show();
        view.setSnapshot(test::planned(test::someCluster(devices)));
        QVERIFY(!view.hasOverlaps());
    }

    void selectionGoesBothWays()
    {
        ui::Selection selection;
        ClusterView view;
        view.setSelection(&selection);
        view.resize(640, 500);
        view.show();
        view.setSnapshot(test::planned(test::someCluster(4)));
        const QPoint at = view.mapFromScene(card(view, DeviceId(2))->pos());
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, at);
        QCOMPARE(selection.current(), Selected(DeviceId(2)));
        selection.select(DeviceId(3));
        QVERIFY(card(view, DeviceId(3))->isSelected());
        QVERIFY(!card(view, DeviceId(2))->isSelected());
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(selection.current(), Selected(DeviceId(4)));
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(selection.current(), Selected(DeviceId(0)));
        selection.select(LayerId(1));
        QVERIFY(view.scene()->selectedItems().isEmpty());
        QCOMPARE(selection.current(), Selected(LayerId(1)));
    }

    void draggedCardsStayWhereTheyWerePut()
    {
        ClusterView view;
        view.resize(640, 500);
        view.show();
        view.setSnapshot(test::planned(test::someCluster(4)));
        QVERIFY(view.positions().isEmpty());
        const QPoint from = view.mapFromScene(card(view, DeviceId(2))->pos());
        const QPoint to = from + QPoint(-60, -40);
        QTest::mousePress(view.viewport(), Qt::LeftButton, {}, from);
        QTest::mouseMove(view.viewport(), from + QPoint(-30, -20));
        QTest::mouseMove(view.viewport(), to);
        QTest::mouseRelease(view.viewport(), Qt::LeftButton, {}, to);
        QCOMPARE(view.positions().keys(), QStringList(QStringLiteral("pi-2")));
        const QPointF put = card(view, DeviceId(2))->pos();
        view.setSnapshot(test::planned(test::someCluster(5)));
        QVERIFY((card(view, DeviceId(2))->pos() - put).manhattanLength() < 1);

        ClusterView other;
        other.resize(640, 500);
        other.show();
        other.setPositions(view.positions());
        other.setSnapshot(test::planned(test::someCluster(4)));
        QVERIFY((card(other, DeviceId(2))->pos() - put).manhattanLength() < 1);
    }

    void keysAskForEdits()
    {
        ui::Selection selection;
        ClusterView view;
        view.setSelection(&selection);
        view.setSnapshot(test::planned(test::someCluster(4)));
        QSignalSpy edits(&view, &ClusterView::editRequested);
        QSignalSpy refusals(&view, &ClusterView::editRefused);
        QTest::keyClick(&view, Qt::Key_Delete);
        QCOMPARE(edits.size(), 0);
        selection.select(DeviceId(2));
        QTest::keyClick(&view, Qt::Key_Space);
        QCOMPARE(edits.size(), 1);
        QVERIFY(!asked(edits).devices[2].enabled);
        QVERIFY(edits.last().at(2).toString().isEmpty());
        QTest::keyClick(&view, Qt::Key_Delete);
        QCOMPARE(edits.size(), 2);
        QVERIFY(!asked(edits).find("pi-2"));
        QCOMPARE(refusals.size(), 0);
    }

    void refusalSaysWhy()
    {
        cluster::Cluster one = test::someCluster(1);
        one.devices.erase(one.devices.begin());
        one.gateway.reset();
        ui::Snapshot snapshot;
        snapshot.cluster = std::make_shared<cluster::Cluster>(one);
        ui::Selection selection;
        ClusterView view;
        view.setSelection(&selection);
        view.setSnapshot(snapshot);
        QSignalSpy edits(&view, &ClusterView::editRequested);
        QSignalSpy refusals(&view, &ClusterView::editRefused);
        selection.select(DeviceId(0));
        QTest::keyClick(&view, Qt::Key_Delete);
        QCOMPARE(edits.size(), 0);
        QCOMPARE(refusals.size(), 1);
        QVERIFY(refusals.last().at(0).toString().startsWith(
            QStringLiteral("Cannot change the cluster.")));
        QCOMPARE(selection.current(), Selected(DeviceId(0)));
    }
};

} // namespace millrace

QTEST_MAIN(millrace::TestClusterView)
#include "tst_cluster_view.moc"
