// SPDX-License-Identifier: GPL-3.0-or-later
#include "onnx/NodeAttributes.h"
#include "onnx/Proto.h"
#include "onnx/Submodel.h"
#include "support/ShowString.h"

#include <QTest>

namespace millrace::onnx
{
namespace
{

pb::NodeProto node(const std::string& op, const std::vector<std::string>& inputs,
                   const std::string& output)
{
    pb::NodeProto made;
    made.set_op_type(op);
    for (const std::string& input : inputs)
        made.add_input(input);
    made.add_output(output);
    return made;
}

/// x -> (a = Shape w) -> (b = Add x a); w is a weight.
pb::ModelProto small()
{
    pb::ModelProto model;
    model.set_ir_version(8);
    model.add_opset_import()->set_version(13);
    model.mutable_graph()->add_input()->set_name("x");
    model.mutable_graph()->add_initializer()->set_name("w");
    *model.mutable_graph()->add_node() = node("Shape", {"w"}, "a");
    *model.mutable_graph()->add_node() = node("Add", {"x", "a"}, "b");
    model.mutable_graph()->add_output()->set_name("b");
    return model;
}

using Names = std::vector<std::string>;

} // namespace

class TestProto : public QObject
{
    Q_OBJECT
private slots:
    void everyTypeHasItsCode()
    {
        for (int code = 0; code < 24; ++code)
            QCOMPARE(codeOf(dtypeOf(code)), code);
        QVERIFY(dtypeOf(pb::TensorProto::FLOAT) == graph::DType::Float32);
        QVERIFY(dtypeOf(pb::TensorProto::INT64) == graph::DType::Int64);
        QVERIFY(dtypeOf(pb::TensorProto::BFLOAT16) == graph::DType::BFloat16);
        QVERIFY(dtypeOf(-1) == graph::DType::Undefined);
        QVERIFY(dtypeOf(24) == graph::DType::Undefined);
    }

    void nodesAreDescribed()
    {
        pb::NodeProto made = node("Conv", {"x"}, "y");
        QCOMPARE(describe(made), std::string("the Conv node that makes \"y\""));
        made.set_name("first");
        QCOMPARE(describe(made), std::string("node \"first\" (Conv)"));
        made.set_domain("ai.onnx");
        QCOMPARE(qualifiedOp(made), std::string("Conv"));
        made.set_domain("com.microsoft");
        QCOMPARE(qualifiedOp(made), std::string("com.microsoft.Conv"));
        QCOMPARE(describe(node("Conv", {}, "")), std::string("a nameless Conv node"));
    }

    void attributesAreFoundByName()
    {
        pb::NodeProto made = node("Conv", {"x"}, "y");
        setInts(made, "strides", {2, 3});
        setInt(made, "group", 4);
        setFloat(made, "alpha", 0.5F);
        QCOMPARE(attribute(made, "strides")->ints(1), std::int64_t{3});
        QVERIFY(attribute(made, "strides")->type() == pb::AttributeProto::INTS);
        QCOMPARE(attribute(made, "group")->i(), std::int64_t{4});
        QVERIFY(attribute(made, "group")->type() == pb::AttributeProto::INT);
        QCOMPARE(attribute(made, "alpha")->f(), 0.5F);
        QVERIFY(attribute(made, "pads") == nullptr);
    }

    void whatASubgraphCapturesIsRead()
    {
        pb::NodeProto made = node("If", {"condition", "", "condition"}, "y");
        pb::AttributeProto* branch = made.add_attribute();
        branch->set_name("then_branch");
        pb::GraphProto* inner = branch->mutable_g();
        inner->add_initializer()->set_name("own");
        *inner->add_node() = node("Add", {"outer", "own"}, "made");
        *inner->add_node() = node("Neg", {"made"}, "result");
        inner->add_output()->set_name("result");
        QVERIFY(readValues(made) == (Names{"condition", "outer"}));
        inner->add_output()->set_name("straight");
        QVERIFY(readValues(made) == (Names{"condition", "outer", "straight"}));
    }

    void theIndexKnowsWhoMakesWhat()
    {
        const auto model = small();
        const GraphIndex index(model.graph());
        QCOMPARE(index.producer.at("b"), 1);
        QCOMPARE(index.initializer.at("w"), 0);
        QVERIFY(!index.producer.contains("x"));
        QVERIFY(index.reads.at(1) == (Names{"x", "a"}));
    }

    void constantsComeAlong()
    {
        const auto model = small();
        const GraphIndex index(model.graph());
        const std::vector<int> nodes{1};
        const Selection with = withConstants(index, {"w", "a"}, nodes, {});
        QVERIFY(with.nodes == (std::vector<int>{0, 1}));
        QVERIFY(with.initializers == std::vector<int>{0});
        const Selection without = withConstants(index, {}, nodes, {});
        QVERIFY(without.nodes == std::vector<int>{1});
        QVERIFY(without.initializers.empty());
        const std::vector<std::string> values{"w"};
        QVERIFY(withConstants(index, {"w"}, {}, values).initializers == std::vector<int>{0});
    }

    void anEmptyModelKeepsItsVersions()
    {
        const pb::ModelProto empty = emptyLike(small());
        QCOMPARE(empty.ir_version(), std::int64_t{8});
        QCOMPARE(empty.opset_import(0).version(), std::int64_t{13});
        QCOMPARE(empty.graph().node_size(), 0);
        QCOMPARE(empty.graph().name(), std::string("graph"));
    }

    void openDimensionsStayOpen()
    {
        pb::ValueInfoProto value;
        setTensorType(value, pb::TensorProto::FLOAT, {1, -1});
        const auto& type = value.type().tensor_type();
        QCOMPARE(type.elem_type(), int{pb::TensorProto::FLOAT});
        QCOMPARE(type.shape().dim_size(), 2);
        QCOMPARE(type.shape().dim(0).dim_value(), std::int64_t{1});
        QVERIFY(!type.shape().dim(1).has_dim_value());
    }
};

} // namespace millrace::onnx

QTEST_APPLESS_MAIN(millrace::onnx::TestProto)
#include "tst_proto.moc"
