// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/Session.h"
#include "support/OnnxBuilder.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <thread>

using namespace millrace;
using graph::DType;
using inference::NamedTensor;
using inference::Session;

namespace
{

/// x [N, 3] float, k [2] int64 -> y = relu(x), s = k + k
std::string twoInputs()
{
    test::OnnxBuilder b;
    b.input("x", {std::string("N"), 3}).input("k", {2}, ::onnx::TensorProto::INT64);
    b.node("Relu", {"x"}, {"y"}).node("Add", {"k", "k"}, {"s"}).output("y").output("s");
    return b.bytes();
}

/// Runs for as long as it is let.
std::string endless()
{
    test::OnnxBuilder body;
    body.input("i", {}, ::onnx::TensorProto::INT64).input("go", {}, ::onnx::TensorProto::BOOL);
    body.input("state", {64, 64});
    body.node("Identity", {"go"}, {"goOn"}).node("MatMul", {"state", "state"}, {"next"});
    body.output("goOn").output("next");
    test::OnnxBuilder b;
    b.input("x", {64, 64}).scalar("trips", INT64_MAX);
    b.node("Loop", {"trips", "", "x"}, {"y"}, {{"body", body.graph()}}).output("y");
    return b.bytes();
}

NamedTensor random(const char* name, DType dtype, const std::vector<std::int64_t>& shape)
{
    return {name, *inference::randomTensor(dtype, shape, 1)};
}

} // namespace

class TestSession : public QObject
{
    Q_OBJECT
private slots:
    void knowsItsVersion() { QVERIFY(inference::runtimeVersion().starts_with("1.")); }

    void describesPorts()
    {
        const auto session = Session::fromBytes(twoInputs(), {});
        QVERIFY2(session, session ? "" : session.error().message.c_str());
        QCOMPARE(session->inputs().size(), std::size_t{2});
        QCOMPARE(session->inputs()[0].name, "x");
        QCOMPARE(session->inputs()[0].dtype, DType::Float32);
        QCOMPARE(session->inputs()[0].shape, (std::vector<std::int64_t>{-1, 3}));
        QCOMPARE(session->inputs()[0].dimNames, (std::vector<std::string>{"N", ""}));
        QCOMPARE(session->inputs()[1].dtype, DType::Int64);
        QCOMPARE(session->outputs()[1].name, "s");
    }

    void bindsDims()
    {
        inference::SessionOptions options;
        options.dims = {{"N", 4}};
        options.optimization = inference::Optimization::None;
        const auto session = Session::fromBytes(twoInputs(), options);
        QVERIFY(session);
        QCOMPARE(session->outputs()[0].shape, (std::vector<std::int64_t>{4, 3}));
    }

    void runs()
    {
        auto session = Session::fromBytes(twoInputs(), {});
        QVERIFY(session);
        // Feeds go by name, whatever their order; no rows at all is a size, too.
        for (const std::int64_t rows : {2, 0}) {
            const auto x = random("x", DType::Float32, {rows, 3});
            const auto outputs = session->run(std::vector{random("k", DType::Int64, {2}), x});
            QVERIFY2(outputs, outputs ? "" : outputs.error().message.c_str());
            QCOMPARE(outputs->size(), std::size_t{2});
            QVERIFY((*outputs)[0].tensor == x.tensor);
            QCOMPARE((*outputs)[1].tensor.dtype, DType::Int64);
        }
    }

    void refusesFeeds_data()
    {
        QTest::addColumn<int>("index");
        QTest::addColumn<QString>("message");
        const char* const messages[] = {
            "input \"k\" is missing",
            "the model has no input \"z\"",
            "input \"x\" is given twice",
            "input \"k\" is float32, the model takes int64",
            "input \"x\" has shape [2, 4], the model takes [-1, 3]",
            "input \"x\" has shape [6], the model takes [-1, 3]",
            "input \"x\": 23 bytes do not fit its shape",
        };
        int index = 0;
        for (const char* message : messages)
            QTest::newRow(message) << index++ << QString::fromLatin1(message);
    }
    void refusesFeeds()
    {
        QFETCH(int, index);
        QFETCH(QString, message);
        const auto x = random("x", DType::Float32, {2, 3});
        const auto k = random("k", DType::Int64, {2});
        auto torn = x;
        torn.tensor.data.pop_back();
        const std::vector<std::vector<NamedTensor>> feeds = {
            {x},
            {x, k, random("z", DType::Float32, {1})},
            {x, k, x},
            {x, random("k", DType::Float32, {2})},
            {random("x", DType::Float32, {2, 4}), k},
            {random("x", DType::Float32, {6}), k},
            {torn, k}};
        auto session = Session::fromBytes(twoInputs(), {});
        QVERIFY(session);
        const auto outputs = session->run(feeds[static_cast<std::size_t>(index)]);
        QVERIFY(!outputs);
        QCOMPARE(outputs.error().code, ErrorCode::InvalidArgument);
        QCOMPARE(QString::fromStdString(outputs.error().message), message);
    }

    void aRunCanBeStopped()
    {
        auto session = Session::fromBytes(endless(), {});
        QVERIFY2(session, session ? "" : session.error().message.c_str());
        std::stop_source stop;
        std::thread stopper([&] { stop.request_stop(); });
        const auto outputs =
            session->run(std::vector{random("x", DType::Float32, {64, 64})}, stop.get_token());
        stopper.join();
        QVERIFY(!outputs);
        QCOMPARE(outputs.error().code, ErrorCode::Cancelled);
    }

    void refusesFiles()
    {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath(QStringLiteral("m.onnx")).toStdString();
        const auto missing = Session::fromFile(path, {});
        QVERIFY(!missing);
        QCOMPARE(missing.error().code, ErrorCode::NotFound);
        QCOMPARE(missing.error().message, path.string() + ": no such file; check the path");
        std::ofstream(path) << "no model";
        const auto broken = Session::fromFile(path, {});
        QVERIFY(!broken);
        QCOMPARE(broken.error().code, ErrorCode::Unsupported);
        QVERIFY(broken.error().message.find('\n') == std::string::npos);
    }

    void profiles()
    {
        QTemporaryDir folder;
        inference::SessionOptions options;
        options.profilePrefix = folder.filePath(QStringLiteral("profile")).toStdString();
        auto session = Session::fromBytes(twoInputs(), options);
        QVERIFY(session);
        QVERIFY(session->run(
            std::vector{random("x", DType::Float32, {2, 3}), random("k", DType::Int64, {2})}));
        const auto profile = session->endProfiling();
        QVERIFY(profile);
        QVERIFY(std::filesystem::file_size(*profile) > 100);
        QVERIFY(!session->endProfiling());
    }

    void sequencesAreNoOutputs()
    {
        test::OnnxBuilder b;
        b.input("x", {4, 2}).node("SplitToSequence", {"x"}, {"parts"}).output("parts");
        auto session = Session::fromBytes(b.bytes(), {});
        QVERIFY2(session, session ? "" : session.error().message.c_str());
        QCOMPARE(session->outputs()[0].dtype, DType::Undefined);
        const auto outputs = session->run(std::vector{random("x", DType::Float32, {4, 2})});
        QVERIFY(!outputs);
        QCOMPARE(outputs.error().code, ErrorCode::Unsupported);
    }
};

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
