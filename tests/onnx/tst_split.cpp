// SPDX-License-Identifier: GPL-3.0-or-later
#include "SmallModels.h"
#include "base/File.h"
#include "inference/Session.h"
#include "onnx/Model.h"
#include "support/OnnxBuilder.h"

#include <QTemporaryDir>
#include <QTest>

#include <numeric>

namespace millrace
{
namespace
{

NoProgress kQuiet;

using Stages = std::vector<std::vector<LayerId>>;

Stages onePerLayer(const graph::Graph& graph)
{
    Stages stages;
    for (std::size_t layer = 0; layer < graph.layers.size(); ++layer)
        stages.push_back({LayerId(layer)});
    return stages;
}

Stages cutAt(const graph::Graph& graph, std::size_t position)
{
    Stages stages(2);
    for (std::size_t layer = 0; layer < graph.layers.size(); ++layer)
        stages[layer < position ? 0 : 1].emplace_back(layer);
    return stages;
}

std::vector<inference::NamedTensor> inputsFor(const graph::Graph& graph, std::uint64_t seed)
{
    std::vector<inference::NamedTensor> inputs;
    for (const TensorId id : graph.inputs) {
        const graph::Tensor& tensor = graph.tensors[id.index()];
        inputs.push_back(
            {tensor.name, *inference::randomTensor(tensor.dtype, tensor.shape, seed++)});
    }
    return inputs;
}

/// Stops the work as soon as it says that it does this.
class StopAt final : public ProgressSink
{
public:
    StopAt(std::string what, std::stop_source& stop) : m_what(std::move(what)), m_stop(stop) {}
    void progress(std::string_view what, double) override
    {
        if (what == m_what)
            m_stop.request_stop();
    }

private:
    std::string m_what;
    std::stop_source& m_stop;
};

} // namespace

class TestSplit : public QObject
{
    Q_OBJECT
private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void everyCutAgreesWithTheWhole_data() { models(); }
    void everyCutAgreesWithTheWhole()
    {
        const auto model = loaded();
        std::vector<Stages> plans = {onePerLayer(model->graph())};
        for (std::size_t cut = 1; cut < model->graph().layers.size(); ++cut)
            plans.push_back(cutAt(model->graph(), cut));
        for (const Stages& plan : plans)
            for (const std::uint64_t seed : {1U, 20U})
                compareWithWhole(*model, plan, seed);
    }

    void stagesAreSelfContained_data() { models(); }
    void stagesAreSelfContained()
    {
        const auto model = loaded();
        const auto manifest =
            onnx::split(*model, onePerLayer(model->graph()), stageFolder(), {}, kQuiet);
        QVERIFY2(manifest, manifest ? "" : manifest.error().message.c_str());
        QCOMPARE(*onnx::parseManifest(*readFile(stageFolder() / "manifest.json"), "m"), *manifest);
        for (const onnx::StageFile& stage : manifest->stages) {
            const auto session = inference::Session::fromFile(stageFolder() / stage.file, {});
            QVERIFY2(session, session ? "" : session.error().message.c_str());
            QCOMPARE(session->inputs().size(), stage.inputs.size());
            QCOMPARE(session->outputs().size(), stage.outputs.size());
            for (std::size_t i = 0; i < stage.inputs.size(); ++i) {
                QCOMPARE(session->inputs()[i].name, stage.inputs[i].name);
                QCOMPARE(session->inputs()[i].shape, stage.inputs[i].shape);
            }
        }
    }

    void filesAreDeterministic_data() { models(); }
    void filesAreDeterministic()
    {
        const auto model = loaded();
        const Stages plan = onePerLayer(model->graph());
        const std::filesystem::path other = stageFolder().string() + "-2";
        QVERIFY(onnx::split(*model, plan, stageFolder(), {}, kQuiet));
        QVERIFY(onnx::split(*model, plan, other, {}, kQuiet));
        for (const auto& entry : std::filesystem::directory_iterator(stageFolder()))
            QCOMPARE(*readFile(entry.path()), *readFile(other / entry.path().filename()));
    }

    void aShorterSplitLeavesNothingBehind()
    {
        const auto model = loadModel(test::smallModels().front());
        QVERIFY(onnx::split(*model, onePerLayer(model->graph()), stageFolder(), {}, kQuiet));
        QVERIFY(std::filesystem::exists(stageFolder() / "stage-7.onnx"));
        QVERIFY(onnx::split(*model, cutAt(model->graph(), 3), stageFolder(), {}, kQuiet));
        QVERIFY(std::filesystem::exists(stageFolder() / "stage-2.onnx"));
        QVERIFY(!std::filesystem::exists(stageFolder() / "stage-3.onnx"));
        QVERIFY(!std::filesystem::exists(stageFolder() / "stage-7.onnx"));
    }

    void aStoppedSplitChangesNothing()
    {
        const auto model = loadWeights();
        std::stop_source stop;
        StopAt second("writing stage-2.onnx", stop);
        const auto stopped =
            onnx::split(*model, cutAt(model->graph(), 2), stageFolder(), stop.get_token(), second);
        QVERIFY(!stopped && stopped.error().code == ErrorCode::Cancelled);
        QVERIFY(!std::filesystem::exists(stageFolder()));

        QVERIFY(onnx::split(*model, cutAt(model->graph(), 1), stageFolder(), {}, kQuiet));
        const auto before = *readFile(stageFolder() / "stage-1.onnx");
        QVERIFY(!onnx::split(*model, cutAt(model->graph(), 2), stageFolder(), stop.get_token(),
                             kQuiet));
        QCOMPARE(*readFile(stageFolder() / "stage-1.onnx"), before);
        QVERIFY(onnx::runSplit(stageFolder(), inputsFor(model->graph(), 1), {}, kQuiet));
        QCOMPARE(std::distance(std::filesystem::directory_iterator(stageFolder()), {}), 5);
    }

    /// A split's own stage can be split again, its weights are read before they are replaced.
    void splitsAStageInItsOwnFolder()
    {
        const auto model = loadWeights();
        QVERIFY(onnx::split(*model, cutAt(model->graph(), 2), stageFolder(), {}, kQuiet));
        const auto stage = onnx::load(stageFolder() / "stage-1.onnx", {}, {}, kQuiet);
        QVERIFY(stage);
        const auto inputs = inputsFor(stage->graph(), 1);
        const auto whole = onnx::runWhole(*stage, inputs, {});
        QVERIFY(onnx::split(*stage, cutAt(stage->graph(), 1), stageFolder(), {}, kQuiet));
        const auto parts = onnx::runSplit(stageFolder(), inputs, {}, kQuiet);
        QVERIFY(whole && parts);
        QVERIFY(inference::compare(parts->front().tensor, whole->front().tensor).agree);
    }

    void weightsAreExternalAndAligned()
    {
        const auto model = loadWeights();
        const auto manifest =
            onnx::split(*model, cutAt(model->graph(), 2), stageFolder(), {}, kQuiet);
        QVERIFY(manifest);
        QCOMPARE(std::filesystem::file_size(stageFolder() / "stage-1.weights"), 64U * 64U * 4U);
        QVERIFY(std::filesystem::file_size(stageFolder() / "stage-1.onnx") < 1024);
        compareWithWhole(*model, cutAt(model->graph(), 2), 1);
    }

    void relaysWhatLaterStagesNeed()
    {
        const auto model = loadModel(test::smallModels().front());
        const auto manifest =
            onnx::split(*model, onePerLayer(model->graph()), stageFolder(), {}, kQuiet);
        QVERIFY(manifest);
        // "a" is made first and read by the second and the last layer.
        for (std::size_t stage = 1; stage < 6; ++stage) {
            const auto& relayed = manifest->stages[stage].relayed;
            QCOMPARE(std::count(relayed.begin(), relayed.end(), "a"), std::ptrdiff_t{1});
        }
        QVERIFY(manifest->stages.back().relayed.empty());
    }

    void refusesWhatIsNoPlan_data()
    {
        QTest::addColumn<QString>("layers"); // stages separated by '|', layers by ','
        QTest::addColumn<QString>("message");
        QTest::newRow("empty stage") << "0,1,2||3,4,5,6"
                                     << "stage 2 has no layers";
        QTest::newRow("missing") << "0,1,2|3,4,5"
                                 << "layer Concat_7 is in no stage";
        QTest::newRow("twice") << "0,1,2|2,3,4,5,6"
                               << "layer Conv_3 is in two stages";
        QTest::newRow("unknown") << "0,1,2|3,4,5,6,7"
                                 << "stage 2: the model has no layer 7";
        QTest::newRow("wrong order")
            << "1,2|0,3,4,5,6"
            << "layer Relu_2 is in an earlier stage than Conv_1, whose output it needs";
    }
    void refusesWhatIsNoPlan()
    {
        QFETCH(QString, layers);
        QFETCH(QString, message);
        Stages stages;
        for (const QString& stage : layers.split(QLatin1Char('|'))) {
            stages.emplace_back();
            for (const QString& layer : stage.split(QLatin1Char(','), Qt::SkipEmptyParts))
                stages.back().emplace_back(layer.toInt());
        }
        const auto model = loadModel(test::smallModels().front());
        const auto manifest = onnx::split(*model, stages, stageFolder(), {}, kQuiet);
        QVERIFY(!manifest);
        QCOMPARE(manifest.error().code, ErrorCode::InvalidArgument);
        QCOMPARE(QString::fromStdString(manifest.error().message), message);
    }

    void refusesWrongInputs()
    {
        const auto model = loadModel(test::smallModels().front());
        QVERIFY(onnx::split(*model, cutAt(model->graph(), 3), stageFolder(), {}, kQuiet));
        const auto message = [&](std::vector<inference::NamedTensor> inputs) {
            const auto whole = onnx::runWhole(*model, inputs, {});
            const auto staged = onnx::runSplit(stageFolder(), inputs, {}, kQuiet);
            if (whole || staged)
                return std::string("it ran");
            return whole.error() == staged.error() ? whole.error().message
                                                   : std::string("different errors");
        };
        const auto right = inputsFor(model->graph(), 1).front();
        const auto tensor = *inference::randomTensor(graph::DType::Float32, {1, 3}, 1);
        QCOMPARE(message({}), "input \"x\" is missing; it is float32 [1, 3, 8, 8]");
        QCOMPARE(message({right, right}), "input \"x\" is given twice");
        QCOMPARE(message({right, {"y", tensor}}), "the model has no input \"y\"");
        QCOMPARE(message({{"x", tensor}}),
                 "input \"x\" is float32 [1, 3], the model takes float32 [1, 3, 8, 8]");
    }

    void manifestsFromElsewhere_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* name, const char* text, const char* message) {
            QTest::newRow(name) << QString::fromLatin1(text) << QString::fromLatin1(message);
        };
        row("other format",
            R"({"format": "x", "model_sha256": "", "inputs": [], "outputs": [], "stages": []})",
            "m.json: format: \"millrace-split/1\" is needed, not \"x\"; split the model again");
        row("climbs out",
            R"({"format": "millrace-split/1", "model_sha256": "", "inputs": [], "outputs": [],
                "stages": [{"file": "../x.onnx", "inputs": [], "outputs": [], "relayed": []}]})",
            "m.json: stages[0].file: a file name in the manifest's own folder is needed");
        row("absolute",
            R"({"format": "millrace-split/1", "model_sha256": "", "inputs": [], "outputs": [],
                "stages": [{"file": "/etc/passwd", "inputs": [], "outputs": [], "relayed": []}]})",
            "m.json: stages[0].file: a file name in the manifest's own folder is needed");
        row("unknown type",
            R"({"format": "millrace-split/1", "model_sha256": "",
                "inputs": [{"name": "x", "dtype": "float", "shape": []}], "outputs": [], "stages": []})",
            "m.json: inputs[0].dtype: \"float\" is no element type; float32 is one");
    }
    void manifestsFromElsewhere()
    {
        QFETCH(QString, text);
        QFETCH(QString, message);
        const auto manifest = onnx::parseManifest(text.toStdString(), "m.json");
        QVERIFY(!manifest);
        QCOMPARE(QString::fromStdString(manifest.error().message), message);
    }

    void exportsForProfiling_data() { models(); }
    void exportsForProfiling()
    {
        const auto model = loaded();
        const auto path = onnx::exportForProfiling(*model, stageFolder());
        QVERIFY2(path, path ? "" : path.error().message.c_str());
        auto session = inference::Session::fromFile(*path, {});
        QVERIFY2(session, session ? "" : session.error().message.c_str());
        std::vector<inference::NamedTensor> inputs;
        for (inference::NamedTensor& input : inputsFor(model->graph(), 3))
            for (const inference::ValueInfo& wanted : session->inputs())
                if (wanted.name == input.name)
                    inputs.push_back(std::move(input));
        const auto outputs = session->run(inputs);
        QVERIFY2(outputs, outputs ? "" : outputs.error().message.c_str());
    }

private:
    static void models()
    {
        QTest::addColumn<int>("index");
        int index = 0;
        for (const test::SmallModel& model : test::smallModels())
            QTest::newRow(model.name) << index++;
    }

    std::filesystem::path stageFolder() { return root() / "stages"; }
    std::filesystem::path root() { return m_folder->path().toStdString(); }

    /// Three layers, each with a weight of its own.
    std::optional<onnx::Model> loadWeights()
    {
        test::OnnxBuilder b;
        b.input("x", {1, 64}).weight("w1", {64, 64}).weight("w2", {64, 64}).weight("small", {64});
        b.node("MatMul", {"x", "w1"}, {"a"}).node("Add", {"a", "small"}, {"b"});
        b.node("MatMul", {"b", "w2"}, {"c"}).output("c");
        return loadModel({"weights", [&] { return b.model(); }});
    }

    std::optional<onnx::Model> loadModel(const test::SmallModel& small)
    {
        test::saveModel(small.build(), root() / "model.onnx");
        auto model = onnx::load(root() / "model.onnx", {small.dims}, {}, kQuiet);
        if (!model)
            qFatal("%s: %s", small.name, model.error().message.c_str());
        return *model;
    }
    std::optional<onnx::Model> loaded()
    {
        QFETCH(int, index);
        return loadModel(test::smallModels()[static_cast<std::size_t>(index)]);
    }

    void compareWithWhole(const onnx::Model& model, const Stages& plan, std::uint64_t seed)
    {
        const auto manifest = onnx::split(model, plan, stageFolder(), {}, kQuiet);
        QVERIFY2(manifest, manifest ? "" : manifest.error().message.c_str());
        const auto inputs = inputsFor(model.graph(), seed);
        const auto whole = onnx::runWhole(model, inputs, {});
        QVERIFY2(whole, whole ? "" : whole.error().message.c_str());
        const auto staged = onnx::runSplit(stageFolder(), inputs, {}, kQuiet);
        QVERIFY2(staged, staged ? "" : staged.error().message.c_str());
        QCOMPARE(staged->size(), whole->size());
        for (std::size_t i = 0; i < whole->size(); ++i) {
            QCOMPARE((*staged)[i].name, (*whole)[i].name);
            const auto agreement = inference::compare((*staged)[i].tensor, (*whole)[i].tensor);
            QVERIFY2(agreement.agree, agreement.why.c_str());
        }
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

} // namespace millrace

QTEST_GUILESS_MAIN(millrace::TestSplit)
#include "tst_split.moc"
