// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/Profile.h"
#include "support/JsonEdit.h"
#include "support/OnnxBuilder.h"
#include "support/ShowString.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>

using namespace millrace;
using namespace millrace::profile;

namespace
{

Profile complete()
{
    Profile profile;
    profile.modelSha256 = std::string(64, 'c');
    profile.dims = {{"batch", 1}, {"width", 640}};
    profile.machine = "Cortex-A72 \"rev 3\"";
    profile.runs = 7;
    profile.coldStart = {0.002};
    profile.seconds = {{"conv1", {1.0 / 3}}, {"relu\n1", {0}}, {"", {1e-7}}};
    profile.classes = {{"rpi4", {{"conv1", {2}}}}, {"none", {}}};
    return profile;
}

const std::vector<test::JsonEdit>& edits()
{
    static const std::vector<test::JsonEdit> kEdits = {
        {"another tag", "/format", "\"millrace-profile/2\"",
         "format must be \"millrace-profile/1\""},
        {"no tag", "/format", nullptr, "\"format\" is missing"},
        {"unknown key", "/layers", "[]",
         "unknown key \"layers\"; allowed are: format, model_sha256, dims, machine, runs, seconds, "
         "cold_start_s, classes"},
        {"no hash", "/model_sha256", nullptr, "\"model_sha256\" is missing"},
        {"hash is a number", "/model_sha256", "7", "model_sha256: a text is needed, not 7"},
        {"no machine", "/machine", nullptr, "\"machine\" is missing"},
        {"runs negative", "/runs", "-1",
         "runs: a whole number from 0 to 1000000 is needed, not -1"},
        {"times are a list", "/seconds", "[1]", "seconds: an object of layer: seconds is needed"},
        {"cold start negative", "/cold_start_s", "-1",
         "cold_start_s: a number >= 0 is needed, not -1"},
        {"time negative", "/seconds/conv1", "-1", "seconds.conv1: a number >= 0 is needed, not -1"},
        {"time is a text", "/seconds/conv1", "\"3 ms\"",
         "seconds.conv1: a number >= 0 is needed, not \"3 ms\""},
        {"dims are a list", "/dims", "[1]", "dims: an object of name: size is needed"},
        {"dim negative", "/dims/batch", "-1", "dims.batch: a whole number >= 0 is needed, not -1"},
        {"classes are a list", "/classes", "[]", "classes: an object of class: times is needed"},
        {"class's times are null", "/classes/rpi4", "null",
         "classes.rpi4: an object of layer: seconds is needed"},
    };
    return kEdits;
}

std::string errorOf(std::string_view text)
{
    const auto profile = parseProfile(text, "file.json");
    return profile ? "no error" : profile.error().message;
}

/// Two matrix products, a sum and a slope; `name` is the second product's.
test::OnnxBuilder smallModel(const std::string& name)
{
    test::OnnxBuilder builder;
    builder.input("x", {64, 64}).weight("w", {64, 64});
    builder.node("MatMul", {"x", "w"}, {"a"});
    builder.node("MatMul", {"a", "w"}, {"b"});
    builder.last().set_name(name);
    builder.node("Add", {"a", "b"}, {"c"});
    builder.node("Relu", {"c"}, {"y"}).output("y");
    return builder;
}

class Counter final : public ProgressSink
{
public:
    void progress(std::string_view, double fraction) override
    {
        ++calls;
        rises = rises && fraction >= last;
        last = fraction;
        if (calls == stopAt)
            source.request_stop();
    }
    int calls = 0;
    int stopAt = -1;
    double last = -1;
    bool rises = true;
    std::stop_source source;
};

} // namespace

class TestProfile : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        qputenv("MILLRACE_CACHE", m_folder.filePath(QStringLiteral("cache")).toUtf8());
    }

    void roundTrip()
    {
        QCOMPARE(errorOf(writeProfile(complete())), std::string("no error"));
        QVERIFY(parseProfile(writeProfile(complete()), "file.json").value() == complete());
    }

    void leavesOutWhatIsOptional()
    {
        const auto profile = parseProfile(
            R"({"format": "millrace-profile/1", "model_sha256": "", "machine": "", "runs": 0,
                "seconds": {}})",
            "file.json");
        QVERIFY(profile && *profile == Profile{});
    }

    void refusesFields_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < edits().size(); ++i)
            QTest::newRow(edits()[i].name) << static_cast<int>(i);
    }
    void refusesFields()
    {
        QFETCH(int, index);
        const test::JsonEdit& edit = edits()[static_cast<std::size_t>(index)];
        QCOMPARE(errorOf(test::edited(writeProfile(complete()), edit)),
                 std::string("file.json: ") + edit.message);
    }
    void refusesTexts()
    {
        QCOMPARE(errorOf("[]"), std::string("file.json: an object is needed, not a list"));
        QVERIFY(errorOf("").starts_with("file.json:1:1: not valid JSON: "));
    }

    void cacheByModelAndDims()
    {
        const Profile profile = complete();
        const auto before = cached(profile.modelSha256, profile.dims);
        QVERIFY(before.error().code == ErrorCode::NotFound);
        QCOMPARE(before.error().message,
                 std::string("the model was not measured on this machine yet"));
        QVERIFY(cache(profile));
        QVERIFY(cached(profile.modelSha256, profile.dims).value() == profile);
        QVERIFY(!cached(std::string(64, 'd'), profile.dims));
        QVERIFY(!cached(profile.modelSha256, {}));
        QVERIFY(!cached(profile.modelSha256, {{"batch", 2}, {"width", 640}}));
        Profile other = profile;
        other.dims = {};
        other.runs = 3;
        QVERIFY(cache(other));
        QVERIFY(cached(profile.modelSha256, profile.dims).value() == profile);
        QVERIFY(cached(profile.modelSha256, {}).value() == other);
    }

    void cacheThatCannotBeWrittenIsAnError()
    {
        qputenv("MILLRACE_CACHE", "/proc/none");
        const auto ok = cache(complete());
        qputenv("MILLRACE_CACHE", m_folder.filePath(QStringLiteral("cache")).toUtf8());
        QVERIFY(!ok);
        QVERIFY(ok.error().code == ErrorCode::Io);
    }

    void measures_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("plain") << QByteArray("second");
        QTest::newRow("with a quote") << QByteArray("se\"cond");
        QTest::newRow("with a backslash") << QByteArray("se\\cond");
        QTest::newRow("with a line break") << QByteArray("se\ncond");
        QTest::newRow("path") << QByteArray("/block.1/second/MatMul");
        QTest::newRow("not UTF-8") << QByteArray("se\xff"
                                                 "cond");
    }
    void measures()
    {
        QFETCH(QByteArray, name);
        const std::string path = file("small.onnx");
        smallModel(name.toStdString()).save(path);
        const std::vector<ProfiledLayer> layers = {
            {"MatMul_1", {"a"}}, {name.toStdString(), {"b"}}, {"Add_3", {"c"}}, {"Relu_4", {"y"}}};
        Counter progress;
        const auto profile = measure(path, layers, {3, 1}, {}, progress);
        QVERIFY2(profile, profile ? "" : profile.error().message.c_str());
        QCOMPARE(profile->runs, 3);
        QCOMPARE(profile->machine, machineName());
        QVERIFY(!profile->machine.empty());
        QCOMPARE(profile->seconds.size(), layers.size());
        Seconds sum;
        for (const ProfiledLayer& layer : layers) {
            QVERIFY(profile->seconds.at(layer.name).value >= 0);
            sum += profile->seconds.at(layer.name);
        }
        QVERIFY(sum.value > 0 && sum.value < 10);
        QVERIFY(profile->seconds.at("MatMul_1").value > 0);
        QVERIFY(profile->seconds.at(name.toStdString()).value > 0);
        QVERIFY(progress.rises);
        QCOMPARE(progress.last, 1.0);
    }

    void measureErrors()
    {
        NoProgress quiet;
        const std::string path = file("small.onnx");
        smallModel("second").save(path);
        const std::vector<ProfiledLayer> layers = {{"MatMul_1", {"a"}}};
        QCOMPARE(measure(path, {}, {}, {}, quiet).error().message,
                 std::string("the model has no layers to measure"));
        QVERIFY(measure(path, layers, {0, 0}, {}, quiet).error().code ==
                ErrorCode::InvalidArgument);
        QVERIFY(measure(path, layers, {1, -1}, {}, quiet).error().code ==
                ErrorCode::InvalidArgument);
        QVERIFY(!measure(file("none.onnx"), layers, {1, 0}, {}, quiet));
        std::ofstream(file("broken.onnx")) << "not a model";
        QVERIFY(!measure(file("broken.onnx"), layers, {1, 0}, {}, quiet));
    }

    void measureIsCancelled_data()
    {
        QTest::addColumn<int>("call");
        QTest::newRow("while loading") << 1;
        QTest::newRow("before the first run") << 2;
        QTest::newRow("between runs") << 4;
    }
    void measureIsCancelled()
    {
        QFETCH(int, call);
        const std::string path = file("small.onnx");
        smallModel("second").save(path);
        const std::vector<ProfiledLayer> layers = {{"MatMul_1", {"a"}}};
        Counter progress;
        progress.stopAt = call;
        const auto profile =
            measure(path, layers, {1000, 0}, progress.source.get_token(), progress);
        QVERIFY(!profile);
        QVERIFY2(profile.error().code == ErrorCode::Cancelled, profile.error().message.c_str());
        QVERIFY(progress.calls <= call + 1);
    }

private:
    [[nodiscard]] std::string file(const char* name) const
    {
        return m_folder.filePath(QString::fromLatin1(name)).toStdString();
    }
    QTemporaryDir m_folder;
};

QTEST_APPLESS_MAIN(TestProfile)
#include "tst_profile.moc"
