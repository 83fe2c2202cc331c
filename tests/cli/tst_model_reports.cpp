// SPDX-License-Identifier: GPL-3.0-or-later
#include "Golden.h"
#include "ctl/report/InspectReport.h"
#include "ctl/report/OutputsReport.h"
#include "ctl/report/ReferenceReport.h"
#include "ctl/report/SplitReport.h"
#include "support/OnnxBuilder.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace millrace;
using namespace millrace::ctl;

namespace
{

/// Two convolutions that both read "x", and their sum; a name that must not break a line.
Result<millrace::onnx::Model> smallModel()
{
    test::OnnxBuilder builder;
    builder.graph().set_name("two\nbranches");
    builder.input("x", {"batch", 3, 8, 8});
    builder.weight("left", {4, 3, 3, 3}).weight("right", {4, 3, 3, 3});
    builder.node("Conv", {"x", "left"}, {"a"}).node("Conv", {"x", "right"}, {"b"});
    builder.node("Add", {"a", "b"}, {"sum"}).node("Relu", {"sum"}, {"y"});
    builder.output("y").save("small.onnx");
    NoProgress quiet;
    return millrace::onnx::load("small.onnx", {{{"batch", 2}}}, {}, quiet);
}

Tensors outputs()
{
    return {{"scores", {graph::DType::Float32, {1, 1000}, {}}},
            {"a\nname", {graph::DType::Int64, {}, {}}}};
}

class ModelReports : public QObject
{
    Q_OBJECT
private slots:
    void inspect()
    {
        const QTemporaryDir folder;
        const QString before = QDir::currentPath();
        QVERIFY(QDir::setCurrent(folder.path()));
        const auto model = smallModel();
        QVERIFY(QDir::setCurrent(before));
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        COMPARE_GOLDEN("inspect", inspectReport(*model));
    }

    void split()
    {
        const millrace::onnx::Port x{"x", graph::DType::Float32, {1, 3, 8, 8}};
        const millrace::onnx::Port cut{"cut", graph::DType::Float32, {1, 4}};
        const millrace::onnx::Port y{"y", graph::DType::Float32, {1, 10}};
        const millrace::onnx::Manifest manifest{
            std::string(64, 'a'),
            {x},
            {y},
            {{"stage-1.onnx", {x}, {cut, x}, {"x"}}, {"stage-2.onnx", {cut, x}, {y}, {}}}};
        COMPARE_GOLDEN("split",
                       splitReport(manifest, {{LayerId(0), LayerId(1)}, {LayerId(2)}}, "stages"));
    }

    void run()
    {
        COMPARE_GOLDEN("run", runReport(outputs(), std::nullopt));
        COMPARE_GOLDEN("run-kept", runReport(outputs(), "outputs"));
    }

    void infer()
    {
        COMPARE_GOLDEN("infer", inferReport("small", {outputs(), Seconds{0.125}}, std::nullopt));
        COMPARE_GOLDEN("infer-kept", inferReport("small", {outputs(), Seconds{0.125}}, "outputs"));
    }

    void reference()
    {
        COMPARE_GOLDEN("reference", referenceReport({"resnet50", "r.onnx", Bytes{102'400'000}, 7}));
    }
};

} // namespace

QTEST_GUILESS_MAIN(ModelReports)
#include "tst_model_reports.moc"
