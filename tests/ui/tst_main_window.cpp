// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/Window.h"
#include "ui/charts/LadderView.h"
#include "ui/graphview/GraphView.h"
#include "ui/mainwindow/StatusLine.h"
#include "ui/mainwindow/TableView.h"
#include "ui/models/DeviceTableModel.h"
#include "ui/models/LinkTableModel.h"

#include <QAbstractButton>
#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QDockWidget>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QListWidget>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>

namespace millrace
{

using test::Window;
using ui::DeviceTableModel;

namespace
{

constexpr int kSlow = 20000; // sanitizers on a busy machine

/// What the operator sees of a plan.
struct Picture {
    std::vector<QColor> colours;
    QStringList cuts, stages;
    std::vector<ui::LadderRow> ladder;
    bool operator==(const Picture&) const = default;
};

Picture picture(Window& window)
{
    Picture seen;
    const ui::GraphScene& scene = window.child<ui::GraphView>("graphView")->scene();
    for (std::size_t i = 0; i < scene.nodeCount(); ++i)
        seen.colours.push_back(scene.node(LayerId(i))->look().accent);
    seen.cuts = scene.cutLabels();
    seen.ladder = window.child<ui::LadderView>("ladderView")->rows();
    const auto* table = window.child<ui::TableView>("stageTable")->model();
    for (int row = 0; row < table->rowCount(); ++row)
        for (int column = 0; column < table->columnCount(); ++column)
            seen.stages << table->index(row, column).data().toString();
    return seen;
}

QModelIndex deviceCell(Window& window, const QString& device, int column)
{
    const auto* table = window.child<ui::TableView>("deviceTable")->model();
    for (int row = 0; row < table->rowCount(); ++row)
        if (table->index(row, DeviceTableModel::Name).data().toString() == device)
            return table->index(row, column);
    return {};
}

/// As typed into the table of devices.
bool typeInto(Window& window, const QString& device, int column, const QString& text)
{
    const QModelIndex cell = deviceCell(window, device, column);
    return window.child<ui::TableView>("deviceTable")->model()->setData(cell, text, Qt::EditRole);
}

} // namespace

class TestMainWindow : public QObject
{
    Q_OBJECT

    QTemporaryDir m_cache, m_folder;
    int m_number = 0;

    QString settings()
    {
        return m_folder.filePath(QStringLiteral("settings%1.ini").arg(++m_number));
    }

private slots:
    void initTestCase() { test::useOwnCache(m_cache); }

    void init() { test::failOnWarnings(); }

    void opensWithTheExample()
    {
        Window window(settings());
        window.openExample();
        const ui::GraphScene& scene = window.child<ui::GraphView>("graphView")->scene();
        QTRY_COMPARE_WITH_TIMEOUT(scene.nodeCount(), std::size_t{177}, kSlow);
        QCOMPARE(window.snapshot().plan->status, plan::Status::Optimal);
        const std::size_t stages = window.snapshot().plan->stageCount();
        QVERIFY(stages > 1);
        QCOMPARE(scene.cutLabels().size(), static_cast<int>(stages) - 1);
        QCOMPARE(picture(window).ladder.size(), 2 * stages + 1);
        QVERIFY(window->windowTitle().contains(QStringLiteral("Built-in example")));
        const auto* status = window.window().findChild<ui::StatusLine*>();
        QVERIFY(status->text().startsWith(QStringLiteral("proven optimal")));
        QVERIFY(!window->document().isModified());
    }

    void lessMemoryRecoloursAndUndoBringsItBack()
    {
        Window window(settings());
        window.openExample();
        QTRY_VERIFY_WITH_TIMEOUT(window.child<ui::GraphView>("graphView")->isLaidOut(), kSlow);
        const Picture before = picture(window);
        const std::string device =
            window.snapshot()
                .problem
                ->devices[window.snapshot().plan->pipelines.front().stages.front().device.index()]
                .name;
        QElapsedTimer timer;
        timer.start();
        QVERIFY(typeInto(window, QString::fromStdString(device), DeviceTableModel::Memory,
                         QStringLiteral("30 MiB")));
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned() && picture(window).colours != before.colours,
                                 kSlow);
        qInfo("the new plan was shown after %lld ms", timer.elapsed());
        const Picture after = picture(window);
        QVERIFY(after.ladder != before.ladder);
        QVERIFY(after.stages != before.stages);
        QVERIFY(after.cuts != before.cuts);
        QVERIFY(window->document().isModified());

        window.trigger("undo");
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned() && picture(window) == before, kSlow);
        QVERIFY(!window->document().isModified());
        window.trigger("redo");
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned() && picture(window) == after, kSlow);
    }

    void switchingADeviceOffMovesItsLayers()
    {
        Window window(settings());
        window.openExample();
        const DeviceId first = window.snapshot().plan->pipelines.front().stages.front().device;
        const QString name =
            QString::fromStdString(window.snapshot().problem->devices[first.index()].name);
        auto* model = window.child<ui::TableView>("deviceTable")->model();
        const QModelIndex cell = deviceCell(window, name, DeviceTableModel::InUse);
        QVERIFY(model->setData(cell, Qt::Unchecked, Qt::CheckStateRole));
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned(), kSlow);
        for (const auto& [at, stage] : window.snapshot().plan->stages())
            QVERIFY(stage.device != first);
        QCOMPARE(deviceCell(window, name, DeviceTableModel::Runs).data().toString(),
                 QStringLiteral("switched off"));
    }

    void infeasibleEditSaysWhyAndKeepsTheWork()
    {
        Window window(settings());
        window.openExample();
        cluster::Cluster small = *window.snapshot().cluster;
        for (cluster::Device& device : small.devices)
            device.memory = Bytes{device.stages ? 1 << 20 : 0};
        window->document().editCluster(small, QStringLiteral("shrink"));
        QTRY_VERIFY_WITH_TIMEOUT(window.isIdle(), kSlow);
        QCOMPARE(window.snapshot().plan->status, plan::Status::Infeasible);
        QVERIFY(!window.snapshot().plan->whyInfeasible.empty());
        const QString why = QString::fromStdString(window.snapshot().plan->whyInfeasible.front());
        QVERIFY(window.message().contains(why));
        QVERIFY(
            !window.child<QListWidget>("problemsView")->findItems(why, Qt::MatchExactly).empty());
        QCOMPARE(*window.snapshot().cluster, small);
        window.trigger("undo");
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned(), kSlow);
        QCOMPARE(window.message(), QString());
    }

    void refusedTextChangesNothing_data()
    {
        QTest::addColumn<int>("column");
        QTest::addColumn<QString>("text");
        QTest::newRow("memory without unit")
            << int(DeviceTableModel::Memory) << QStringLiteral("512");
        QTest::newRow("negative memory")
            << int(DeviceTableModel::Memory) << QStringLiteral("-1 MiB");
        QTest::newRow("speed is no number")
            << int(DeviceTableModel::Speed) << QStringLiteral("fast");
        QTest::newRow("speed 0") << int(DeviceTableModel::Speed) << QStringLiteral("0");
        QTest::newRow("name taken") << int(DeviceTableModel::Name) << QStringLiteral("pi-4");
        QTest::newRow("name empty") << int(DeviceTableModel::Name) << QString();
    }

    void refusedTextChangesNothing()
    {
        QFETCH(int, column);
        QFETCH(QString, text);
        Window window(settings());
        const cluster::Cluster before = *window.snapshot().cluster;
        QVERIFY(!typeInto(window, QStringLiteral("nuc"), column, text));
        QCOMPARE(*window.snapshot().cluster, before);
        QVERIFY(window.message().startsWith(QStringLiteral("Cannot change nuc.")));
        QVERIFY(!window->document().undoStack().canUndo());
    }

    void linkIsEditedWithUnits()
    {
        Window window(settings());
        window.openExample();
        auto* model = window.child<ui::TableView>("linkTable")->model();
        QVERIFY(model->setData(model->index(0, ui::LinkTableModel::Bandwidth),
                               QStringLiteral("20 Mbit/s"), Qt::EditRole));
        QCOMPARE(window.snapshot().cluster->link(DeviceId(0), DeviceId(1)).bandwidth.value, 20e6);
        QVERIFY(!model->setData(model->index(0, ui::LinkTableModel::Bandwidth),
                                QStringLiteral("20"), Qt::EditRole));
        QVERIFY(window.message().contains(QStringLiteral("laptop > pi-3")));
    }

    void stagesAndOverlapAreAskedFor()
    {
        Window window(settings());
        window.openExample();
        window.child<QSpinBox>("stagesBox")->setValue(2);
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned() && window.snapshot().plan->stageCount() == 2,
                                 kSlow);
        window.child<QAbstractButton>("overlapBox")->click();
        QTRY_VERIFY_WITH_TIMEOUT(
            window.isPlanned() && window.snapshot().problem->overlap == plan::Overlap::No, kSlow);
        window.trigger("undo");
        window.trigger("undo");
        QTRY_VERIFY_WITH_TIMEOUT(
            window.isPlanned() && window.child<QSpinBox>("stagesBox")->value() == 0, kSlow);
    }

    void pinMovesALayer()
    {
        Window window(settings());
        window.openExample();
        const DeviceId wanted = *window.snapshot().cluster->find("pi-4");
        window->document().pin(LayerId(0), wanted);
        QTRY_VERIFY_WITH_TIMEOUT(
            window.isPlanned() &&
                window.snapshot().plan->pipelines.front().stages.front().device == wanted,
            kSlow);
    }

    void selectionIsOneForAllViews()
    {
        Window window(settings());
        window.openExample();
        auto* devices = window.child<ui::TableView>("deviceTable");
        devices->setCurrentIndex(deviceCell(window, QStringLiteral("nuc"), 1));
        QCOMPARE(window->selection().current(),
                 ui::Selected(*window.snapshot().cluster->find("nuc")));
        window->selection().select(*window.snapshot().cluster->find("pi-3"));
        QCOMPARE(devices->selectionModel()
                     ->selectedRows(DeviceTableModel::Name)
                     .front()
                     .data()
                     .toString(),
                 QStringLiteral("pi-3"));
    }

    void findSelectsLayers()
    {
        Window window(settings());
        window.openExample();
        QTRY_VERIFY_WITH_TIMEOUT(window.child<ui::GraphView>("graphView")->isLaidOut(), kSlow);
        window.trigger("find");
        auto* field = window.child<QLineEdit>("findField");
        QTest::keyClicks(field, QStringLiteral("conv5_block1"));
        const auto selected = [&window] {
            const auto* layer = std::get_if<LayerId>(&window->selection().current());
            return layer == nullptr ? std::string()
                                    : window.snapshot().graph->layers[layer->index()].name;
        };
        const std::string first = selected();
        QVERIFY(first.starts_with("conv5_block1"));
        QTest::keyClick(field, Qt::Key_Return);
        QVERIFY(selected() != first && selected().starts_with("conv5_block1"));
        QTest::keyClick(field, Qt::Key_Return, Qt::ShiftModifier);
        QCOMPARE(selected(), first);
    }

    void scenariosAreComparedAndUndone()
    {
        Window window(settings());
        window.openExample();
        window.answers().name = QStringLiteral("without nuc");
        window.trigger("addScenario");
        QCOMPARE(window->document().state().scenarios.size(), std::size_t{2});
        cluster::Cluster changed = *window.snapshot().cluster;
        changed.devices[changed.find("nuc")->index()].enabled = false;
        window->document().editCluster(changed, QStringLiteral("switch off"));
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned(), kSlow);
        const auto* table = window.child<ui::TableView>("scenarioTable")->model();
        QCOMPARE(table->rowCount(), 2);
        QCOMPARE(table->index(1, 0).data().toString(), QStringLiteral("without nuc"));
        QVERIFY(table->index(0, 1).data().toString() != table->index(1, 1).data().toString());
        window.answers().name = QStringLiteral("baseline"); // taken
        window.trigger("renameScenario");
        QVERIFY(window.message().contains(QStringLiteral("already")));
        window.trigger("removeScenario");
        QCOMPARE(window->document().state().scenarios.size(), std::size_t{1});
        window.trigger("undo");
        QCOMPARE(window->document().state().scenarios.size(), std::size_t{2});
        QCOMPARE(window.child<QComboBox>("scenarioBox")->count(), 2);
    }

    void tablesAreCopied()
    {
        Window window(settings());
        window.openExample();
        auto* stages = window.child<ui::TableView>("stageTable");
        stages->selectAll();
        const QString text = stages->selectedText();
        const int rows = static_cast<int>(window.snapshot().plan->stageCount());
        QCOMPARE(text.count(QLatin1Char('\n')), rows);
        QVERIFY(text.startsWith(QStringLiteral("Stage\tDevice\t")));
    }

    void everyWidgetHasANameAndShortcutsAreUnique()
    {
        Window window(settings());
        QMap<QString, QString> keys;
        for (const QAction* action : window->findChildren<QAction*>())
            for (const QKeySequence& key : action->shortcuts()) {
                if (action->shortcutContext() == Qt::WidgetShortcut)
                    continue;
                const QString text = key.toString();
                QVERIFY2(!keys.contains(text), qPrintable(text));
                keys[text] = action->objectName();
            }
        QVERIFY(keys.size() > 15);
        for (const QWidget* widget : window->findChildren<QWidget*>()) {
            const bool interactive = qobject_cast<const QAbstractButton*>(widget) != nullptr ||
                                     qobject_cast<const QComboBox*>(widget) != nullptr ||
                                     qobject_cast<const QLineEdit*>(widget) != nullptr;
            if (!interactive || widget->objectName().startsWith(QStringLiteral("qt_")) ||
                qobject_cast<const QTabBar*>(widget->parentWidget()) != nullptr ||
                qobject_cast<const QAbstractSpinBox*>(widget->parentWidget()) != nullptr ||
                qobject_cast<const QDockWidget*>(widget->parentWidget()) != nullptr ||
                qobject_cast<const QTableView*>(widget->parentWidget()) != nullptr ||
                QByteArray(widget->parentWidget()->metaObject()->className()).contains("ToolBar") ||
                qobject_cast<const QLineEdit*>(widget->parentWidget()) != nullptr)
                continue;
            const std::string which = std::string(widget->metaObject()->className()) + " in " +
                                      widget->parentWidget()->objectName().toStdString();
            QVERIFY2(!widget->objectName().isEmpty(), which.c_str());
        }
    }
};

} // namespace millrace

QTEST_MAIN(millrace::TestMainWindow)
#include "tst_main_window.moc"
