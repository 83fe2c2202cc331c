// SPDX-License-Identifier: GPL-3.0-or-later
// The whole path on the command line: plan into 2 to 6 stages, split, run the parts, compare.
#include "Ctl.h"
#include "inference/Tensor.h"
#include "support/OnnxBuilder.h"
#include "support/RandomWeights.h"

#include <QFile>
#include <QJsonArray>
#include <QTest>

#include <cstring>
#include <fstream>

namespace millrace::test
{
namespace
{

/// Six unlike devices, each with room for any stage.
const QByteArray kCluster = R"(millrace: cluster/1
devices:
  - {name: gate, stages: false}
  - {name: a, memory: 2 GiB, speed: 0.2}
  - {name: b, memory: 2 GiB, speed: 0.3}
  - {name: c, memory: 2 GiB, speed: 0.4}
  - {name: d, memory: 2 GiB, speed: 0.5}
  - {name: e, memory: 2 GiB, speed: 0.7}
  - {name: f, memory: 2 GiB, speed: 1.0}
links:
  default: {bandwidth: 400 Mbit/s, delay: 1 ms}
gateway: {device: gate}
)";
constexpr int kInputs = 3;

QString word(const char* text)
{
    return QString::fromLatin1(text);
}

/// Noise in two of the three channels, other ones for each seed: plain noise averages out to the
/// same answer.
inference::Tensor image(const std::vector<std::int64_t>& shape, int seed)
{
    auto tensor =
        inference::randomTensor(graph::DType::Float32, shape, static_cast<std::uint64_t>(seed));
    const std::size_t plane = static_cast<std::size_t>(shape[2] * shape[3]) * sizeof(float);
    std::memset(tensor->data.data() + static_cast<std::size_t>(seed) * plane, 0, plane);
    return *tensor;
}

} // namespace

class TestCtlSplit : public QObject
{
    Q_OBJECT
private slots:
    void stagesAgreeWithTheWhole_data()
    {
        QTest::addColumn<QString>("model");
        for (const char* name : {"mobilenetv2", "resnet50", "light_densenet121",
                                 "light_inception_v1", "light_resnet50", "light_squeezenet"})
            QTest::newRow(name) << word(name);
    }
    void stagesAgreeWithTheWhole()
    {
        QFETCH(QString, model);
        const bool isLight = model.startsWith(word("light_"));
        if (isLight && !qEnvironmentVariableIsSet("MILLRACE_SHARED"))
            QSKIP("MILLRACE_SHARED is not set: plans of the four real graphs are NOT tested");
        m_ctl.emplace();
        m_ctl->write(word("c.yaml"), kCluster);
        if (isLight)
            saveWithRandomWeights(model);
        else
            QVERIFY2(run("reference " + model.toLatin1() + " -o m.onnx"), m_last.all());
        answerWhole();
        for (int stages = 2; stages <= 6 && !QTest::currentTestFailed(); ++stages)
            compareParts(stages);
    }

private:
    bool run(const QByteArray& arguments)
    {
        m_last = (*m_ctl)(QString::fromLatin1(arguments).split(QLatin1Char(' ')));
        return m_last.code == 0 && m_last.err.isEmpty();
    }

    void saveWithRandomWeights(const QString& model)
    {
        ::onnx::ModelProto proto;
        const QString shared = qEnvironmentVariable("MILLRACE_SHARED");
        const QString path = shared + word("/models/light/") + model + word(".onnx");
        std::ifstream file(path.toStdString(), std::ios::binary);
        QVERIFY(proto.ParseFromIstream(&file));
        QVERIFY(randomizeWeights(proto, 7) > 10);
        saveModel(proto, m_ctl->path(word("m.onnx")).toStdString());
    }

    [[nodiscard]] inference::Tensor answer(const QByteArray& folder) const
    {
        const auto tensor =
            inference::readNpy(m_ctl->path(QString::fromLatin1(folder + "/0.npy")).toStdString());
        return tensor ? *tensor : inference::Tensor();
    }

    /// Writes <seed>.npy, keeps the whole model's answers, which must differ.
    void answerWhole()
    {
        QVERIFY2(run("inspect m.onnx --json"), m_last.all());
        const QJsonObject inspected = m_last.object();
        m_input = inspected[word("inputs")].toArray()[0].toString().toLatin1();
        std::vector<std::int64_t> shape;
        for (const QJsonValue& tensor : inspected[word("tensors")].toArray())
            if (tensor[word("name")].toString().toLatin1() == m_input)
                for (const QJsonValue& size : tensor[word("shape")].toArray())
                    shape.push_back(size.toInteger());
        QCOMPARE(shape.size(), std::size_t{4});
        m_answers.clear();
        for (int seed = 0; seed < kInputs; ++seed) {
            const QByteArray name = QByteArray::number(seed);
            const std::string file = m_ctl->path(QString::fromLatin1(name + ".npy")).toStdString();
            QVERIFY(inference::writeNpy(file, image(shape, seed)));
            QVERIFY2(run("run m.onnx -o whole --input " + m_input + "=" + name + ".npy"),
                     m_last.all());
            m_answers.push_back(answer("whole"));
            for (int other = 0; other < seed; ++other)
                QVERIFY(!inference::compare(m_answers[static_cast<std::size_t>(other)],
                                            m_answers.back())
                             .agree);
        }
    }

    void compareParts(int stages)
    {
        const QByteArray count = QByteArray::number(stages);
        QVERIFY2(run("plan m.onnx c.yaml --profile estimate --time-limit 20 --json -o p.json "
                     "--stages " +
                     count),
                 m_last.all());
        QCOMPARE(m_last.object()[word("stages")].toArray().size(), stages);
        QVERIFY2(run("check m.onnx c.yaml p.json"), m_last.all());
        QVERIFY2(run("split m.onnx p.json -o parts"), m_last.all());
        for (int seed = 0; seed < kInputs; ++seed) {
            QVERIFY2(run("run parts -o out --input " + m_input + "=" + QByteArray::number(seed) +
                         ".npy"),
                     m_last.all());
            const auto agreement =
                inference::compare(answer("out"), m_answers[static_cast<std::size_t>(seed)]);
            QVERIFY2(agreement.agree, agreement.why.c_str());
        }
    }

    std::optional<Ctl> m_ctl;
    Outcome m_last;
    QByteArray m_input;
    std::vector<inference::Tensor> m_answers;
};

} // namespace millrace::test

QTEST_GUILESS_MAIN(millrace::test::TestCtlSplit)
#include "tst_ctl_split.moc"
