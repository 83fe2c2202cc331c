// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/LayerTimes.h"
#include "support/OnnxBuilder.h"
#include "support/ShowString.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <numeric>

namespace onnx_model = millrace::onnx;
using namespace millrace;
using namespace millrace::deploy;

namespace
{

NoProgress kQuiet;

class Counter final : public ProgressSink
{
public:
    void progress(std::string_view, double) override
    {
        ++calls;
        source.request_stop();
    }
    int calls = 0;
    std::stop_source source;
};

/// A convolution with its activation (which ONNX Runtime fuses), a skip over both, a free batch.
test::OnnxBuilder smallModel()
{
    test::OnnxBuilder builder;
    builder.input("x", {std::string("batch"), 8, 16, 16}).weight("w", {8, 8, 3, 3});
    builder.node("Conv", {"x", "w"}, {"a"}, {{"pads", std::vector<std::int64_t>{1, 1, 1, 1}}});
    builder.node("Relu", {"a"}, {"b"});
    builder.node("Add", {"b", "x"}, {"c"});
    builder.node("GlobalAveragePool", {"c"}, {"y"}).output("y");
    return builder;
}

const MeasuredTimes kFewRuns{{2, 1}};

} // namespace

class TestLayerTimes : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
        qputenv("MILLRACE_CACHE", file("cache").c_str());
        smallModel().save(file("small.onnx"));
    }

    void estimatesAtOnce()
    {
        const onnx_model::Model model = load(1);
        const auto times = layerTimes(model, EstimatedTimes{}, {}, kQuiet);
        QVERIFY(times && times->source == plan::TimesSource::Estimated);
        QVERIFY(*times == plan::estimateTimes(model.graph()));
        QVERIFY(!std::filesystem::exists(file("cache")));
    }

    void measuresOnceAndThenReads()
    {
        const onnx_model::Model model = load(1);
        const auto before = layerTimes(model, CachedTimes{}, {}, kQuiet);
        QVERIFY(before.error().code == ErrorCode::NotFound);
        Counter first;
        const auto times = layerTimes(model, kFewRuns, {}, first);
        QVERIFY2(times, times ? "" : times.error().message.c_str());
        QVERIFY(first.calls > 0);
        QVERIFY(times->source == plan::TimesSource::Measured);
        QVERIFY(times->byClass.empty());
        QCOMPARE(times->reference.size(), model.graph().layers.size());
        for (const Seconds time : times->reference)
            QVERIFY(time.value >= 0);
        const double sum = std::accumulate(times->reference.begin(), times->reference.end(), 0.0,
                                           [](double s, Seconds t) { return s + t.value; });
        QVERIFY(sum > 0 && sum < 10);
        // The second time nothing is run; that a stop is asked for does not matter.
        Counter second;
        QVERIFY(layerTimes(model, kFewRuns, {}, second).value() == *times);
        QCOMPARE(second.calls, 0);
        QVERIFY(layerTimes(model, CachedTimes{}, {}, kQuiet).value() == *times);
    }

    void otherDimsAreMeasuredAnew()
    {
        QVERIFY(layerTimes(load(1), kFewRuns, {}, kQuiet));
        const onnx_model::Model two = load(2);
        QVERIFY(layerTimes(two, CachedTimes{}, {}, kQuiet).error().code == ErrorCode::NotFound);
        Counter progress;
        QVERIFY(layerTimes(two, kFewRuns, {}, progress));
        QVERIFY(progress.calls > 0);
    }

    void brokenCacheIsMeasuredAnew_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("empty") << QByteArray("");
        QTest::newRow("not JSON") << QByteArray("\x7f"
                                                "ELF");
        profile::Profile other;
        other.modelSha256 = "another";
        QTest::newRow("of another model") << QByteArray::fromStdString(writeProfile(other));
    }
    void brokenCacheIsMeasuredAnew()
    {
        QFETCH(QByteArray, content);
        const onnx_model::Model model = load(1);
        QVERIFY(layerTimes(model, kFewRuns, {}, kQuiet));
        for (const auto& entry :
             std::filesystem::directory_iterator(std::filesystem::path(file("cache")) / "profiles"))
            std::ofstream(entry.path()) << content.toStdString();
        QVERIFY(!layerTimes(model, CachedTimes{}, {}, kQuiet));
        const auto times = layerTimes(model, kFewRuns, {}, kQuiet);
        QVERIFY(times && times->source == plan::TimesSource::Measured);
        QVERIFY(layerTimes(model, CachedTimes{}, {}, kQuiet).value() == *times);
    }

    void cacheThatCannotBeWrittenDoesNoHarm()
    {
        qputenv("MILLRACE_CACHE", "/proc/none");
        QVERIFY(layerTimes(load(1), kFewRuns, {}, kQuiet));
    }

    void cancelled()
    {
        Counter progress;
        const auto times = layerTimes(load(1), kFewRuns, progress.source.get_token(), progress);
        QVERIFY(!times);
        QVERIFY2(times.error().code == ErrorCode::Cancelled, times.error().message.c_str());
        QVERIFY(layerTimes(load(1), CachedTimes{}, {}, kQuiet).error().code == ErrorCode::NotFound);
    }

    void profileFiles()
    {
        const onnx_model::Model model = load(1);
        const profile::Profile good = profileOf(model);
        std::ofstream(file("p.json")) << writeProfile(good);
        const auto times = layerTimes(model, ProfileFile{file("p.json")}, {}, kQuiet);
        QVERIFY2(times, times ? "" : times.error().message.c_str());
        QVERIFY(times->source == plan::TimesSource::Measured);
        for (std::size_t i = 0; i < times->reference.size(); ++i) {
            QCOMPARE(times->reference[i].value, static_cast<double>(i) + 1);
            QCOMPARE(times->byClass.at("rpi4")[i].value, 10.0);
        }
        QVERIFY(layerTimes(model, ProfileFile{file("none.json")}, {}, kQuiet).error().code ==
                ErrorCode::NotFound);
        std::ofstream(file("p.json")) << "{";
        QVERIFY(layerTimes(model, ProfileFile{file("p.json")}, {}, kQuiet)
                    .error()
                    .message.starts_with(file("p.json") + ":1:1: not valid JSON"));
    }

    void refusesProfilesThatDoNotFit()
    {
        const onnx_model::Model model = load(1);
        profile::Profile profile = profileOf(model);
        profile.modelSha256 = std::string(64, '0');
        QCOMPARE(errorOf(model, profile),
                 fmt::format("the profile is of another model (SHA-256 000000000000..., this model "
                             "has {}...)",
                             model.sha256().substr(0, 12)));
        profile = profileOf(model);
        profile.dims = {};
        QCOMPARE(errorOf(model, profile), std::string("the profile was measured with no --dim, the "
                                                      "model is loaded with batch=1"));
        profile = profileOf(model);
        profile.seconds.erase(model.graph().layers[1].name);
        QCOMPARE(errorOf(model, profile),
                 fmt::format("the profile has no time for layer {}; measure the model anew",
                             model.graph().layers[1].name));
        profile = profileOf(model);
        profile.classes["rpi4"].clear();
        QCOMPARE(errorOf(model, profile),
                 fmt::format("device class rpi4: the profile has no time for layer {}; measure the "
                             "model anew",
                             model.graph().layers[0].name));
        // The file's name stands in front when it came from one.
        profile = profileOf(model);
        profile.modelSha256 = "x";
        std::ofstream(file("p.json")) << writeProfile(profile);
        const auto times = layerTimes(model, ProfileFile{file("p.json")}, {}, kQuiet);
        QVERIFY(times.error().message.starts_with(file("p.json") + ": the profile is of another "
                                                                   "model"));
    }

private:
    [[nodiscard]] std::string file(const char* name) const
    {
        return m_folder->filePath(QString::fromLatin1(name)).toStdString();
    }
    [[nodiscard]] onnx_model::Model load(std::int64_t batch) const
    {
        auto model = onnx_model::load(file("small.onnx"), {{{"batch", batch}}}, {}, kQuiet);
        if (!model)
            qFatal("%s", model.error().message.c_str());
        return *model;
    }
    [[nodiscard]] static profile::Profile profileOf(const onnx_model::Model& model)
    {
        profile::Profile profile;
        profile.modelSha256 = model.sha256();
        profile.dims = model.dims();
        double next = 1;
        for (const graph::Layer& layer : model.graph().layers) {
            profile.seconds[layer.name] = {next++};
            profile.classes["rpi4"][layer.name] = {10};
        }
        return profile;
    }
    [[nodiscard]] static std::string errorOf(const onnx_model::Model& model,
                                             const profile::Profile& profile)
    {
        const auto times = timesFromProfile(model, profile);
        return times ? "no error" : times.error().message;
    }
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_APPLESS_MAIN(TestLayerTimes)
#include "tst_layer_times.moc"
