// SPDX-License-Identifier: GPL-3.0-or-later
#include "onnx/Model.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <cstring>

using namespace millrace;

class TestReferences : public QObject
{
    Q_OBJECT
private slots:
    void loadsAndRuns_data()
    {
        QTest::addColumn<qint64>("parameters");
        QTest::addColumn<qint64>("size");
        QTest::newRow("resnet50") << qint64{25'636'712} << qint64{224};
        QTest::newRow("inceptionresnetv2") << qint64{55'873'736} << qint64{299};
        QTest::newRow("mobilenetv2") << qint64{3'538'984} << qint64{224};
        QTest::newRow("efficientnetb1") << qint64{7'856'239} << qint64{240};
    }
    void loadsAndRuns()
    {
        QFETCH(qint64, parameters);
        QFETCH(qint64, size);
        const std::string name = QTest::currentDataTag();
        const QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath(QStringLiteral("m.onnx")).toStdString();
        QVERIFY(onnx::writeReference(name, file, 7));
        NoProgress progress;
        const auto model = onnx::load(file, {}, {}, progress);
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        QCOMPARE(model->graph().parameterCount(), std::int64_t{parameters});
        const auto architecture = onnx::referenceArchitecture(name).value();
        QCOMPARE(architecture.parameterCount(), std::int64_t{parameters});
        QCOMPARE(architecture.layers.front().elements, std::int64_t{3 * size * size});
        QCOMPARE(architecture.layers.back().elements, std::int64_t{1000});

        const std::vector<float> first = output(*model, size, 1);
        const std::vector<float> second = output(*model, size, 2);
        QCOMPARE(first.size(), std::size_t{1000});
        float difference = 0;
        float largest = 0;
        for (std::size_t i = 0; i < first.size(); ++i) {
            QVERIFY(std::isfinite(first[i]));
            largest = std::max(largest, first[i]);
            difference = std::max(difference, std::abs(first[i] - second[i]));
        }
        // Unsaturated, and another answer for another input.
        QVERIFY2(largest < 0.9F, fmt::format("{}", largest).c_str());
        QVERIFY2(difference > 2e-3F * largest, fmt::format("{}", difference).c_str());
    }

private:
    static std::vector<float> output(const onnx::Model& model, qint64 size, std::uint64_t seed)
    {
        auto input = inference::randomTensor(graph::DType::Float32, {1, 3, size, size}, seed);
        const auto outputs = onnx::runWhole(model, {{"input", input.value()}}, {});
        const std::vector<std::byte>& bytes = outputs.value().front().tensor.data;
        std::vector<float> values(bytes.size() / sizeof(float));
        std::memcpy(values.data(), bytes.data(), bytes.size());
        return values;
    }
};

QTEST_APPLESS_MAIN(TestReferences)
#include "tst_references.moc"
