// SPDX-License-Identifier: GPL-3.0-or-later
// How a file becomes layers, weights and tensors: BuildGraph, and Inseparable for what no cut may
// part.
#include "SmallModels.h"
#include "base/File.h"
#include "onnx/Model.h"
#include "support/OnnxBuilder.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <fstream>

namespace millrace
{
namespace
{

NoProgress kQuiet;

const graph::Tensor& tensor(const graph::Graph& graph, const std::string& name)
{
    const auto found = std::find_if(graph.tensors.begin(), graph.tensors.end(),
                                    [&](const graph::Tensor& t) { return t.name == name; });
    if (found == graph.tensors.end())
        qFatal("no tensor %s", name.c_str());
    return *found;
}

const graph::Weight& weight(const graph::Graph& graph, const std::string& name)
{
    const auto found = std::find_if(graph.weights.begin(), graph.weights.end(),
                                    [&](const graph::Weight& w) { return w.name == name; });
    if (found == graph.weights.end())
        qFatal("no weight %s", name.c_str());
    return *found;
}

std::vector<std::string> layerNames(const graph::Graph& graph)
{
    std::vector<std::string> names;
    for (const graph::Layer& layer : graph.layers)
        names.push_back(layer.name);
    return names;
}

using Shape = std::vector<std::int64_t>;
using Consumers = std::vector<LayerId>;

} // namespace

class TestLoad : public QObject
{
    Q_OBJECT
private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void smallModelsKeepTheirInvariants_data()
    {
        QTest::addColumn<int>("index");
        int index = 0;
        for (const test::SmallModel& model : test::smallModels())
            QTest::newRow(model.name) << index++;
    }
    void smallModelsKeepTheirInvariants()
    {
        QFETCH(int, index);
        const test::SmallModel& small = test::smallModels()[static_cast<std::size_t>(index)];
        const graph::Graph graph = loaded(small.build(), small.dims);
        QCOMPARE(static_cast<int>(graph.layers.size()), small.layers);
        auto names = layerNames(graph);
        std::sort(names.begin(), names.end());
        QVERIFY(std::adjacent_find(names.begin(), names.end()) == names.end());
        QVERIFY(!names.front().empty());
        for (const graph::Tensor& t : graph.tensors) {
            QCOMPARE(t.flow.bytes, *graph::denseBytes(t.dtype, t.shape));
            QVERIFY(std::is_sorted(t.flow.consumers.begin(), t.flow.consumers.end()));
            for (const LayerId consumer : t.flow.consumers)
                QVERIFY(!t.flow.producer || *t.flow.producer < consumer); // topological
        }
        for (const graph::Weight& w : graph.weights)
            QVERIFY(!w.consumers.empty());
    }

    void capturedValuesAreInputs()
    {
        const graph::Graph graph = small("If with captured values");
        const graph::Layer& branch = layer(graph, "If");
        std::vector<std::string> inputs;
        for (const TensorId id : branch.inputs)
            inputs.push_back(graph.tensors[id.index()].name);
        std::sort(inputs.begin(), inputs.end());
        QCOMPARE(inputs, (std::vector<std::string>{"a", "cond", "x"}));
        // The branch's own weight, and the one captured from outside.
        QCOMPARE(branch.weights.size(), std::size_t{2});
        QCOMPARE(branch.weightBytes.value, std::int64_t{128});
        QVERIFY(!weight(graph, branch.name + "/inner").shape.empty());
    }

    void whatIsNoTensorIsFusedAway()
    {
        const graph::Graph graph = small("sequences");
        QCOMPARE(graph.layers[1].op, "SplitToSequence+SequenceAt+Tanh+2 more");
        QCOMPARE(tensor(graph, "joined").shape, (Shape{5, 6}));
        QVERIFY(tensor(graph, "joined").observed);
    }

    void shapesFoldOnceDimsAreBound()
    {
        const graph::Graph graph = small("shape arithmetic and free dims");
        QCOMPARE(tensor(graph, "flat").shape, (Shape{2, 12}));
        QVERIFY(!tensor(graph, "flat").observed);
        QCOMPARE(weight(graph, "zeros").shape, (Shape{2, 12}));
        QCOMPARE(weight(graph, "zeros").bytes.value, std::int64_t{96});
        QCOMPARE(weight(graph, "target").bytes.value, std::int64_t{16});
        for (const graph::Layer& l : graph.layers)
            QVERIFY(l.op != "Shape" && l.op != "Gather" && l.op != "ConstantOfShape");
    }

    void constantNodesAreWeights()
    {
        const graph::Graph graph = small("Constant nodes");
        QCOMPARE(weight(graph, "twice").bytes.value, std::int64_t{4 * 4 * 400});
        QCOMPARE(layer(graph, "MatMul").weightBytes.value, std::int64_t{4 * 4 * 400});
        QCOMPARE(layer(graph, "MatMul").flops, 2.0 * 2 * 4 * 400);
        QCOMPARE(graph.parameterCount(),
                 std::int64_t{1600}); // "twice"; the scalar "two" is a setting
    }

    void randomOperatorsAreLayers()
    {
        test::OnnxBuilder b;
        b.input("x", {4}).node("RandomNormal", {}, {"r"}, {{"shape", Shape{4}}});
        b.node("Abs", {"r"}, {"p"}).node("Add", {"x", "p"}, {"y"}).output("y");
        const graph::Graph graph = loaded(b.model());
        QCOMPARE(graph.layers.size(), std::size_t{3});
        QVERIFY(graph.weights.empty());
    }

    void dataDependentShapesAreObserved()
    {
        const graph::Graph graph = small("data-dependent shapes");
        QVERIFY(tensor(graph, "where").observed);
        QCOMPARE(tensor(graph, "where").shape[0], std::int64_t{2});
        QVERIFY(tensor(graph, "where").shape[1] > 0 && tensor(graph, "where").shape[1] < 64);
        QVERIFY(!tensor(graph, "big").observed);
    }

    void youngOperatorSetsGetTheirShapes()
    {
        QCOMPARE(tensor(small("AveragePool 19 with dilations"), "p").shape, (Shape{1, 2, 8, 8}));
    }

    void sharedWeightsAreCountedApart()
    {
        const graph::Graph graph = small("many inputs and outputs");
        QCOMPARE(weight(graph, "w").consumers.size(), std::size_t{2});
        QCOMPARE(layer(graph, "MatMul").weightBytes.value, std::int64_t{0});
        QCOMPARE(graph.totalWeightBytes().value, std::int64_t{64 + 12});
    }

    void outputsMayBeAnything()
    {
        const graph::Graph graph = small("many inputs and outputs");
        std::vector<std::string> outputs;
        for (const TensorId id : graph.outputs) {
            outputs.push_back(graph.tensors[id.index()].name);
            QVERIFY(graph.tensors[id.index()].flow.isOutput);
        }
        QCOMPARE(outputs, (std::vector<std::string>{"b", "k", "y", "e"}));
        QVERIFY(!tensor(graph, "y").flow.producer);
        QCOMPARE(*tensor(graph, "k").flow.producer, LayerId(graph.layers.size() - 1));
    }

    void aModelOfConstantsHasOneLayer()
    {
        test::OnnxBuilder b;
        b.weight("k", {3}).output("k");
        const graph::Graph graph = loaded(b.model());
        QCOMPARE(graph.layers.size(), std::size_t{1});
        QCOMPARE(graph.totalWeightBytes().value, std::int64_t{12});
    }

    void namesBecomeUnique()
    {
        test::OnnxBuilder b;
        b.input("x", {4});
        b.node("Relu", {"x"}, {"a"}).last().clear_name();
        b.node("Tanh", {"a"}, {"b"}).last().set_name("same");
        b.node("Neg", {"b"}, {"c"}).last().set_name("same_2");
        b.node("Abs", {"c"}, {"d"}).last().set_name("same");
        const graph::Graph graph = loaded(b.output("d").model());
        QCOMPARE(layerNames(graph), (std::vector<std::string>{"a", "same", "same_2", "same_3"}));
    }

    void attributesArePrintable()
    {
        const graph::Graph graph = small("residual");
        QCOMPARE(layer(graph, "Conv").attributes,
                 (std::vector<std::pair<std::string, std::string>>{{"pads", "[1, 1, 1, 1]"}}));
        QCOMPARE(layer(graph, "Conv").flops, 2.0 * 4 * 64 * 27);
    }

    void externalWeightsCountInTheHash()
    {
        saveExternal("w.bin");
        write("w.bin", std::string(64, 'a'));
        const auto first = load();
        QVERIFY2(first, first ? "" : first.error().message.c_str());
        QCOMPARE(first->graph().totalWeightBytes().value, std::int64_t{64});
        write("w.bin", std::string(64, 'b'));
        const auto second = load();
        QVERIFY(second);
        QVERIFY(first->sha256() != second->sha256());
    }

    void cancels()
    {
        test::saveModel(test::smallModels().front().build(), root() / "model.onnx");
        std::stop_source stop;
        stop.request_stop();
        const auto model = onnx::load(root() / "model.onnx", {}, stop.get_token(), kQuiet);
        QVERIFY(!model);
        QCOMPARE(model.error().code, ErrorCode::Cancelled);
    }

private:
    std::filesystem::path root() { return m_folder->path().toStdString(); }
    void write(const char* name, const std::string& content)
    {
        std::ofstream(root() / name, std::ios::binary) << content;
    }
    Result<onnx::Model> load(const std::map<std::string, std::int64_t>& dims = {})
    {
        return onnx::load(root() / "model.onnx", {dims}, {}, kQuiet);
    }
    graph::Graph loaded(const ::onnx::ModelProto& proto,
                        const std::map<std::string, std::int64_t>& dims = {})
    {
        test::saveModel(proto, root() / "model.onnx");
        const auto model = load(dims);
        if (!model)
            qFatal("%s", model.error().message.c_str());
        return model->graph();
    }
    graph::Graph small(const std::string& name)
    {
        for (const test::SmallModel& model : test::smallModels())
            if (model.name == name)
                return loaded(model.build(), model.dims);
        qFatal("no model %s", name.c_str());
    }
    static const graph::Layer& layer(const graph::Graph& graph, const std::string& op)
    {
        const auto found = std::find_if(graph.layers.begin(), graph.layers.end(),
                                        [&](const graph::Layer& l) { return l.op == op; });
        if (found == graph.layers.end())
            qFatal("no layer %s", op.c_str());
        return *found;
    }
    /// x [4] + w [16 floats], with w in another file.
    void saveExternal(const std::string& location)
    {
        test::OnnxBuilder b;
        b.input("x", {16}).weight("w", {16}).node("Add", {"x", "w"}, {"y"}).output("y");
        auto& w = *b.graph().mutable_initializer(0);
        w.clear_raw_data();
        w.set_data_location(::onnx::TensorProto::EXTERNAL);
        auto* entry = w.add_external_data();
        entry->set_key("location");
        entry->set_value(location);
        b.save(root() / "model.onnx");
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

} // namespace millrace

QTEST_GUILESS_MAIN(millrace::TestLoad)
#include "tst_load.moc"
