// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "inference/Tensor.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <cstring>
#include <limits>

using namespace millrace;
using graph::DType;
using inference::Tensor;
using Shape = std::vector<std::int64_t>;

namespace
{

template <class T>
Tensor tensorOf(DType dtype, const Shape& shape, const std::vector<T>& values)
{
    Tensor tensor{dtype, shape, std::vector<std::byte>(values.size() * sizeof(T))};
    if (!values.empty())
        std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
    return tensor;
}

Tensor floats(const std::vector<float>& values)
{
    return tensorOf(DType::Float32, {static_cast<std::int64_t>(values.size())}, values);
}

std::string npy(const std::string& header, const std::string& data, char version = 1)
{
    std::string text("\x93NUMPY", 6);
    text += version;
    text += '\0';
    text += static_cast<char>(header.size() & 0xFFU);
    text += static_cast<char>(header.size() >> 8U);
    if (version > 1)
        text += std::string(2, '\0');
    return text + header + data;
}

} // namespace

class TestTensor : public QObject
{
    Q_OBJECT
private slots:
    void npyRoundTrip_data()
    {
        QTest::addColumn<int>("dtype");
        for (const DType type :
             {DType::Float32, DType::Float64, DType::Float16, DType::Int8, DType::Int16,
              DType::Int32, DType::Int64, DType::UInt8, DType::UInt16, DType::UInt32, DType::UInt64,
              DType::Bool, DType::Complex64, DType::Complex128})
            QTest::newRow(std::string(graph::name(type)).c_str()) << static_cast<int>(type);
    }
    void npyRoundTrip()
    {
        QFETCH(int, dtype);
        QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath(QStringLiteral("t.npy")).toStdString();
        for (const Shape& shape : {Shape{}, Shape{5}, Shape{2, 3, 4}, Shape{0, 2}}) {
            const Tensor tensor = *inference::randomTensor(static_cast<DType>(dtype), shape, 3);
            QVERIFY(inference::writeNpy(path, tensor));
            const auto content = readFile(path);
            QCOMPARE((content->size() - tensor.data.size()) % 64, std::size_t{0});
            const auto back = inference::readNpy(path);
            QVERIFY2(back, back ? "" : back.error().message.c_str());
            QVERIFY(*back == tensor);
        }
    }

    void npyOrdersAreConverted()
    {
        const std::string big("\0\1\0\2\0\3\0\4\0\5\0\6", 12);
        const auto tensor = inference::parseNpy(
            npy("{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }\n", big, 2), "t.npy");
        QVERIFY2(tensor, tensor ? "" : tensor.error().message.c_str());
        // Columns first: (0,0), (1,0), (0,1), ...
        QVERIFY(*tensor == tensorOf<std::int16_t>(DType::Int16, {2, 3}, {1, 3, 5, 2, 4, 6}));
    }

    void npyRefuses_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* name, const std::string& content, const char* message) {
            QTest::newRow(name) << QByteArray::fromStdString(content)
                                << QString::fromLatin1(message);
        };
        row("empty", "", "not a .npy file");
        row("text", "some text that is no array", "not a .npy file");
        row("version", npy("", "", 9), ".npy version 9 is unknown");
        row("cut header", npy("{'descr'", "").substr(0, 14), "the header is cut off");
        row("no shape", npy("{'descr': '<f4', 'fortran_order': False}", ""),
            "the header lacks descr, fortran_order or shape");
        row("pickle", npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", "x"),
            "the element type is no plain number (structured types and pickled objects are not "
            "read)");
        row("negative", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", ""),
            "the shape cannot be read");
        row("short data", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "1234"),
            "4 bytes of data do not fit the shape (2)");
        row("overflow",
            npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 4)}", ""),
            "0 bytes of data do not fit the shape (4611686018427387904, 4)");
    }
    void npyRefuses()
    {
        QFETCH(QByteArray, content);
        QFETCH(QString, message);
        const auto tensor = inference::parseNpy(content.toStdString(), "t.npy");
        QVERIFY(!tensor);
        QCOMPARE(tensor.error().code, ErrorCode::ParseError);
        QCOMPARE(QString::fromStdString(tensor.error().message),
                 QStringLiteral("t.npy: %1; save the array with numpy.save()").arg(message));
    }

    void randomIsSeeded()
    {
        const auto a = inference::randomTensor(DType::Float32, {4, 100}, 1);
        QVERIFY(*a == *inference::randomTensor(DType::Float32, {4, 100}, 1));
        QVERIFY(!(*a == *inference::randomTensor(DType::Float32, {4, 100}, 2)));
        std::vector<float> values(400);
        std::memcpy(values.data(), a->data.data(), a->data.size());
        for (const float value : values)
            QVERIFY(value >= 0 && value < 1);
        // The same on every machine: SplitMix64's first numbers for seed 1.
        QCOMPARE(values[0], static_cast<float>(0x910A2D) * 0x1p-24F);
        QCOMPARE(values[1], static_cast<float>(0xBEEB8D) * 0x1p-24F);
    }

    void randomIntegersSuitIndices()
    {
        const auto tensor = inference::randomTensor(DType::Int64, {100}, 1);
        std::vector<std::int64_t> values(100);
        std::memcpy(values.data(), tensor->data.data(), tensor->data.size());
        for (const std::int64_t value : values)
            QVERIFY(value == 0 || value == 1);
        QVERIFY(!inference::randomTensor(DType::String, {1}, 1));
        QVERIFY(!inference::randomTensor(DType::Float32, {-1}, 1));
        QVERIFY(!inference::randomTensor(DType::Float32, {INT64_MAX, 2}, 1));
    }

    void compares_data()
    {
        constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
        constexpr float kInf = std::numeric_limits<float>::infinity();
        QTest::addColumn<QList<float>>("a");
        QTest::addColumn<QList<float>>("b");
        QTest::addColumn<bool>("agree");
        QTest::newRow("same") << QList<float>{1, 2} << QList<float>{1, 2} << true;
        QTest::newRow("within") << QList<float>{0, 100.009F} << QList<float>{0, 100} << true;
        QTest::newRow("beyond") << QList<float>{0, 100.02F} << QList<float>{0, 100} << false;
        QTest::newRow("small beside large")
            << QList<float>{0.005F, 100} << QList<float>{0, 100} << true;
        QTest::newRow("tiny") << QList<float>{9e-7F} << QList<float>{0} << true;
        QTest::newRow("not tiny") << QList<float>{2e-6F} << QList<float>{0} << false;
        QTest::newRow("NaN in both") << QList<float>{kNan, 1} << QList<float>{kNan, 1} << true;
        QTest::newRow("NaN in one") << QList<float>{kNan, 1} << QList<float>{1, 1} << false;
        QTest::newRow("infinite") << QList<float>{kInf, 1} << QList<float>{kInf, 1} << true;
        QTest::newRow("signs") << QList<float>{kInf, 1} << QList<float>{-kInf, 1} << false;
        QTest::newRow("sizes") << QList<float>{1} << QList<float>{1, 1} << false;
        QTest::newRow("empty") << QList<float>{} << QList<float>{} << true;
    }
    void compares()
    {
        QFETCH(QList<float>, a);
        QFETCH(QList<float>, b);
        QFETCH(bool, agree);
        const auto result =
            inference::compare(floats({a.begin(), a.end()}), floats({b.begin(), b.end()}));
        QCOMPARE(result.agree, agree);
        QCOMPARE(result.why.empty(), agree);
    }

    void comparesTypesAndHalves()
    {
        const Tensor half = tensorOf<std::uint16_t>(DType::Float16, {2}, {0x3C00, 0xC000}); // 1, -2
        const Tensor near = tensorOf<std::uint16_t>(DType::Float16, {2}, {0x3C01, 0xC000});
        QVERIFY(inference::compare(half, half).agree);
        const auto result = inference::compare(near, half);
        QVERIFY(!result.agree);
        QCOMPARE(result.maxAbsError, std::ldexp(1.0, -10));
        QCOMPARE(result.allowed, 2e-4 + 1e-6);
        QVERIFY(!inference::compare(half, tensorOf<std::int16_t>(DType::Int16, {2}, {1, 2})).agree);
    }
};

QTEST_APPLESS_MAIN(TestTensor)
#include "tst_tensor.moc"
