// SPDX-License-Identifier: GPL-3.0-or-later
#include "SmallModels.h"

#include "support/OnnxBuilder.h"

namespace millrace::test
{
namespace
{

using Model = ::onnx::ModelProto;
using Pads = std::vector<std::int64_t>;
const Attributes kSame = {{"pads", Pads{1, 1, 1, 1}}};

Model residual()
{
    OnnxBuilder b;
    b.input("x", {1, 3, 8, 8}).weight("w1", {4, 3, 3, 3}).weight("w2", {4, 4, 3, 3});
    b.weight("w3", {4, 4, 3, 3});
    b.node("Conv", {"x", "w1"}, {"a"}, kSame).node("Relu", {"a"}, {"b"});
    b.node("Conv", {"b", "w2"}, {"c"}, kSame).node("Relu", {"c"}, {"d"});
    b.node("Conv", {"d", "w3"}, {"e"}, kSame).node("Add", {"e", "b"}, {"f"});
    b.node("Concat", {"f", "a"}, {"g"}, {{"axis", std::int64_t{1}}});
    return b.output("g").model();
}

Model manyPorts()
{
    OnnxBuilder b;
    b.input("x", {2, 4}).input("y", {2, 4}).weight("w", {4, 4}).weight("k", {3});
    b.node("MatMul", {"x", "w"}, {"a"}).node("Add", {"a", "y"}, {"b"});
    b.node("Tanh", {"b"}, {"c"}).node("Mul", {"c", "a"}, {"d"}).node("MatMul", {"d", "w"}, {"e"});
    // used inside too, a weight, a model input, and a last one
    return b.output("b").output("k").output("y").output("e").model();
}

Model branches()
{
    OnnxBuilder yes;
    yes.weight("inner", {4, 4}).node("MatMul", {"a", "inner"}, {"yes"}).output("yes");
    OnnxBuilder no;
    no.node("Mul", {"x", "w"}, {"no"}).output("no");
    OnnxBuilder b;
    b.input("x", {4, 4}).weight("w", {4, 4}).ints("axes", {0, 1});
    b.node("Relu", {"x"}, {"a"})
        .node("ReduceMean", {"a"}, {"mean"}, {{"keepdims", std::int64_t{0}}});
    *b.graph().add_initializer() = randomWeight("half", {}, 0.5F, 0.5F, 1);
    b.node("Greater", {"mean", "half"}, {"cond"});
    b.node("If", {"cond"}, {"z"}, {{"then_branch", yes.graph()}, {"else_branch", no.graph()}});
    b.node("Add", {"z", "a"}, {"out"});
    return b.output("out").model();
}

Model loop()
{
    OnnxBuilder body;
    body.input("i", {}, ::onnx::TensorProto::INT64).input("go", {}, ::onnx::TensorProto::BOOL);
    body.input("state", {4, 4});
    body.node("Identity", {"go"}, {"goOn"}).node("MatMul", {"state", "w"}, {"t"});
    body.node("Add", {"t", "a"}, {"next"}).output("goOn").output("next");
    OnnxBuilder b;
    b.input("x", {4, 4}).weight("w", {4, 4}).scalar("trips", 3);
    b.node("Sigmoid", {"x"}, {"a"});
    b.node("Loop", {"trips", "", "x"}, {"r"}, {{"body", body.graph()}});
    b.node("Tanh", {"r"}, {"out"});
    return b.output("out").model();
}

Model sequences()
{
    OnnxBuilder b;
    b.input("x", {4, 6}).scalar("first", 0).scalar("second", 1);
    b.node("Relu", {"x"}, {"r"});
    b.node("SplitToSequence", {"r"}, {"parts"}, {{"axis", std::int64_t{0}}});
    b.node("SequenceAt", {"parts", "first"}, {"a"}).node("Tanh", {"a"}, {"t"});
    b.node("SequenceInsert", {"parts", "t"}, {"more"}); // Tanh lies between: one layer
    b.node("ConcatFromSequence", {"more"}, {"joined"}, {{"axis", std::int64_t{0}}});
    b.node("Sigmoid", {"joined"}, {"out"});
    return b.output("out").model();
}

Model shapeArithmetic()
{
    OnnxBuilder b;
    b.input("x", {std::string("N"), 3, std::string("H"), std::string("")});
    b.weight("w", {5, 12}).scalar("zero", 0).ints("rest", {-1}).ints("axis", {0});
    b.node("Relu", {"x"}, {"a"}).node("Shape", {"a"}, {"shape"});
    b.node("Gather", {"shape", "zero"}, {"n"}).node("Unsqueeze", {"n", "axis"}, {"n1"});
    b.node("Concat", {"n1", "rest"}, {"target"}, {{"axis", std::int64_t{0}}});
    b.node("Reshape", {"a", "target"}, {"flat"});
    b.node("Shape", {"flat"}, {"shape2"}).node("ConstantOfShape", {"shape2"}, {"zeros"});
    b.node("Add", {"flat", "zeros"}, {"sum"});
    b.node("Gemm", {"sum", "w"}, {"out"}, {{"transB", std::int64_t{1}}});
    return b.output("out").model();
}

Model constantNodes()
{
    OnnxBuilder b;
    b.input("x", {2, 4});
    b.node("Constant", {}, {"w"});
    auto* value = b.last().add_attribute();
    value->set_name("value");
    value->set_type(::onnx::AttributeProto::TENSOR);
    *value->mutable_t() = randomWeight("", {4, 400}, -1, 1, 5);
    b.node("Constant", {}, {"two"}, {{"value_float", 2.0F}});
    b.node("Identity", {"w"}, {"same"}).node("Mul", {"same", "two"}, {"twice"});
    b.node("MatMul", {"x", "twice"}, {"a"}).node("Clip", {"a", "", "two"}, {"out"});
    return b.output("out").model();
}

Model dataDependent()
{
    OnnxBuilder b;
    b.input("x", {8, 8}).weight("w", {1, 5});
    *b.graph().add_initializer() = randomWeight("half", {}, 0.5F, 0.5F, 1);
    b.node("Greater", {"x", "half"}, {"big"}).node("NonZero", {"big"}, {"where"});
    b.node("Cast", {"where"}, {"real"}, {{"to", std::int64_t{1}}});
    b.node("Transpose", {"real"}, {"rows"});
    b.node("ReduceMax", {"rows"}, {"top"}, {{"axes", Pads{1}}});
    b.node("MatMul", {"top", "w"}, {"out"});
    return b.output("out").model();
}

Model dilatedPool()
{
    OnnxBuilder b(19, 9);
    b.input("x", {1, 2, 12, 12}).node("Relu", {"x"}, {"a"});
    b.node("AveragePool", {"a"}, {"p"}, {{"kernel_shape", Pads{3, 3}}, {"dilations", Pads{2, 2}}});
    b.node("Tanh", {"p"}, {"out"});
    return b.output("out").model();
}

Model localFunction()
{
    OnnxBuilder b;
    auto* domain = b.model().add_opset_import();
    domain->set_domain("local");
    domain->set_version(1);
    auto* function = b.model().add_functions();
    function->set_name("Twice");
    function->set_domain("local");
    *function->add_opset_import() = b.model().opset_import(0);
    function->add_input("v");
    function->add_output("r");
    auto* add = function->add_node();
    add->set_op_type("Add");
    add->add_input("v");
    add->add_input("v");
    add->add_output("r");
    b.input("x", {3}).node("Relu", {"x"}, {"a"}).node("Twice", {"a"}, {"t"});
    b.last().set_domain("local");
    b.node("Tanh", {"t"}, {"out"});
    return b.output("out").model();
}

Model oldWeights()
{
    OnnxBuilder b(9, 3);
    b.input("x", {2, 4}).input("w", {4, 4}).weight("w", {4, 4});
    b.node("MatMul", {"x", "w"}, {"a"}).node("Relu", {"a"}, {"out"});
    return b.output("out").model();
}

Model unsorted()
{
    OnnxBuilder b;
    b.input("x", {2, 4}).weight("w", {4, 4});
    b.node("Relu", {"a"}, {"out"}).node("MatMul", {"x", "w"}, {"a"});
    return b.output("out").model();
}

Model namelessAndUnused()
{
    OnnxBuilder b;
    b.input("x", {4});
    b.node("Relu", {"x"}, {"a"}).last().clear_name();
    b.node("Tanh", {"a"}, {"b"});
    b.node("Sigmoid", {"a"}, {"unused"});
    b.node("Neg", {"b"}, {"out"});
    return b.output("out").model();
}

} // namespace

const std::vector<SmallModel>& smallModels()
{
    static const std::vector<SmallModel> models = {
        {"residual", residual, {}, 7},
        {"many inputs and outputs", manyPorts, {}, 5},
        {"If with captured values", branches, {}, 5},
        {"Loop with captured values", loop, {}, 3},
        {"sequences", sequences, {}, 3},
        {"shape arithmetic and free dims", shapeArithmetic, {{"N", 2}, {"H", 2}, {"x.3", 2}}, 4},
        {"Constant nodes", constantNodes, {}, 2},
        {"data-dependent shapes", dataDependent, {}, 6},
        {"AveragePool 19 with dilations", dilatedPool, {}, 3},
        {"local function", localFunction, {}, 3},
        {"weights among the inputs", oldWeights, {}, 2},
        {"nodes out of order", unsorted, {}, 2},
        {"nameless node and an unused one", namelessAndUnused, {}, 3},
    };
    return models;
}

} // namespace millrace::test
