// SPDX-License-Identifier: GPL-3.0-or-later
#include "onnx/FreeDims.h"
#include "onnx/ModelFile.h"
#include "onnx/Normalize.h"
#include "onnx/Values.h"
#include "onnx/WeightData.h"
#include "support/ShowString.h"

#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <fstream>
#include <set>

namespace millrace::onnx
{
namespace
{

using Names = std::vector<std::string>;

void addInput(pb::GraphProto& graph, const std::string& name, const Names& dims)
{
    pb::ValueInfoProto* input = graph.add_input();
    input->set_name(name);
    auto* type = input->mutable_type()->mutable_tensor_type();
    type->set_elem_type(pb::TensorProto::FLOAT);
    for (const std::string& dim : dims) {
        auto* added = type->mutable_shape()->add_dim();
        if (dim.empty())
            continue;
        if (dim.find_first_not_of("0123456789") == std::string::npos)
            added->set_dim_value(std::stoll(dim));
        else
            added->set_dim_param(dim);
    }
}

void addNode(pb::GraphProto& graph, const std::string& op, const Names& inputs,
             const std::string& output)
{
    pb::NodeProto* node = graph.add_node();
    node->set_op_type(op);
    for (const std::string& input : inputs)
        node->add_input(input);
    node->add_output(output);
}

pb::TensorProto floats(const std::string& name, const std::vector<float>& values)
{
    pb::TensorProto tensor;
    tensor.set_name(name);
    tensor.set_data_type(pb::TensorProto::FLOAT);
    tensor.add_dims(static_cast<std::int64_t>(values.size()));
    for (const float value : values)
        tensor.add_float_data(value);
    return tensor;
}

/// Backwards: y = Neg(m), m = Add(x, w); and a node that nobody needs.
pb::ModelProto backwards()
{
    pb::ModelProto model;
    model.set_ir_version(3);
    model.add_opset_import()->set_version(13);
    pb::GraphProto& graph = *model.mutable_graph();
    graph.set_name("g");
    addInput(graph, "x", {"2"});
    addInput(graph, "w", {"2"}); // as IR version 3 wants it
    *graph.add_initializer() = floats("w", {1, 2});
    *graph.add_initializer() = floats("unused", {3});
    addNode(graph, "Neg", {"m"}, "y");
    addNode(graph, "Abs", {"x"}, "nobody");
    addNode(graph, "Add", {"x", "w"}, "m");
    graph.add_output()->set_name("y");
    return model;
}

Names opsOf(const pb::GraphProto& graph)
{
    Names ops;
    for (const pb::NodeProto& node : graph.node())
        ops.push_back(node.op_type());
    return ops;
}

} // namespace

/// What makes of any sound model the one form that the room works on.
class TestNormalize : public QObject
{
    Q_OBJECT
private slots:
    void nodesAreSortedPrunedAndNamed()
    {
        pb::ModelProto model = backwards();
        QVERIFY(normalize(model, "/"));
        const pb::GraphProto& graph = model.graph();
        QVERIFY(opsOf(graph) == (Names{"Add", "Neg"}));
        QVERIFY(model.ir_version() >= 4);
        QCOMPARE(graph.input_size(), 1);
        QCOMPARE(graph.input(0).name(), std::string("x"));
        QCOMPARE(graph.initializer_size(), 1);
        std::set<std::string> names;
        for (const pb::NodeProto& node : graph.node())
            QVERIFY(!node.name().empty() && names.insert(node.name()).second);
    }

    void whatIsNormalStays()
    {
        pb::ModelProto once = backwards();
        QVERIFY(normalize(once, "/"));
        pb::ModelProto twice = once;
        QVERIFY(normalize(twice, "/"));
        QVERIFY(once.SerializeAsString() == twice.SerializeAsString());
    }

    void constantNodesBecomeWeights()
    {
        pb::ModelProto model = backwards();
        pb::GraphProto& graph = *model.mutable_graph();
        addNode(graph, "Constant", {}, "c");
        pb::AttributeProto* value = graph.mutable_node(3)->add_attribute();
        value->set_name("value");
        value->set_type(pb::AttributeProto::TENSOR);
        *value->mutable_t() = floats("", {5, 6});
        graph.mutable_node(0)->set_op_type("Mul");
        graph.mutable_node(0)->add_input("c");
        QVERIFY(normalize(model, "/"));
        QVERIFY(opsOf(model.graph()) == (Names{"Add", "Mul"}));
        QCOMPARE(model.graph().initializer_size(), 2);
    }

    void aCycleIsAnError()
    {
        pb::ModelProto model = backwards();
        model.mutable_graph()->mutable_node(2)->set_input(1, "y");
        const auto sorted = sortNodes(*model.mutable_graph());
        QVERIFY(!sorted && sorted.error().code == ErrorCode::ParseError);
        QVERIFY(!checkStructure(model, "/"));
    }

    void whatIsReadExists()
    {
        QVERIFY(checkStructure(backwards(), "/"));
        pb::ModelProto model = backwards();
        model.mutable_graph()->mutable_node(2)->set_input(1, "nowhere");
        const auto checked = checkStructure(model, "/");
        QVERIFY(!checked);
        QVERIFY(checked.error().message.find("nowhere") != std::string::npos);
    }

    void namesAreMadeOnce()
    {
        pb::ModelProto model = backwards();
        model.mutable_graph()->mutable_node(1)->set_output(0, "m");
        QVERIFY(!checkStructure(model, "/"));
    }

    void freeDimensionsAreNamedInOrder()
    {
        pb::GraphProto graph;
        addInput(graph, "a", {"N", "3", ""});
        addInput(graph, "b", {"N", "M"});
        QVERIFY(freeDimNames(graph) == (Names{"N", "a.2", "M"}));
    }

    void freeDimensionsAreBound()
    {
        pb::GraphProto graph;
        addInput(graph, "a", {"N", ""});
        const auto bound = bindFreeDims(graph, {{"N", 4}, {"a.1", 7}});
        QVERIFY(bound);
        const auto& shape = graph.input(0).type().tensor_type().shape();
        QCOMPARE(shape.dim(1).dim_value(), std::int64_t{7});
        QVERIFY(bound->at("N") == 4);
        QVERIFY(!bound->contains("a.1")); // no name that the model has
    }

    void everyDimensionNeedsItsSize()
    {
        pb::GraphProto graph;
        addInput(graph, "a", {"N", "M"});
        QVERIFY(bindFreeDims(graph, {{"N", 4}}).error().message.find("M") != std::string::npos);
        QVERIFY(!bindFreeDims(graph, {{"N", 4}, {"M", 1}, {"K", 1}}));
    }

    void weightsAreTheirBytes()
    {
        std::string scratch;
        const auto bytes = rawBytes(floats("w", {1, -2}), "/", scratch);
        QVERIFY(bytes);
        std::vector<float> values(2);
        QCOMPARE(bytes->size(), std::size_t{8});
        std::memcpy(values.data(), bytes->data(), 8);
        QVERIFY(values == (std::vector<float>{1, -2}));
        QVERIFY(tensorBytes(floats("w", {1, 2, 3})).value() == Bytes{12});
    }

    void weightsHaveTheDataThatTheirShapeNeeds()
    {
        pb::TensorProto tensor = floats("w", {1, 2});
        QVERIFY(checkTensor(tensor, "/"));
        tensor.set_dims(0, 3);
        QVERIFY(!checkTensor(tensor, "/"));
        tensor.set_dims(0, -1);
        QVERIFY(!tensorBytes(tensor));
        tensor.set_dims(0, std::int64_t{1} << 62);
        tensor.add_dims(std::int64_t{1} << 62);
        QVERIFY(!tensorBytes(tensor));
    }

    void externalFilesStayInsideTheFolder_data()
    {
        QTest::addColumn<QByteArray>("location");
        QTest::addColumn<bool>("good");
        QTest::newRow("beside") << QByteArray("weights") << true;
        QTest::newRow("above") << QByteArray("../weights") << false;
        QTest::newRow("absolute") << QByteArray("/etc/passwd") << false;
        QTest::newRow("a link that leads out") << QByteArray("link") << false;
        QTest::newRow("none") << QByteArray("none") << false;
        QTest::newRow("too short") << QByteArray("short") << false;
    }
    void externalFilesStayInsideTheFolder()
    {
        QFETCH(QByteArray, location);
        QFETCH(bool, good);
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        std::ofstream(path / "weights") << std::string(8, 'x');
        std::ofstream(path / "short") << std::string(7, 'x');
        std::filesystem::create_symlink("/etc/passwd", path / "link");
        pb::TensorProto tensor;
        tensor.set_name("w");
        tensor.set_data_type(pb::TensorProto::FLOAT);
        tensor.add_dims(2);
        tensor.set_data_location(pb::TensorProto::EXTERNAL);
        auto* entry = tensor.add_external_data();
        entry->set_key("location");
        entry->set_value(location.toStdString());
        QVERIFY(isExternal(tensor));
        const auto range = externalRange(tensor, path);
        QCOMPARE(range.has_value(), good);
        if (good)
            QCOMPARE(range->length, std::uint64_t{8});
    }

    void shapesAndConstantsAreSettled()
    {
        pb::ModelProto model = backwards();
        pb::GraphProto& graph = *model.mutable_graph();
        addNode(graph, "Abs", {"w"}, "fixed");
        graph.mutable_node(0)->set_op_type("Mul");
        graph.mutable_node(0)->add_input("fixed");
        graph.mutable_output(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
            pb::TensorProto::FLOAT);
        QVERIFY(normalize(model, "/"));
        const auto facts = settleShapes(model, "/", {});
        QVERIFY(facts);
        QVERIFY(facts->at("m").dtype == graph::DType::Float32);
        QVERIFY(facts->at("m").actual == std::vector<std::int64_t>{2});
        const Constants constants = findConstants(model.graph(), model, *facts);
        QVERIFY(constants.values.contains("fixed") && constants.values.contains("w"));
        QVERIFY(!constants.values.contains("m"));
    }

    void filesAreReadWithTheirHash()
    {
        const QTemporaryDir folder;
        const std::filesystem::path file = folder.path().toStdString() + "/model.onnx";
        std::ofstream(file, std::ios::binary) << backwards().SerializeAsString();
        const auto read = readModelFile(file);
        QVERIFY(read);
        QCOMPARE(read->proto.graph().node_size(), 3);
        QCOMPARE(read->sha256.size(), std::size_t{64});
        std::ofstream(file) << "this is no model";
        QVERIFY(!readModelFile(file));
    }
};

} // namespace millrace::onnx

QTEST_APPLESS_MAIN(millrace::onnx::TestNormalize)
#include "tst_normalize.moc"
