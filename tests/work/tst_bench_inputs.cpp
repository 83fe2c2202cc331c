// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "support/OnnxBuilder.h"
#include "work/BenchInputs.h"

#include <QTemporaryDir>
#include <QTest>

#include <cstring>

using namespace millrace;
using namespace millrace::work;

namespace
{

using millrace::onnx::Port;

const Port kImage{"x", graph::DType::Float32, {1, 3, 16, 16}};

std::vector<float> floats(const inference::Tensor& tensor)
{
    std::vector<float> values(tensor.data.size() / sizeof(float));
    std::memcpy(values.data(), tensor.data.data(), tensor.data.size());
    return values;
}

/// A deployed model of one Relu, as far as inputs and answers need it.
struct Fixture {
    Fixture()
    {
        release.folder = folder.path().toStdString();
        release.modelPath = release.folder / "m.onnx";
        writeModel(1);
        const auto model = millrace::onnx::load(release.modelPath, {}, {}, quiet);
        release.modelSha256 = model ? model->sha256() : "";
        const Port y{"y", kImage.dtype, kImage.shape};
        const millrace::onnx::Manifest manifest{
            release.modelSha256, {kImage}, {y}, {{"stage-1.onnx", {kImage}, {y}, {}}}};
        static_cast<void>(writeFileAtomically(release.folder / "manifest.json",
                                              millrace::onnx::writeManifest(manifest)));
    }
    void writeModel(int relus) const
    {
        test::OnnxBuilder builder;
        builder.input("x", {1, 3, 16, 16});
        std::string last = "x";
        for (int i = 1; i < relus; ++i) {
            builder.node("Relu", {last}, {"r" + std::to_string(i)});
            last = "r" + std::to_string(i);
        }
        builder.node("Relu", {last}, {"y"}).output("y").save(release.modelPath);
    }
    [[nodiscard]] Result<BenchCases> cases(const BenchOptions& options)
    {
        return benchCases(release, options, {}, quiet);
    }

    QTemporaryDir folder;
    deploy::Release release;
    NoProgress quiet;
};

class TestBenchInputs : public QObject
{
    Q_OBJECT
private slots:
    void aSeedIsAnInput()
    {
        const auto one = benchInput({kImage}, 1);
        QVERIFY(one && one->front().name == "x");
        QVERIFY(benchInput({kImage}, 1)->front().tensor == one->front().tensor);
        QVERIFY(benchInput({kImage}, 2)->front().tensor.data != one->front().tensor.data);
        const auto both = benchInput({kImage, kImage}, 1);
        QVERIFY(both && (*both)[0].tensor.data != (*both)[1].tensor.data);
    }

    void everyChannelHasALevelOfItsOwn()
    {
        const std::vector<float> values = floats(benchInput({kImage}, 1)->front().tensor);
        std::vector<double> means(3);
        for (std::size_t i = 0; i < values.size(); ++i)
            means[i / 256] += static_cast<double>(values[i]) / 256;
        // Noise alone has means within a few hundredths of each other.
        QVERIFY(std::abs(means[0] - means[1]) > 0.1 || std::abs(means[1] - means[2]) > 0.1);
    }

    void wholeNumbersStayAsTheyAre()
    {
        const Port tokens{"t", graph::DType::Int64, {1, 8}};
        const auto input = benchInput({tokens}, 3);
        const auto plain = inference::randomTensor(tokens.dtype, tokens.shape, 3000);
        QVERIFY(input && plain && input->front().tensor == *plain);
    }

    void noMoreInputsThanRequests()
    {
        Fixture fixture;
        BenchOptions options;
        options.requests = 2;
        options.warmup = 1;
        const auto cases = fixture.cases(options);
        QVERIFY2(cases, cases ? "" : cases.error().message.c_str());
        QCOMPARE(cases->inputs.size(), 3U);
        QCOMPARE(cases->answers.size(), 3U);
        const std::vector<float> in = floats(cases->inputs[2].front().tensor);
        const std::vector<float> out = floats(cases->answers[2].front().tensor);
        for (std::size_t i = 0; i < in.size(); ++i)
            QCOMPARE(out[i], std::max(in[i], 0.0F));
        options.requests = 100;
        options.compare = false;
        const auto many = fixture.cases(options);
        QVERIFY(many && many->inputs.size() == 8 && many->answers.empty());
    }

    void answersAreOfTheModelThatWasDeployed()
    {
        Fixture fixture;
        fixture.writeModel(2);
        const auto changed = fixture.cases({});
        QVERIFY(!changed && changed.error().code == ErrorCode::InvalidArgument);
        std::error_code ignored;
        std::filesystem::remove(fixture.release.modelPath, ignored);
        const auto gone = fixture.cases({});
        QVERIFY(!gone && gone.error().code == ErrorCode::NotFound);
        BenchOptions options;
        options.compare = false;
        QVERIFY(fixture.cases(options));
    }
};

} // namespace

QTEST_GUILESS_MAIN(TestBenchInputs)
#include "tst_bench_inputs.moc"
