// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "onnx/Model.h"
#include "support/OnnxBuilder.h"
#include "support/RandomWeights.h"

#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <fstream>

namespace millrace
{
namespace
{

std::filesystem::path lightFolder()
{
    return std::filesystem::path(qEnvironmentVariable("MILLRACE_SHARED").toStdString()) / "models" /
           "light";
}

::onnx::ModelProto parseModel(const std::filesystem::path& path)
{
    ::onnx::ModelProto model;
    std::ifstream file(path, std::ios::binary);
    model.ParseFromIstream(&file);
    return model;
}

inference::Tensor expectedOutput(const std::filesystem::path& path)
{
    ::onnx::TensorProto proto;
    std::ifstream file(path, std::ios::binary);
    proto.ParseFromIstream(&file);
    inference::Tensor tensor;
    tensor.dtype = graph::DType::Float32;
    tensor.shape.assign(proto.dims().begin(), proto.dims().end());
    std::string raw = proto.raw_data();
    if (raw.empty())
        raw.assign(reinterpret_cast<const char*>(proto.float_data().data()),
                   static_cast<std::size_t>(proto.float_data_size()) * sizeof(float));
    tensor.data.resize(raw.size());
    std::memcpy(tensor.data.data(), raw.data(), raw.size());
    return tensor;
}

/// arange(n) / n as float32, as the files' README prescribes.
inference::Tensor ramp(const std::vector<std::int64_t>& shape)
{
    inference::Tensor tensor{graph::DType::Float32, shape, {}};
    tensor.data.resize(static_cast<std::size_t>(graph::denseBytes(tensor.dtype, shape)->value));
    const std::size_t count = tensor.data.size() / sizeof(float);
    for (std::size_t i = 0; i < count; ++i) {
        const float value = static_cast<float>(i) / static_cast<float>(count);
        std::memcpy(tensor.data.data() + i * sizeof(float), &value, sizeof(float));
    }
    return tensor;
}

/// Noise with one third of the rows dark, another one for each of three seeds: noise alone would
/// average out to the same answer.
inference::Tensor image(const std::vector<std::int64_t>& shape, std::uint64_t seed)
{
    inference::Tensor tensor = *inference::randomTensor(graph::DType::Float32, shape, seed);
    const std::size_t plane = static_cast<std::size_t>(shape[2] * shape[3]) * sizeof(float);
    const std::size_t third = plane / 3 / sizeof(float) * sizeof(float);
    for (std::size_t at = seed % 3 * third; at < tensor.data.size(); at += plane)
        std::fill_n(tensor.data.begin() + static_cast<std::ptrdiff_t>(at), third, std::byte{0});
    return tensor;
}

Result<onnx::Model> load(const std::filesystem::path& path)
{
    NoProgress progress;
    return onnx::load(path, {}, {}, progress);
}

/// Stages with about the same weight bytes, cut along the graph's own order.
std::vector<std::vector<LayerId>> evenStages(const graph::Graph& graph, std::size_t count)
{
    const std::int64_t total = graph.totalWeightBytes().value;
    std::vector<std::vector<LayerId>> stages(1);
    std::int64_t sum = 0;
    for (std::size_t layer = 0; layer < graph.layers.size(); ++layer) {
        stages.back().emplace_back(layer);
        sum += graph.layers[layer].weightBytes.value;
        const bool isFull = sum * static_cast<std::int64_t>(count) >=
                            total * static_cast<std::int64_t>(stages.size());
        const std::size_t left = graph.layers.size() - layer - 1;
        if (stages.size() < count && (isFull || left == count - stages.size()))
            stages.emplace_back();
    }
    return stages;
}

} // namespace

class TestLightModels : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        if (!qEnvironmentVariableIsSet("MILLRACE_SHARED"))
            QSKIP("MILLRACE_SHARED is not set: the four real graphs are NOT tested");
    }

    void givesTheExpectedOutput_data() { models(); }
    void givesTheExpectedOutput()
    {
        QFETCH(QString, file);
        QFETCH(int, layers);
        QFETCH(qlonglong, weightBytes);
        const auto path = lightFolder() / ("light_" + file.toStdString() + ".onnx");
        const auto model = load(path);
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        QCOMPARE(static_cast<int>(model->graph().layers.size()), layers);
        QCOMPARE(model->graph().totalWeightBytes().value, weightBytes);
        QCOMPARE(model->graph().inputs.size(), std::size_t{1});
        const graph::Tensor& input = model->graph().tensors[model->graph().inputs[0].index()];
        const auto outputs = onnx::runWhole(*model, {{input.name, ramp(input.shape)}}, {});
        QVERIFY2(outputs, outputs ? "" : outputs.error().message.c_str());
        const auto expected =
            expectedOutput(lightFolder() / ("light_" + file.toStdString() + "_output_0.pb"));
        const auto agreement = inference::compare(outputs->front().tensor, expected);
        QVERIFY2(agreement.agree, agreement.why.c_str());
    }

    void stagesAgreeWithTheWhole_data() { models(); }
    void stagesAgreeWithTheWhole()
    {
        QFETCH(QString, file);
        QTemporaryDir folder;
        const std::filesystem::path root = folder.path().toStdString();
        auto proto = parseModel(lightFolder() / ("light_" + file.toStdString() + ".onnx"));
        QVERIFY(test::randomizeWeights(proto, 7) > 10);
        test::saveModel(proto, root / "random.onnx");
        const auto model = load(root / "random.onnx");
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        const graph::Tensor& input = model->graph().tensors[model->graph().inputs[0].index()];

        std::vector<inference::NamedTensor> feeds;
        std::vector<inference::Tensor> answers;
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            feeds.push_back({input.name, image(input.shape, seed)});
            const auto outputs = onnx::runWhole(*model, {feeds.back()}, {});
            QVERIFY2(outputs, outputs ? "" : outputs.error().message.c_str());
            answers.push_back(outputs->front().tensor);
            for (std::size_t other = 0; other + 1 < answers.size(); ++other)
                QVERIFY(!inference::compare(answers[other], answers.back()).agree);
        }
        NoProgress progress;
        for (std::size_t count = 2; count <= 6; ++count) {
            const auto stages = evenStages(model->graph(), count);
            const auto manifest = onnx::split(*model, stages, root / "split", {}, progress);
            QVERIFY2(manifest, manifest ? "" : manifest.error().message.c_str());
            QCOMPARE(manifest->stages.size(), count);
            for (std::size_t i = 0; i < feeds.size(); ++i) {
                const auto outputs = onnx::runSplit(root / "split", {feeds[i]}, {}, progress);
                QVERIFY2(outputs, outputs ? "" : outputs.error().message.c_str());
                const auto agreement = inference::compare(outputs->front().tensor, answers[i]);
                QVERIFY2(agreement.agree, agreement.why.c_str());
            }
        }
    }

private:
    static void models()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<int>("layers");
        QTest::addColumn<qlonglong>("weightBytes");
        const auto row = [](const char* name, int layers, qlonglong weightBytes) {
            QTest::newRow(name) << QString::fromLatin1(name) << layers << weightBytes;
        };
        row("densenet121", 668, 32'584'608);
        row("inception_v1", 143, 27'994'224);
        row("resnet50", 176, 102'440'624);
        row("squeezenet", 66, 4'941'984);
    }
};

} // namespace millrace

QTEST_GUILESS_MAIN(millrace::TestLightModels)
#include "tst_light_models.moc"
