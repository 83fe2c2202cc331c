// SPDX-License-Identifier: GPL-3.0-or-later
// How Run checks what it is given, and Flops counts what a layer does.
#include "onnx/Model.h"
#include "support/OnnxBuilder.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

using namespace millrace;
using millrace::inference::NamedTensor;

namespace
{

using test::OnnxBuilder;
using Ints = std::vector<std::int64_t>;

NamedTensor floats(const std::string& name, const Ints& shape)
{
    std::size_t count = sizeof(float);
    for (const std::int64_t dim : shape)
        count *= static_cast<std::size_t>(dim);
    return {name, {graph::DType::Float32, shape, std::vector<std::byte>(count)}};
}

class TestRun : public QObject
{
    Q_OBJECT
private slots:
    void inputsAreTheModels()
    {
        OnnxBuilder builder;
        builder.input("x", {1, 2}).input("y", {1, 2});
        builder.node("Add", {"x", "y"}, {"z"}).output("z");
        const auto model = load(builder);
        const auto mistake = [&model](std::vector<NamedTensor> inputs) {
            const auto outputs = millrace::onnx::runWhole(model, std::move(inputs), {});
            return outputs ? std::string() : outputs.error().message;
        };
        const NamedTensor x = floats("x", {1, 2});
        const NamedTensor y = floats("y", {1, 2});
        QCOMPARE(mistake({x, y}), std::string());
        QCOMPARE(mistake({y, x}), std::string());
        QCOMPARE(mistake({x}), std::string("input \"y\" is missing; it is float32 [1, 2]"));
        QCOMPARE(mistake({x, y, y}), std::string("input \"y\" is given twice"));
        QCOMPARE(mistake({x, y, floats("w", {1})}), std::string("the model has no input \"w\""));
        QCOMPARE(mistake({x, floats("y", {2, 1})}),
                 std::string("input \"y\" is float32 [2, 1], the model takes float32 [1, 2]"));
    }

    void aSplitThatDoesNotFitTogetherIsNotRun()
    {
        OnnxBuilder builder;
        builder.input("x", {1, 2}).node("Relu", {"x"}, {"a"}).node("Neg", {"a"}, {"y"}).output("y");
        const auto model = load(builder);
        const std::vector<std::vector<LayerId>> stages{{LayerId(0)}, {LayerId(1)}};
        NoProgress quiet;
        auto manifest = millrace::onnx::split(model, stages, path("parts"), {}, quiet);
        QVERIFY2(manifest, manifest ? "" : manifest.error().message.c_str());
        const auto mistake = [&] {
            std::ofstream(path("parts/manifest.json")) << millrace::onnx::writeManifest(*manifest);
            const auto outputs =
                millrace::onnx::runSplit(path("parts"), {floats("x", {1, 2})}, {}, quiet);
            return outputs ? std::string() : outputs.error().message;
        };
        QCOMPARE(mistake(), std::string());
        const auto whole = *manifest;
        manifest->stages.erase(manifest->stages.begin());
        QVERIFY2(mistake().find("which does not reach it; split the model again") !=
                     std::string::npos,
                 mistake().c_str());
        *manifest = whole;
        manifest->stages.pop_back();
        QCOMPARE(mistake(), std::string("no stage gives the output \"y\"; split the model again"));
        QVERIFY(!millrace::onnx::runSplit(path("none"), {}, {}, quiet));
    }

    void flops()
    {
        OnnxBuilder builder;
        builder.input("x", {2, 4, 8, 8}).weight("w", {6, 2, 3, 3}).weight("t", {6, 5, 2, 2});
        builder.node("Conv", {"x", "w"}, {"a"}, {{"group", std::int64_t{2}}}); // [2, 6, 6, 6]
        builder.node("MaxPool", {"a"}, {"b"},
                     {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}}); // [2, 6, 3, 3]
        builder.node("ConvTranspose", {"b", "t"}, {"c"});                      // [2, 5, 4, 4]
        builder.node("GlobalAveragePool", {"c"}, {"d"});
        builder.node("Flatten", {"d"}, {"e"});
        builder.weight("m", {5, 7}).node("MatMul", {"e", "m"}, {"f"});
        builder.node("Softmax", {"f"}, {"g"}).node("Relu", {"g"}, {"y"}).output("y");
        const std::map<std::string, double> expected{
            {"Conv", 2.0 * (2 * 6 * 6 * 6) * (2 * 3 * 3)},
            {"MaxPool", (2 * 6 * 3 * 3) * 4.0},
            {"ConvTranspose", 2.0 * (2 * 6 * 3 * 3) * (5 * 2 * 2)},
            {"GlobalAveragePool", 2.0 * 5 * 4 * 4},
            {"Flatten", 0},
            {"MatMul", 2.0 * (2 * 7) * 5},
            {"Softmax", 5.0 * 2 * 7},
            {"Relu", 2.0 * 7}};
        const auto model = load(builder);
        QCOMPARE(model.graph().layers.size(), expected.size());
        for (const graph::Layer& layer : model.graph().layers)
            QVERIFY2(layer.flops == expected.at(layer.op),
                     fmt::format("{}: {}", layer.op, layer.flops).c_str());
    }

private:
    [[nodiscard]] std::string path(const char* name) const
    {
        return m_folder.filePath(QString::fromLatin1(name)).toStdString();
    }
    [[nodiscard]] millrace::onnx::Model load(const OnnxBuilder& builder) const
    {
        builder.save(path("m.onnx"));
        NoProgress quiet;
        return millrace::onnx::load(path("m.onnx"), {}, {}, quiet).value();
    }

    QTemporaryDir m_folder;
};

} // namespace

QTEST_GUILESS_MAIN(TestRun)
#include "tst_run.moc"
