// SPDX-License-Identifier: GPL-3.0-or-later
#include "onnx/reference/Architectures.h"
#include "onnx/reference/Keras.h"
#include "support/ShowString.h"

#include <QTest>

namespace millrace::onnx
{

class TestKeras : public QObject
{
    Q_OBJECT
private slots:
    void aConvolutionHasKerasParameters()
    {
        KerasBuilder network("n", 3, 32, 1, KerasBuilder::Content::StructureOnly);
        const auto conv = network.conv("c", network.input(), 8, 3, 2, KerasBuilder::Padding::Same,
                                       KerasBuilder::Bias::Yes);
        QCOMPARE(conv.channels, std::int64_t{8});
        QCOMPARE(conv.size, std::int64_t{16});
        const auto valid =
            network.conv("v", conv, 4, 3, 1, KerasBuilder::Padding::Valid, KerasBuilder::Bias::No);
        QCOMPARE(valid.size, std::int64_t{14});
        const auto& layers = network.architecture().layers;
        QCOMPARE(layers.size(), std::size_t{3}); // with the input
        QCOMPARE(layers[1].parameters, std::int64_t{3 * 3 * 3 * 8 + 8});
        QCOMPARE(layers[2].parameters, std::int64_t{3 * 3 * 8 * 4});
        QCOMPARE(layers[1].elements, std::int64_t{8 * 16 * 16});
        QVERIFY(layers[2].inputs == std::vector<std::size_t>{1});
    }

    void layersThatJoinKnowBoth()
    {
        KerasBuilder network("n", 4, 8, 1, KerasBuilder::Content::StructureOnly);
        const auto a = network.relu("a", network.input());
        const auto b = network.relu6("b", network.input());
        QCOMPARE(network.add("sum", a, b).channels, std::int64_t{4});
        QCOMPARE(network.concat("both", {a, b}).channels, std::int64_t{8});
        const auto& layers = network.architecture().layers;
        QVERIFY(layers[3].inputs == (std::vector<std::size_t>{1, 2}));
        QCOMPARE(layers[3].parameters, std::int64_t{0});
    }

    void poolsShrink()
    {
        KerasBuilder network("n", 4, 8, 1, KerasBuilder::Content::StructureOnly);
        QCOMPARE(network.maxPool("m", network.input(), 2, 2).size, std::int64_t{4});
        QCOMPARE(network.averagePool("a", network.input()).size, std::int64_t{8});
        QCOMPARE(network.globalPool("g", network.input()).size, std::int64_t{1});
    }

    void theSeedAloneMakesTheWeights()
    {
        const auto built = [](std::uint64_t seed) {
            KerasBuilder network("n", 3, 8, seed, KerasBuilder::Content::Everything);
            network.softmaxOutput("out", network.globalPool("g", network.input()), 10);
            return network.model().SerializeAsString();
        };
        QVERIFY(built(1) == built(1));
        QVERIFY(built(1) != built(2));
    }

    void theReferencesAreAsPublished_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<std::int64_t>("parameters");
        QTest::newRow("ResNet50") << QByteArray("resnet50") << std::int64_t{25'636'712};
        QTest::newRow("MobileNetV2") << QByteArray("mobilenetv2") << std::int64_t{3'538'984};
        QTest::newRow("EfficientNetB1") << QByteArray("efficientnetb1") << std::int64_t{7'856'239};
        QTest::newRow("InceptionResNetV2")
            << QByteArray("inceptionresnetv2") << std::int64_t{55'873'736};
    }
    void theReferencesAreAsPublished()
    {
        QFETCH(QByteArray, name);
        QFETCH(std::int64_t, parameters);
        for (const Recipe& recipe : recipes())
            if (recipe.name == name.toStdString()) {
                KerasBuilder network(recipe.title, 3, recipe.size, 1,
                                     KerasBuilder::Content::StructureOnly);
                recipe.build(network);
                QCOMPARE(network.architecture().parameterCount(), parameters);
                return;
            }
        QFAIL("there is no such reference");
    }
};

} // namespace millrace::onnx

QTEST_APPLESS_MAIN(millrace::onnx::TestKeras)
#include "tst_keras.moc"
