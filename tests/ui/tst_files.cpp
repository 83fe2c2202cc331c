// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/OnnxBuilder.h"
#include "ui/Window.h"
#include "ui/clusterview/ClusterView.h"
#include "ui/graphview/GraphView.h"
#include "ui/mainwindow/TableView.h"
#include "ui/models/ScenarioTableModel.h"

#include <QAction>
#include <QCloseEvent>
#include <QDockWidget>
#include <QDropEvent>
#include <QFile>
#include <QMenu>
#include <QMimeData>

namespace millrace
{

using test::OnnxBuilder;
using test::Window;
using ui::UnsavedAnswer;

namespace
{

constexpr int kSlow = 20000; // sanitizers on a busy machine

void write(const QString& path, const QByteArray& content)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(content), content.size());
}

/// x -> MatMul -> Relu -> y, batch left open.
OnnxBuilder smallModel()
{
    OnnxBuilder builder;
    builder.input("x", {"batch", 8})
        .weight("w", {8, 8})
        .node("MatMul", {"x", "w"}, {"h"})
        .node("Relu", {"h"}, {"y"})
        .output("y");
    return builder;
}

} // namespace

class TestFiles : public QObject
{
    Q_OBJECT

    QTemporaryDir m_cache, m_folder;
    int m_number = 0;

    QString file(const char* name) { return m_folder.filePath(QLatin1String(name)); }
    QString settings()
    {
        return m_folder.filePath(QStringLiteral("settings%1.ini").arg(++m_number));
    }
    static void halveMemory(Window& window, const char* device)
    {
        cluster::Cluster next = *window.snapshot().cluster;
        next.devices[next.find(device)->index()].memory = Bytes{40 << 20};
        window->document().editCluster(next, QStringLiteral("less memory"));
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned(), kSlow);
    }

private slots:
    void initTestCase() { test::useOwnCache(m_cache); }

    void init() { test::failOnWarnings(); }

    void savedProjectOpensAsItWas()
    {
        const QString path = file("study.millrace");
        Window first(settings());
        first.openExample();
        halveMemory(first, "nuc");
        first.answers().name = QStringLiteral("fewer");
        first.trigger("addScenario");
        first->document().setStages({2, 2});
        first->document().pin(LayerId(0), *first.snapshot().cluster->find("old-pc"));
        QTRY_VERIFY_WITH_TIMEOUT(first.isPlanned(), kSlow);
        first.child<ui::ClusterView>("clusterView")
            ->setPositions({{QStringLiteral("nuc"), QPointF(0.25, -0.5)}});
        first.trigger("colour1");
        first.answers().file = path;
        first.trigger("save");
        QVERIFY(!first->document().isModified());

        Window second(settings());
        second->start({path, {}, {}});
        QTRY_VERIFY_WITH_TIMEOUT(second.isPlanned(), kSlow);
        const auto& before = first->document().state();
        const auto& after = second->document().state();
        QCOMPARE(after.current, before.current);
        QCOMPARE(after.scenarios.size(), before.scenarios.size());
        for (std::size_t i = 0; i < before.scenarios.size(); ++i) {
            QCOMPARE(after.scenarios[i].cluster, before.scenarios[i].cluster);
            QCOMPARE(after.scenarios[i].pins, before.scenarios[i].pins);
            QCOMPARE(after.scenarios[i].stages, before.scenarios[i].stages);
        }
        QCOMPARE(second.snapshot().plan->pipelines.front().stages,
                 first.snapshot().plan->pipelines.front().stages);
        QCOMPARE(second.child<ui::ClusterView>("clusterView")
                     ->positions()[QStringLiteral("nuc")]
                     .toPointF(),
                 QPointF(0.25, -0.5));
        QCOMPARE(second.child<ui::GraphView>("graphView")->colourMode(), ui::ColourMode::Time);
        QVERIFY(!second->document().isModified());
        QVERIFY(second->windowTitle().contains(QStringLiteral("study.millrace")));
    }

    void badInputSaysSoAndKeepsTheWork_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("message");
        const auto bytes = QByteArray::fromStdString(smallModel().bytes());
        QTest::newRow("not a model") << QStringLiteral("text.onnx") << QByteArray("hello, world")
                                     << QStringLiteral("Cannot open text.onnx.");
        QTest::newRow("empty") << QStringLiteral("empty.onnx") << QByteArray()
                               << QStringLiteral("Cannot open empty.onnx.");
        QTest::newRow("truncated") << QStringLiteral("half.onnx") << bytes.left(bytes.size() / 2)
                                   << QStringLiteral("Cannot open half.onnx.");
        const auto model = [](const char* name, OnnxBuilder builder, const char* says) {
            QTest::newRow(name) << QString(QLatin1String(name) + u".onnx")
                                << QByteArray::fromStdString(builder.bytes())
                                << QString::fromLatin1(says);
        };
        model("cycle", smallModel().node("Add", {"p", "x"}, {"q"}).node("Relu", {"q"}, {"p"}),
              "the nodes form a cycle; export the model again");
        model("twice", smallModel().node("Relu", {"x"}, {"h"}), "\"h\" is made twice");
        OnnxBuilder external = smallModel();
        auto& weight = *external.graph().mutable_initializer(0);
        weight.clear_raw_data();
        weight.set_data_location(::onnx::TensorProto::EXTERNAL);
        auto* location = weight.add_external_data();
        location->set_key("location");
        location->set_value("gone.bin");
        model("external", external, "\"gone.bin\", which is missing; put it into");
        QTest::newRow("cluster with a typo")
            << QStringLiteral("typo.yaml")
            << QByteArray("millrace: cluster/1\ndevices:\n  - nmae: pi\n    memory: 1 GiB\n")
            << QStringLiteral("typo.yaml:3:");
        QTest::newRow("project without sense")
            << QStringLiteral("odd.millrace") << QByteArray("{\"format\": 1}")
            << QStringLiteral("Cannot open the project.");
    }

    void badInputSaysSoAndKeepsTheWork()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, content);
        QFETCH(QString, message);
        Window window(settings());
        window.openExample();
        const auto graph = window.snapshot().graph;
        const auto state = window->document().state();
        write(m_folder.filePath(name), content);
        window.answers().file = m_folder.filePath(name);
        window.trigger(name.endsWith(QStringLiteral("onnx"))   ? "openModel"
                       : name.endsWith(QStringLiteral("yaml")) ? "openCluster"
                                                               : "openProject");
        QTRY_VERIFY_WITH_TIMEOUT(window.message().contains(message), kSlow);
        QTRY_VERIFY_WITH_TIMEOUT(window.isIdle(), kSlow);
        QCOMPARE(window.snapshot().graph, graph);
        QVERIFY(window->document().state() == state);
        QVERIFY(!window.message().contains(QLatin1Char('\n')));
    }

    void missingFileIsNamed()
    {
        Window window(settings());
        window->start({file("nowhere.onnx"), {}, {}});
        QTRY_VERIFY_WITH_TIMEOUT(window.message().contains(QStringLiteral("nowhere.onnx")), kSlow);
        // The window is not left empty: the example stands in.
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned(), kSlow);
        QVERIFY(window->document().isExample());
        QVERIFY(window.message().contains(QStringLiteral("nowhere.onnx")));
    }

    void freeDimensionsAreAskedFor()
    {
        smallModel().save(file("free.onnx").toStdString());
        Window window(settings());
        window.answers().dimensions = {{"batch", 4}};
        window->start({file("free.onnx"), {}, {}});
        QTRY_VERIFY_WITH_TIMEOUT(window.snapshot().graph != nullptr, kSlow);
        QCOMPARE(window.answers().asked, QStringList{QStringLiteral("dimensions batch")});
        QCOMPARE(window->document().model()->dims().at("batch"), std::int64_t{4});
    }

    void openingThatIsCancelledAsksNothing()
    {
        smallModel().save(file("given-up.onnx").toStdString());
        Window window(settings());
        window.openExample();
        ui::Document& document = window->document();
        const auto graph = window.snapshot().graph;
        document.openModel(file("given-up.onnx").toStdString(), {});
        document.loadJob().cancel();
        QTRY_VERIFY_WITH_TIMEOUT(window.isIdle(), kSlow);
        QCOMPARE(window.answers().asked, QStringList());
        QCOMPARE(window.message(), QStringLiteral("Opening given-up.onnx was cancelled."));
        QCOMPARE(window.snapshot().graph, graph);
    }

    void openingAnotherModelDoesNotEndAnExport()
    {
        smallModel().save(file("meanwhile.onnx").toStdString());
        Window window(settings());
        window.openExample();
        ui::Document& document = window->document();
        QStringList said;
        connect(&document, &ui::Document::done, this, [&said](const QString& m) { said << m; });
        document.exportStages(file("stages").toStdString());
        document.openModel(file("meanwhile.onnx").toStdString(), {{"batch", 1}});
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned() && !said.isEmpty(), kSlow);
        QCOMPARE(document.model()->path().filename().string(), std::string("meanwhile.onnx"));
        QVERIFY2(said.join(QLatin1Char(' ')).startsWith(QLatin1String("Wrote")),
                 qPrintable(said.join(QLatin1Char(' '))));
        QVERIFY(QFile::exists(file("stages")));
    }

    void openingThatGivesWayToAnotherSaysSo()
    {
        smallModel().save(file("first.onnx").toStdString());
        smallModel().save(file("second.onnx").toStdString());
        Window window(settings());
        window.openExample();
        ui::Document& document = window->document();
        QStringList said;
        connect(&document, &ui::Document::done, this, [&said](const QString& m) { said << m; });
        document.openModel(file("first.onnx").toStdString(), {{"batch", 1}});
        document.openModel(file("second.onnx").toStdString(), {{"batch", 1}});
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned(), kSlow);
        QCOMPARE(document.model()->path().filename().string(), std::string("second.onnx"));
        QCOMPARE(said, QStringList{QStringLiteral(
                           "Opening first.onnx was given up, as something else is opened.")});
    }

    /// A link that leads to itself: asking for a file in it fails with an error of its own kind.
    void cacheThatCannotBeReadIsSaid()
    {
        const QByteArray cache = qgetenv("MILLRACE_CACHE");
        std::filesystem::create_symlink("loop", file("loop").toStdString());
        qputenv("MILLRACE_CACHE", file("loop").toUtf8());
        Window window(settings());
        window->start({});
        const bool isSaid = QTest::qWaitFor([&] { return !window.message().isEmpty(); }, kSlow);
        qputenv("MILLRACE_CACHE", cache);
        QVERIFY(isSaid);
        QVERIFY2(window.message().startsWith(QLatin1String("Cannot make the built-in example.")),
                 qPrintable(window.message()));
    }

    /// A plan belongs to its cluster, request and times: an edit takes it out of the comparison
    /// until the new one is there, also where another scenario is chosen before.
    void comparisonShowsNoPlanOfAnotherCluster()
    {
        Window window(settings());
        window.openExample();
        ui::Document& document = window->document();
        document.duplicateScenario(QStringLiteral("what if 1"));
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned(), kSlow);
        QVERIFY(document.state().scenarios[1].plan);
        const auto before = *document.state().scenarios[1].plan;
        cluster::Cluster next = *window.snapshot().cluster;
        next.devices[next.find("nuc")->index()].memory = Bytes{40 << 20};
        document.editCluster(next, QStringLiteral("less memory"));
        document.selectScenario(0); // the plan of the edited one is superseded
        QVERIFY(!document.state().scenarios[1].plan);
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned(), kSlow);
        QVERIFY(document.state().scenarios[0].plan);
        QVERIFY(!document.state().scenarios[1].plan);
        document.undoStack().undo();
        document.undoStack().undo(); // the cluster that the plan is of
        QVERIFY(document.state().scenarios[1].plan);
        QCOMPARE(document.state().scenarios[1].plan->bottleneckTime.value,
                 before.bottleneckTime.value);
    }

    void requestThatChangesTakesItsPlanAway_data()
    {
        QTest::addColumn<QString>("what");
        for (const char* what : {"pin", "stages", "overlap"})
            QTest::addRow("%s", what) << QString::fromLatin1(what);
    }
    void requestThatChangesTakesItsPlanAway()
    {
        QFETCH(QString, what);
        Window window(settings());
        window.openExample();
        ui::Document& document = window->document();
        document.duplicateScenario(QStringLiteral("what if 1"));
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned(), kSlow);
        const plan::Overlap before = document.state().scenario().overlap;
        if (what == QLatin1String("pin"))
            document.pin(LayerId(0), *window.snapshot().cluster->find("old-pc"));
        else if (what == QLatin1String("stages"))
            document.setStages({2, 2});
        else
            document.setOverlap(before == plan::Overlap::Yes ? plan::Overlap::No
                                                             : plan::Overlap::Yes);
        QVERIFY(document.state().scenarios[0].plan);
        QVERIFY(!document.state().scenarios[1].plan);
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned(), kSlow);
        QVERIFY(document.state().scenarios[1].plan);
    }

    /// No plan made with estimated times stands beside one made with measured ones, and the
    /// scenarios that nobody looks at are planned with the measured ones, too.
    void measuringPlansEveryScenarioAnew()
    {
        smallModel().save(file("timed.onnx").toStdString());
        Window window(settings());
        window.openExample();
        ui::Document& document = window->document();
        document.openModel(file("timed.onnx").toStdString(), {{"batch", 1}});
        QTRY_VERIFY_WITH_TIMEOUT(window.isIdle(), kSlow);
        document.duplicateScenario(QStringLiteral("what if 1"));
        document.setStages({1, 1});
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned(), kSlow);
        QVERIFY(document.state().scenarios[0].plan);
        bool areMixed = false;
        connect(&document, &ui::Document::snapshotChanged, this, [&] {
            for (const ui::Scenario& scenario : document.state().scenarios)
                areMixed |= scenario.plan &&
                            scenario.plan->record.times != document.snapshot().times->source;
        });
        document.measure();
        QTRY_VERIFY_WITH_TIMEOUT(window.isIdle(), kSlow);
        QVERIFY(!areMixed);
        for (const ui::Scenario& scenario : document.state().scenarios) {
            QTRY_VERIFY_WITH_TIMEOUT(scenario.plan.has_value(), kSlow);
            QVERIFY(scenario.plan->record.times == plan::TimesSource::Measured);
        }
        const auto* table = window.child<ui::TableView>("scenarioTable");
        for (int row = 0; row < table->model()->rowCount(); ++row) {
            const QString status =
                table->model()->index(row, ui::ScenarioTableModel::Status).data().toString();
            QVERIFY2(status != QStringLiteral("not planned yet"), qPrintable(status));
        }
    }

    /// A project was saved, the layers were measured again, the project is opened again.
    void projectShowsNoPlanOfOtherTimes()
    {
        smallModel().save(file("again.onnx").toStdString());
        const QString path = file("again.millrace");
        Window first(settings());
        first.openExample();
        ui::Document& document = first->document();
        document.openModel(file("again.onnx").toStdString(), {{"batch", 1}});
        QTRY_VERIFY_WITH_TIMEOUT(first.isIdle(), kSlow);
        document.duplicateScenario(QStringLiteral("what if 1"));
        document.setStages({1, 1});
        QTRY_VERIFY_WITH_TIMEOUT(first.isPlanned(), kSlow);
        QVERIFY(document.saveProject(path.toStdString(), Json::object()));
        const auto firstComputes = [](const ui::Scenario& scenario) {
            return scenario.plan->pipelines.front().stages.front().compute;
        };
        std::vector<Seconds> computes;
        for (const ui::Scenario& scenario : document.state().scenarios)
            computes.push_back(firstComputes(scenario));
        Window same(settings());
        same->start({path, {}, {}});
        QTRY_VERIFY_WITH_TIMEOUT(same.isPlanned(), kSlow);
        QVERIFY(same->document().state().scenarios[0].plan);

        // As if the times had been others: the project says of them only where they come from.
        QFile saved(path);
        QVERIFY(saved.open(QIODevice::ReadOnly));
        Json project = Json::parse(saved.readAll().toStdString());
        saved.close();
        for (Json& scenario : project["scenarios"])
            for (Json& stage : scenario["plan"]["stages"])
                stage["compute_s"] = 2 * stage["compute_s"].get<double>();
        write(path, QByteArray::fromStdString(project.dump()));
        Window second(settings());
        second->start({path, {}, {}});
        QTRY_VERIFY_WITH_TIMEOUT(second.isPlanned(), kSlow);
        // Both are made anew: the one that is shown, and then the other one.
        for (std::size_t i = 0; i < 2; ++i) {
            const ui::Scenario& scenario = second->document().state().scenarios[i];
            QTRY_VERIFY_WITH_TIMEOUT(scenario.plan.has_value(), kSlow);
            QVERIFY(firstComputes(scenario) == computes[i]);
        }
    }

    void modelAndClusterBeginWithoutQuestions()
    {
        smallModel().save(file("begin.onnx").toStdString());
        write(file("begin.yaml"), "millrace: cluster/1\ndevices:\n  - {name: a, memory: 1 GiB}\n");
        Window window(settings());
        window->start({file("begin.onnx"), file("begin.yaml"), {{"batch", 2}}});
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned(), kSlow);
        QCOMPARE(window.snapshot().cluster->devices.size(), std::size_t{1});
        QVERIFY(window.answers().asked.isEmpty());
        QVERIFY(!window->document().isModified());
    }

    void badClusterAtTheStartIsNamed()
    {
        write(file("bad.yaml"), "millrace: cluster/1\ndevices: 3\n");
        Window window(settings());
        window->start({file("begin.onnx"), file("bad.yaml"), {}});
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned(), kSlow);
        QVERIFY(window.message().contains(QStringLiteral("bad.yaml:2")));
    }

    void openingReplacesUnsavedWorkOnlyAfterAsking()
    {
        smallModel().save(file("other.onnx").toStdString());
        Window window(settings());
        window.openExample();
        halveMemory(window, "nuc");
        const auto graph = window.snapshot().graph;
        window.answers().file = file("other.onnx");
        window.answers().dimensions = {{"batch", 1}};
        window.trigger("openModel"); // the question is dismissed
        QVERIFY(window.answers().asked.contains(QStringLiteral("unsaved")));
        QVERIFY(window.isIdle());
        QCOMPARE(window.snapshot().graph, graph);
        window.answers().unsaved = UnsavedAnswer::Discard;
        window.trigger("openModel");
        QTRY_VERIFY_WITH_TIMEOUT(window.snapshot().graph != graph, kSlow);
    }

    void closingAsks_data()
    {
        QTest::addColumn<int>("answer"); // -1: dismissed
        QTest::addColumn<bool>("closes");
        QTest::addColumn<bool>("saves");
        QTest::newRow("dismissed") << -1 << false << false;
        QTest::newRow("discard") << int(UnsavedAnswer::Discard) << true << false;
        QTest::newRow("save") << int(UnsavedAnswer::Save) << true << true;
    }

    void closingAsks()
    {
        QFETCH(int, answer);
        QFETCH(bool, closes);
        QFETCH(bool, saves);
        const QString path = file("closing.millrace");
        QFile::remove(path);
        Window window(settings());
        window.openExample();
        halveMemory(window, "pi-4");
        window.answers().file = path;
        if (answer >= 0)
            window.answers().unsaved = static_cast<UnsavedAnswer>(answer);
        window->close();
        QTRY_COMPARE(window->isVisible(), !closes);
        QCOMPARE(QFile::exists(path), saves);
    }

    void droppedFilesAreOpened()
    {
        write(file("two.yaml"), "millrace: cluster/1\ndevices:\n"
                                "  - {name: a, memory: 512 MiB}\n  - {name: b, memory: 512 MiB}\n"
                                "links: {default: {bandwidth: 100 Mbit/s}}\n");
        Window window(settings());
        window.openExample();
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file("two.yaml"))});
        QDragEnterEvent enter(QPoint(10, 10), Qt::CopyAction, &data, Qt::LeftButton,
                              Qt::NoModifier);
        QCoreApplication::sendEvent(&window.window(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window.window(), &drop);
        QCOMPARE(window.message(), QString());
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned(), kSlow);
        QCOMPARE(window.snapshot().cluster->devices.size(), std::size_t{2});
        window.trigger("undo");
        QTRY_VERIFY_WITH_TIMEOUT(window.isPlanned(), kSlow);
        QCOMPARE(window.snapshot().cluster->devices.size(), std::size_t{6});
    }

    void recentFilesAreRemembered()
    {
        const QString kept = settings();
        write(file("recent.yaml"), "millrace: cluster/1\ndevices:\n  - {name: a, memory: 1 GiB}\n");
        {
            Window window(kept);
            window.answers().file = file("recent.yaml");
            window.trigger("openCluster");
        }
        Window window(kept);
        auto* menu = window.child<QMenu>("recentMenu");
        emit menu->aboutToShow();
        QVERIFY(menu->actions().front()->text().endsWith(QStringLiteral("recent.yaml")));
        menu->actions().front()->trigger();
        QCOMPARE(window.snapshot().cluster->devices.size(), std::size_t{1});
    }

    void layoutIsRestored()
    {
        const QString kept = settings();
        {
            Window window(kept);
            window.child<QDockWidget>("ladderDock")->close();
            window->resize(1100, 700);
            window->close();
        }
        Window window(kept);
        QVERIFY(!window.child<QDockWidget>("ladderDock")->isVisible());
        window.trigger("resetLayout");
        QVERIFY(window.child<QDockWidget>("ladderDock")->isVisible());
    }

    void exportsAreWritten()
    {
        Window window(settings());
        window.openExample();
        const QStringList names{QStringLiteral("plan.json"), QStringLiteral("problem.json"),
                                QStringLiteral("cluster.yaml")};
        const char* actions[] = {"exportPlan", "exportProblem", "exportCluster"};
        for (int i = 0; i < names.size(); ++i) {
            window.answers().file = m_folder.filePath(names[i]);
            window.trigger(actions[i]);
            QVERIFY(QFile::exists(window.answers().file));
            QVERIFY(window.message().startsWith(QStringLiteral("Wrote")));
        }
        const auto cluster = cluster::readCluster(file("cluster.yaml").toStdString());
        QVERIFY(cluster && *cluster == *window.snapshot().cluster);
        window.answers().folder = file("stages");
        window.trigger("exportStages");
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(file("stages/manifest.json")), kSlow);
        QTRY_VERIFY_WITH_TIMEOUT(window.isIdle(), kSlow);
        window.answers().file = QStringLiteral("/nonexistent/plan.json");
        window.trigger("exportPlan");
        QVERIFY(window.message().startsWith(QStringLiteral("Cannot export.")));
    }
};

} // namespace millrace

QTEST_MAIN(millrace::TestFiles)
#include "tst_files.moc"
