// SPDX-License-Identifier: GPL-3.0-or-later
#include "onnx/Model.h"
#include "support/OnnxBuilder.h"

#include <QTemporaryDir>
#include <QTest>

namespace millrace::onnx
{
using test::OnnxBuilder;

/// Floating-point operations of a layer, against what one counts by hand: a multiplication and an
/// addition are two. In core/onnx/Flops.cpp.
class TestFlops : public QObject
{
    Q_OBJECT
private slots:
    void convolutions()
    {
        OnnxBuilder builder;
        builder.input("x", {1, 4, 8, 8}).weight("w", {6, 4, 3, 3});
        builder.node("Conv", {"x", "w"}, {"y"}).output("y");
        // 6 x 6 x 6 results of 4 x 3 x 3 products.
        QCOMPARE(flopsOf(builder), 2.0 * 216 * 36);
    }

    void groupsMeetTheirOwnChannels()
    {
        OnnxBuilder builder;
        builder.input("x", {1, 4, 8, 8}).weight("w", {4, 1, 3, 3});
        builder.node("Conv", {"x", "w"}, {"y"}, {{"group", std::int64_t{4}}}).output("y");
        QCOMPARE(flopsOf(builder), 2.0 * 4 * 36 * 9);
    }

    void transposedConvolutions()
    {
        OnnxBuilder builder;
        builder.input("x", {1, 4, 5, 5}).weight("w", {4, 3, 2, 2});
        builder.node("ConvTranspose", {"x", "w"}, {"y"}).output("y");
        // Each of 4 x 5 x 5 values goes into 3 x 2 x 2 places.
        QCOMPARE(flopsOf(builder), 2.0 * 100 * 12);
    }

    void matrices()
    {
        OnnxBuilder builder;
        builder.input("x", {5, 7}).weight("w", {7, 3});
        builder.node("MatMul", {"x", "w"}, {"y"}).output("y");
        QCOMPARE(flopsOf(builder), 2.0 * 5 * 7 * 3);
    }

    void transposedMatricesHaveTheirInnerDimFirst()
    {
        OnnxBuilder builder;
        builder.input("x", {7, 5}).weight("w", {7, 3});
        builder.node("Gemm", {"x", "w"}, {"y"}, {{"transA", std::int64_t{1}}}).output("y");
        QCOMPARE(flopsOf(builder), 2.0 * 5 * 7 * 3);
    }

    void elementWiseIsOneForEachResult()
    {
        OnnxBuilder builder;
        builder.input("x", {3, 50});
        builder.node("Relu", {"x"}, {"y"}).output("y");
        QCOMPARE(flopsOf(builder), 150.0);
    }

private:
    /// Of all layers of the model together.
    double flopsOf(const OnnxBuilder& builder)
    {
        const std::string path = m_folder.filePath(QStringLiteral("m.onnx")).toStdString();
        builder.save(path);
        NoProgress quiet;
        const auto model = load(path, {}, {}, quiet);
        if (!model) {
            qWarning("%s", model.error().message.c_str());
            return -1;
        }
        double sum = 0;
        for (const graph::Layer& layer : model->graph().layers)
            sum += layer.flops;
        return sum;
    }

    QTemporaryDir m_folder;
};

} // namespace millrace::onnx

QTEST_APPLESS_MAIN(millrace::onnx::TestFlops)
#include "tst_flops.moc"
