// SPDX-License-Identifier: GPL-3.0-or-later
#include "ExampleProblem.h"
#include "support/JsonEdit.h"
#include "support/ShowString.h"
#include "ui/project/Project.h"

#include <QTest>

using namespace millrace;
using namespace millrace::plan;
using namespace millrace::ui;

namespace
{

const std::filesystem::path kFile = "/home/ada/work/vision.millrace";

cluster::Cluster smallCluster()
{
    cluster::Cluster cluster;
    for (const char* name : {"gw", "p", "q", "r"}) {
        cluster::Device device;
        device.name = device.className = name;
        device.memory.value = 1 << 28;
        cluster.devices.push_back(device);
    }
    cluster.defaultLink = {{54e6}, {0.002}, {0}};
    cluster.pairs = {{"p", "q", {{1.0 / 3}, {0.1}, {0.3}}}};
    cluster.gateway = cluster::Gateway{"gw", false};
    return cluster;
}

/// Every field is used.
Project complete()
{
    Project project;
    project.modelPath = "/home/ada/work/models/net.onnx";
    project.modelSha256 = std::string(64, 'b');
    project.dims = {{"batch", 1}, {"width", 640}};
    Scenario baseline;
    baseline.name = "as it is";
    baseline.cluster = smallCluster();
    Scenario variant = baseline;
    variant.name = "without q, \"twice\"";
    variant.cluster.devices[2].enabled = false;
    variant.overlap = Overlap::No;
    variant.stages = {2, 3};
    variant.pins = {{"conv1", "p"}, {"fc", "r"}};
    variant.plan = test::examplePlan(test::exampleProblem());
    project.scenarios = {baseline, variant};
    project.current = 1;
    project.windowState = {{"geometry", "AdnQ"}, {"zoom", 1.5}, {"docks", {1, 2, 3}}};
    return project;
}

std::string errorOf(std::string_view text)
{
    const auto project = parseProject(text, kFile);
    return project ? "no error" : project.error().message;
}

std::string writtenPath(const std::filesystem::path& model)
{
    Project project = complete();
    project.modelPath = model;
    return Json::parse(writeProject(project, kFile)).at("model").at("path").get<std::string>();
}

const std::vector<test::JsonEdit>& edits()
{
    static const std::vector<test::JsonEdit> kEdits = {
        {"another tag", "/format", "\"millrace-project/2\"",
         "format: \"millrace-project/1\" is needed; this file is of another kind or version"},
        {"unknown key", "/scenario", "1",
         "unknown key \"scenario\"; allowed are: format, model, scenarios, current, window"},
        {"no model", "/model", nullptr, "\"model\" is missing"},
        {"model with a typo", "/model/file", "1",
         "model: unknown key \"file\"; allowed are: path, sha256, dims"},
        {"model path is a number", "/model/path", "1", "model.path: a text is needed, not 1"},
        {"dims are a list", "/model/dims", "[1]", "model.dims: an object of name: size is needed"},
        {"dim is a text", "/model/dims/batch", "\"1\"",
         "model.dims.batch: a whole number >= 0 is needed, not \"1\""},
        {"no scenarios", "/scenarios", "[]", "scenarios: at least one scenario is needed"},
        {"scenarios are null", "/scenarios", "null", "scenarios: a list is needed, not null"},
        {"scenario is a list", "/scenarios/0", "[]",
         "scenarios[0]: an object is needed, not a list"},
        {"scenario without a cluster", "/scenarios/0/cluster", nullptr,
         "scenarios[0]: \"cluster\" is missing"},
        {"cluster with an error", "/scenarios/1/cluster", "\"millrace: cluster/1\\ndevice: 1\"",
         "scenarios[1], the cluster:2:1: unknown key \"device\"; did you mean \"devices\"?"},
        {"overlap is a text", "/scenarios/0/overlap", "\"yes\"",
         "scenarios[0].overlap: true or false is needed, not \"yes\""},
        {"at least 0 stages", "/scenarios/0/min_stages", "0",
         "scenarios[0].min_stages: a whole number from 1 to 1000000 is needed, not 0"},
        {"at most a billion stages", "/scenarios/0/max_stages", "1000000000",
         "scenarios[0].max_stages: a whole number from 1 to 1000000 is needed, not 1000000000"},
        {"pins are an object", "/scenarios/0/pins", "{}",
         "scenarios[0].pins: a list is needed, not an object"},
        {"pin without a device", "/scenarios/1/pins/0/device", nullptr,
         "scenarios[1].pins[0]: \"device\" is missing"},
        {"current out of range", "/current", "2",
         "current: a whole number from 0 to 1 is needed, not 2"},
        {"current negative", "/current", "-1",
         "current: a whole number from 0 to 1 is needed, not -1"},
    };
    return kEdits;
}

} // namespace

class TestProject : public QObject
{
    Q_OBJECT
private slots:
    void roundTrip()
    {
        const std::string text = writeProject(complete(), kFile);
        QCOMPARE(errorOf(text), std::string("no error"));
        QVERIFY(parseProject(text, kFile).value() == complete());
    }

    void roundTripOfTheBuiltInExample()
    {
        Project project;
        project.scenarios = {{"example", smallCluster(), Overlap::Yes, {}, {}, std::nullopt}};
        const std::string text = writeProject(project, kFile);
        QCOMPARE(errorOf(text), std::string("no error"));
        QVERIFY(parseProject(text, kFile).value() == project);
    }

    void modelPath_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QByteArray>("written");
        QTest::newRow("beside the project")
            << QByteArray("/home/ada/work/net.onnx") << QByteArray("net.onnx");
        QTest::newRow("below the project")
            << QByteArray("/home/ada/work/a b/../m/net.onnx") << QByteArray("m/net.onnx");
        QTest::newRow("elsewhere") << QByteArray("/srv/net.onnx") << QByteArray("/srv/net.onnx");
        QTest::newRow("above the project")
            << QByteArray("/home/ada/net.onnx") << QByteArray("/home/ada/net.onnx");
        QTest::newRow("in a folder that only begins alike")
            << QByteArray("/home/ada/workshop/net.onnx")
            << QByteArray("/home/ada/workshop/net.onnx");
        QTest::newRow("the built-in example") << QByteArray() << QByteArray();
    }
    void modelPath()
    {
        QFETCH(QByteArray, model);
        QFETCH(QByteArray, written);
        QCOMPARE(writtenPath(model.toStdString()), written.toStdString());
        Project project = complete();
        project.modelPath = model.toStdString();
        const auto again = parseProject(writeProject(project, kFile), kFile);
        QCOMPARE(again.value().modelPath.string(),
                 std::filesystem::path(model.toStdString()).lexically_normal().string());
    }

    /// As it is given on a command line: relative to where the program runs, not to the project.
    void modelPathRelativeToTheWorkingFolder()
    {
        const auto here = std::filesystem::current_path();
        QCOMPARE(writtenPath("net.onnx"), (here / "net.onnx").string());
    }

    /// Project and model are moved together to another folder.
    void modelPathMovesWithTheProject()
    {
        const std::string text = writeProject(complete(), kFile);
        const auto moved = parseProject(text, "/mnt/stick/vision.millrace");
        QCOMPARE(moved.value().modelPath.string(), std::string("/mnt/stick/models/net.onnx"));
    }

    void plansOfAnotherClusterAreForgotten()
    {
        Project project = complete();
        project.scenarios[1].plan->pipelines.front().stages[1].device = DeviceId(9);
        auto again = parseProject(writeProject(project, kFile), kFile);
        QVERIFY(again && !again->scenarios[1].plan);
        project = complete();
        project.scenarios[1].plan->pipelines.front().hops[1].to = DeviceId(9);
        again = parseProject(writeProject(project, kFile), kFile);
        QVERIFY(again && !again->scenarios[1].plan);
        Json json = Json::parse(writeProject(complete(), kFile));
        json["scenarios"][1]["plan"]["stages"] = 3;
        again = parseProject(json.dump(), kFile);
        QVERIFY(again && !again->scenarios[1].plan);
    }

    void writesTextThatIsNoText()
    {
        Project project = complete();
        project.scenarios[0].name = "\xff";
        project.scenarios[1].pins = {{"conv\xc3", "p"}};
        project.scenarios[1].plan->notes = {"\xff"};
        const std::string text = writeProject(project, kFile);
        QCOMPARE(errorOf(text), std::string("no error"));
    }

    void refusesFields_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < edits().size(); ++i)
            QTest::newRow(edits()[i].name) << static_cast<int>(i);
    }
    void refusesFields()
    {
        QFETCH(int, index);
        const test::JsonEdit& edit = edits()[static_cast<std::size_t>(index)];
        QCOMPARE(errorOf(test::edited(writeProject(complete(), kFile), edit)),
                 kFile.string() + ": " + edit.message);
    }

    void refusesTexts()
    {
        QCOMPARE(errorOf("[]"), kFile.string() + ": an object is needed, not a list");
        QCOMPARE(errorOf(std::string(100000, '[')),
                 kFile.string() + ":1:65: nested deeper than 64 levels");
        QVERIFY(errorOf("\x89PNG").starts_with(kFile.string() + ":1:1: not valid JSON: "));
        // A window state as deep as the file allows is kept, however senseless.
        Json json = Json::parse(writeProject(complete(), kFile));
        json["window"] = Json::parse(std::string(60, '[') + std::string(60, ']'));
        QCOMPARE(errorOf(json.dump()), std::string("no error"));
    }
};

QTEST_APPLESS_MAIN(TestProject)
#include "tst_project.moc"
