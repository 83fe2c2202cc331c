// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "support/ShowString.h"
#include "work/ImageInput.h"

#include <QTest>

#include <cstring>

using namespace millrace;
using namespace millrace::work;

namespace
{

Image plain(ImageSize size, std::uint8_t red, std::uint8_t green, std::uint8_t blue)
{
    Image image{size, {}};
    for (int p = 0; p < size.width * size.height; ++p)
        image.pixels.insert(image.pixels.end(), {red, green, blue});
    return image;
}

onnx::Port port(const std::vector<std::int64_t>& shape, graph::DType dtype = graph::DType::Float32)
{
    return {"image", dtype, shape};
}

std::vector<float> floats(const inference::Tensor& tensor)
{
    std::vector<float> values(tensor.data.size() / sizeof(float));
    std::memcpy(values.data(), tensor.data.data(), tensor.data.size());
    return values;
}

std::string file(const char* name)
{
    return std::string(MILLRACE_TEST_DATA) + "/images/" + name;
}

} // namespace

class TestImageInput : public QObject
{
    Q_OBJECT
private slots:
    // All files hold the same 4 x 2 picture: red, green, blue, white above; black, 50 % grey, and
    // two pixels that are transparent where the format has that, else white.
    void decodes_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("tolerance");
        QTest::newRow("PNG with palette") << QStringLiteral("palette.png") << 0;
        QTest::newRow("PNG with 16 bits") << QStringLiteral("deep.png") << 1;
        QTest::newRow("PNG with transparent parts") << QStringLiteral("alpha.png") << 0;
        QTest::newRow("JPEG") << QStringLiteral("best.jpg") << 6;
        QTest::newRow("progressive JPEG") << QStringLiteral("progressive.jpg") << 6;
    }
    void decodes()
    {
        QFETCH(QString, name);
        QFETCH(int, tolerance);
        const auto content = readFile(file(name.toLatin1().constData()));
        QVERIFY2(content, content ? "" : content.error().message.c_str());
        const auto image = decodeImage(*content, "picture");
        QVERIFY2(image, image ? "" : image.error().message.c_str());
        QVERIFY((image->size == ImageSize{4, 2}));
        const std::vector<int> expected = {255, 0, 0, 0,   255, 0,   0,   0,   255, 255, 255, 255,
                                           0,   0, 0, 128, 128, 128, 255, 255, 255, 255, 255, 255};
        QCOMPARE(image->pixels.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i)
            QVERIFY2(std::abs(image->pixels[i] - expected[i]) <= tolerance,
                     qPrintable(QStringLiteral("value %1: %2").arg(i).arg(image->pixels[i])));
    }

    void refusesBrokenFiles()
    {
        for (const char* name : {"palette.png", "best.jpg"}) {
            const std::string content = readFile(file(name)).value();
            for (const std::size_t kept : {content.size() / 2, std::size_t{9}, std::size_t{4}}) {
                const auto image = decodeImage(std::string_view(content).substr(0, kept), "cut");
                QVERIFY(!image);
                QVERIFY2(image.error().message.starts_with("cut: not a sound "),
                         image.error().message.c_str());
            }
        }
        QVERIFY(decodeImage("GIF89a", "a.gif").error().code == ErrorCode::Unsupported);
        QVERIFY(decodeImage("", "empty").error().code == ErrorCode::Unsupported);
    }

    void resizes()
    {
        const Image grey = plain({7, 5}, 90, 90, 90);
        for (const ImageSize size : {ImageSize{3, 3}, ImageSize{20, 11}, ImageSize{1, 1}}) {
            const Image other = resized(grey, size);
            QVERIFY(other.size == size);
            QVERIFY(other.pixels == plain(size, 90, 90, 90).pixels);
        }
        // Shrinking takes every pixel into account, growing is linear in between.
        Image stripes{{4, 1}, {}};
        for (const std::uint8_t value : std::vector<std::uint8_t>{0, 0, 200, 200})
            stripes.pixels.insert(stripes.pixels.end(), {value, value, value});
        const auto first = [](const Image& image) {
            std::vector<int> values;
            for (std::size_t p = 0; p < image.pixels.size(); p += 3)
                values.push_back(image.pixels[p]);
            return values;
        };
        QVERIFY((first(resized(stripes, {1, 1})) == std::vector<int>{100}));
        QVERIFY(
            (first(resized(stripes, {8, 1})) == std::vector<int>{0, 0, 0, 50, 150, 200, 200, 200}));
        QVERIFY((first(cropped(stripes, {2, 1})) == std::vector<int>{0, 200}));
    }

    void becomesATensor_data()
    {
        QTest::addColumn<QList<int>>("shape");
        QTest::addColumn<QList<int>>("becomes");
        QTest::addColumn<QList<double>>("values"); // the first pixel's, in the tensor's order
        QTest::addColumn<bool>("isBgr");
        QTest::newRow("NCHW") << QList<int>{1, 3, 2, 2} << QList<int>{1, 3, 2, 2}
                              << QList<double>{1.0, 0.4, 0.2} << false;
        QTest::newRow("NHWC") << QList<int>{1, 2, 2, 3} << QList<int>{1, 2, 2, 3}
                              << QList<double>{1.0, 0.4, 0.2} << false;
        QTest::newRow("BGR") << QList<int>{1, 3, 2, 2} << QList<int>{1, 3, 2, 2}
                             << QList<double>{0.2, 0.4, 1.0} << true;
        QTest::newRow("grey") << QList<int>{1, 1, 2, 2} << QList<int>{1, 1, 2, 2}
                              << QList<double>{0.299 + 0.587 * 0.4 + 0.114 * 0.2} << false;
        QTest::newRow("open size") << QList<int>{1, 3, -1, -1} << QList<int>{1, 3, 4, 6}
                                   << QList<double>{1.0, 0.4, 0.2} << false;
    }
    void becomesATensor()
    {
        QFETCH(QList<int>, shape);
        QFETCH(QList<int>, becomes);
        QFETCH(QList<double>, values);
        QFETCH(bool, isBgr);
        ImageOptions options;
        options.channels = isBgr ? ChannelOrder::Bgr : ChannelOrder::Rgb;
        const auto tensor =
            imageTensor(plain({6, 4}, 255, 102, 51), port({shape.begin(), shape.end()}), options);
        QVERIFY2(tensor, tensor ? "" : tensor.error().message.c_str());
        QVERIFY((tensor->shape == std::vector<std::int64_t>(becomes.begin(), becomes.end())));
        const std::vector<float> given = floats(*tensor);
        const bool isNhwc = shape.back() == 3;
        const std::size_t pixels = given.size() / static_cast<std::size_t>(values.size());
        for (qsizetype c = 0; c < values.size(); ++c)
            QVERIFY(qAbs(given[static_cast<std::size_t>(c) * (isNhwc ? 1 : pixels)] - values[c]) <
                    1e-6);
    }

    void normalisesPerChannel()
    {
        ImageOptions options;
        options.mean = {0.5, 0.25, 0.1};
        options.deviation = {0.5, 0.1, 2};
        const auto tensor = imageTensor(plain({2, 2}, 255, 102, 51), port({1, 3, 1, 1}), options);
        QVERIFY(tensor);
        const std::vector<float> values = floats(*tensor);
        QVERIFY(qAbs(values[0] - 1.0) < 1e-6 && qAbs(values[1] - 1.5) < 1e-6 &&
                qAbs(values[2] - 0.05) < 1e-6);
        const auto bytes =
            imageTensor(plain({2, 2}, 255, 102, 51), port({1, 3, 1, 1}, graph::DType::UInt8), {});
        QVERIFY(
            (bytes->data == std::vector<std::byte>{std::byte{255}, std::byte{102}, std::byte{51}}));
    }

    void resizesThenTakesTheMiddle()
    {
        Image image = plain({4, 4}, 0, 0, 0);
        for (const std::size_t middle : {5U, 6U, 9U, 10U})
            image.pixels[middle * 3] = 255;
        ImageOptions options;
        options.size = ImageSize{4, 4};
        QVERIFY((floats(imageTensor(image, port({1, 3, 2, 2}), options).value()) ==
                 std::vector<float>{1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}));
    }

    void refusesWhatDoesNotFit_data()
    {
        QTest::addColumn<QList<int>>("shape");
        QTest::addColumn<int>("means");
        QTest::addColumn<QString>("says");
        QTest::newRow("two axes") << QList<int>{1, 10} << 1 << QStringLiteral("four axes");
        QTest::newRow("a batch") << QList<int>{4, 3, 2, 2} << 1 << QStringLiteral("a batch of 1");
        QTest::newRow("five channels")
            << QList<int>{1, 5, 8, 8} << 1 << QStringLiteral("1 or 3 channels");
        QTest::newRow("two means")
            << QList<int>{1, 3, 2, 2} << 2 << QStringLiteral("1 or 3 values");
    }
    void refusesWhatDoesNotFit()
    {
        QFETCH(QList<int>, shape);
        QFETCH(int, means);
        QFETCH(QString, says);
        ImageOptions options;
        options.mean.resize(static_cast<std::size_t>(means));
        const auto tensor =
            imageTensor(plain({4, 4}, 0, 0, 0), port({shape.begin(), shape.end()}), options);
        QVERIFY(!tensor);
        QVERIFY2(QString::fromStdString(tensor.error().message).contains(says),
                 tensor.error().message.c_str());
    }
};

QTEST_APPLESS_MAIN(TestImageInput)
#include "tst_image_input.moc"
