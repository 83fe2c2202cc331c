// SPDX-License-Identifier: GPL-3.0-or-later
#include "SmallModels.h"
#include "onnx/Model.h"
#include "support/OnnxBuilder.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

namespace millrace
{
namespace
{

using Change = std::function<void(test::OnnxBuilder&)>;

/// x [1, 4] -> MatMul_1 -> a -> Relu_2 -> y, changed.
std::string broken(const Change& change)
{
    test::OnnxBuilder b;
    b.input("x", {1, 4}).weight("w", {4, 4});
    b.node("MatMul", {"x", "w"}, {"a"}).node("Relu", {"a"}, {"y"}).output("y");
    change(b);
    return b.bytes();
}

std::string externalAt(const std::string& location)
{
    return broken([&](test::OnnxBuilder& b) {
        auto& w = *b.graph().mutable_initializer(0);
        w.clear_raw_data();
        w.set_data_location(::onnx::TensorProto::EXTERNAL);
        auto* entry = w.add_external_data();
        entry->set_key("location");
        entry->set_value(location);
    });
}

} // namespace

class TestBrokenModels : public QObject
{
    Q_OBJECT
private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void refusesBrokenModels_data();
    void refusesBrokenModels();

    void refusesEveryTruncation()
    {
        const std::string whole = test::smallModels().front().build().SerializeAsString();
        for (std::size_t length = 0; length < whole.size(); length += 7) {
            write("model.onnx", whole.substr(0, length));
            const auto model = load();
            QVERIFY2(!model, qPrintable(QString::number(length)));
            QCOMPARE(model.error().code, ErrorCode::ParseError);
        }
    }

    void survivesDamage()
    {
        const std::string whole = test::smallModels()[2].build().SerializeAsString();
        std::uint64_t state = 1;
        for (int round = 0; round < 300; ++round) {
            std::string damaged = whole;
            for (int i = 0; i < 3; ++i) {
                state = state * 6364136223846793005U + 1442695040888963407U;
                damaged[(state >> 33U) % damaged.size()] = static_cast<char>(state >> 24U);
            }
            write("model.onnx", damaged);
            const auto model = load(); // either way, without a crash
            QVERIFY(model || !model.error().message.empty());
        }
    }

private:
    std::filesystem::path root() { return m_folder->path().toStdString(); }
    void write(const char* name, const std::string& content)
    {
        std::ofstream(root() / name, std::ios::binary) << content;
    }
    Result<onnx::Model> load(const std::map<std::string, std::int64_t>& dims = {})
    {
        NoProgress quiet;
        return onnx::load(root() / "model.onnx", {dims}, {}, quiet);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestBrokenModels::refusesBrokenModels_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("dim"); // bound to 1
    QTest::addColumn<QString>("message");
    const auto row = [](const char* name, const std::string& content, const char* message,
                        const char* dim = "") {
        QTest::newRow(name) << QByteArray::fromStdString(content) << QString::fromLatin1(dim)
                            << QString::fromLatin1(message);
    };
    const auto change = [&](const char* name, const Change& by, const char* message,
                            const char* dim = "") { row(name, broken(by), message, dim); };
    row("not a model", "Dear model,\n", "not an ONNX model; choose a file exported as .onnx");
    row("empty", "", "the file is empty; copy or download it again");
    row("truncated", broken([](auto&) {}).substr(0, 60),
        "the model is truncated or damaged; copy or download it again");
    change(
        "cycle", [](auto& b) { b.graph().mutable_node(0)->set_input(0, "y"); },
        "node \"MatMul_1\" (MatMul) depends on its own output: the nodes form a cycle; export the "
        "model again");
    change(
        "duplicate value", [](auto& b) { b.node("Relu", {"x"}, {"a"}); },
        "\"a\" is made twice, by node \"MatMul_1\" (MatMul) and by node \"Relu_3\" (Relu); every "
        "value needs a name of its own: rename one and export the model again");
    change(
        "duplicate weight",
        [](auto& b) {
            b.weight("w", {4, 4});
        },
        "\"w\" is made twice, by a weight and by a weight; every value needs a name of its own: "
        "rename one and export the model again");
    change(
        "dangling input", [](auto& b) { b.node("Relu", {"ghost"}, {"z"}); },
        "node \"Relu_3\" (Relu) reads \"ghost\", which nothing makes; export the model again");
    change(
        "dangling output", [](auto& b) { b.output("ghost"); },
        "nothing makes the output \"ghost\"; export the model again");
    change(
        "no outputs", [](auto& b) { b.graph().clear_output(); },
        "the model has no outputs; export it again");
    change(
        "no operator set", [](auto& b) { b.model().clear_opset_import(); },
        "the model is truncated or damaged: it names no operator set; copy or download it again");
    change(
        "short data",
        [](auto& b) { b.graph().mutable_initializer(0)->mutable_raw_data()->resize(60); },
        "weight \"w\": the shape [4, 4] needs 64 bytes, the file has 60; export the model again");
    change(
        "short typed data",
        [](auto& b) {
            b.ints("i", {1, 2}).graph().mutable_initializer(1)->add_int64_data(3);
        },
        "weight \"i\": the shape [2] needs 2 entries, the file has 3; export the model again");
    change(
        "overflowing shape", [](auto& b) { b.graph().mutable_initializer(0)->add_dims(INT64_MAX); },
        "weight \"w\": the shape [4, 4, 9223372036854775807] makes no size");
    change(
        "negative shape", [](auto& b) { b.graph().mutable_initializer(0)->set_dims(0, -4); },
        "weight \"w\": the shape [-4, 4] makes no size");
    change(
        "name that is no text", [](auto& b) { b.node("Relu", {"x"}, {"\xff"}); },
        "a name made by node \"Relu_3\" (Relu) is not valid text; export the model again");
    row("missing external file", externalAt("w.bin"),
        "weight \"w\" is in the file \"w.bin\", which is missing; put it into FOLDER");
    row("external file outside", externalAt("../w.bin"),
        "weight \"w\": its external file \"../w.bin\" is outside the model's folder, which is "
        "refused; put it beside the model and export again");
    row("absolute external file", externalAt("/etc/passwd"),
        "weight \"w\": its external file \"/etc/passwd\" is outside the model's folder, which is "
        "refused; put it beside the model and export again");
    row("external file behind a link", externalAt("link"),
        "weight \"w\": its external file \"link\" is outside the model's folder, which is "
        "refused; put it beside the model and export again");
    row("short external file", externalAt("short.bin"),
        "weight \"w\": the file \"short.bin\" is too short; copy or download it again");
    const Change free = [](auto& b) { b.input("z", {std::string("N"), 3, std::string("")}); };
    change("free dims", free,
           "the model has free dimensions; say how large they are with --dim N=N --dim z.2=N");
    change("free dims, some bound", free,
           "the model has free dimensions; say how large they are with --dim z.2=N", "N");
    change("unknown dim", free,
           "--dim batch: the model has no such dimension; its free dimensions are N, z.2", "batch");
    change(
        "dim of a fixed model", [](auto&) {},
        "--dim N: the model has no free dimensions; leave it out", "N");
}

void TestBrokenModels::refusesBrokenModels()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, dim);
    QFETCH(QString, message);
    write("model.onnx", content.toStdString());
    write("short.bin", "short");
    std::filesystem::create_symlink("/etc/passwd", root() / "link");
    std::map<std::string, std::int64_t> dims;
    if (!dim.isEmpty())
        dims.emplace(dim.toStdString(), 1);
    const auto model = load(dims);
    QVERIFY(!model);
    message.replace(QStringLiteral("FOLDER"), m_folder->path());
    QCOMPARE(QString::fromStdString(model.error().message),
             m_folder->path() + QStringLiteral("/model.onnx: ") + message);
}

} // namespace millrace

QTEST_GUILESS_MAIN(millrace::TestBrokenModels)
#include "tst_broken_models.moc"
