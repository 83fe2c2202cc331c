// SPDX-License-Identifier: GPL-3.0-or-later
#include "ExampleProblem.h"
#include "RandomProblem.h"
#include "base/File.h"
#include "plan/Problem.h"
#include "support/JsonEdit.h"
#include "support/ShowString.h"

#include <QTest>

#include <cstdlib>
#include <limits>

using namespace millrace;
using namespace millrace::plan;

namespace
{

const std::vector<test::JsonEdit>& edits()
{
    static const std::vector<test::JsonEdit> kEdits = {
        {"another tag", "/format", "\"millrace-plan/1\"",
         "format: \"millrace-problem/1\" is needed; this file is of another kind or version"},
        {"tag of another type", "/format", "1", "format: a text is needed, not 1"},
        {"no tag", "/format", nullptr, "\"format\" is missing"},
        {"unknown key", "/layer", "[]",
         "unknown key \"layer\"; allowed are: format, overlap, layers, tensors, shared_weights, "
         "devices, bandwidth_bps, occupancy_s, delay_s, source, sink, memory_model, stages, pins"},
        {"unknown key of a layer", "/layers/1/weights", "3",
         "layers[1]: unknown key \"weights\"; allowed are: name, weight_bytes, activation_bytes, "
         "seconds"},
        {"overlap is a number", "/overlap", "1", "overlap: true or false is needed, not 1"},
        {"no layers", "/layers", "[]", "layers: at least one layer is needed"},
        {"layers are no list", "/layers", "{}", "layers: a list is needed, not an object"},
        {"a billion layers declared", "/layers", "1000000000",
         "layers: a list is needed, not 1000000000"},
        {"layer is no object", "/layers/2", "7", "layers[2]: an object is needed, not 7"},
        {"layer without a name", "/layers/2/name", nullptr, "layers[2]: \"name\" is missing"},
        {"negative weights", "/layers/0/weight_bytes", "-1",
         "layers[0].weight_bytes: a whole number >= 0 is needed, not -1"},
        {"half a byte", "/layers/0/weight_bytes", "1.5",
         "layers[0].weight_bytes: a whole number >= 0 is needed, not 1.5"},
        {"bytes beyond 64 bits", "/layers/0/weight_bytes", "18446744073709551615",
         "layers[0].weight_bytes: a whole number >= 0 is needed, not 18446744073709551615"},
        {"bytes as a float out of range", "/layers/0/weight_bytes", "1e300",
         "layers[0].weight_bytes: a whole number >= 0 is needed, not 1e+300"},
        {"weights beyond 1 EiB", "/layers/1/weight_bytes", "9223372036854775807",
         "layers[1].weight_bytes: sizes are negative or add up to more than 1 EiB"},
        {"activation beyond 1 EiB", "/layers/1/activation_bytes", "1152921504606846977",
         "layers[1].activation_bytes: negative or more than 1 EiB"},
        {"negative seconds", "/layers/0/seconds/x", "-0.5",
         "layers[0].seconds.x: a number >= 0 is needed, not -0.5"},
        {"endless seconds", "/layers/0/seconds/x", "1e16",
         "layers[0].seconds.x: must lie between 0 and 1e15"},
        {"seconds are a list", "/layers/0/seconds", "[1]",
         "layers[0].seconds: an object of class: seconds is needed"},
        {"seconds are null", "/layers/0/seconds/x", "null",
         "layers[0].seconds.x: a number >= 0 is needed, not null"},
        {"sizes that wrap together", "/tensors/1/bytes", "1152921504606846900",
         "tensors[1].bytes: sizes are negative or add up to more than 1 EiB"},
        {"producer out of range", "/tensors/1/producer", "4",
         "tensors[1].producer: there is no layer 4"},
        {"producer far out of range", "/tensors/1/producer", "999999999",
         "tensors[1].producer: there is no layer 999999999"},
        {"producer beyond 32 bits", "/tensors/1/producer", "4294967296",
         "tensors[1].producer: a whole number from 0 to 2147483647 is needed, not 4294967296"},
        {"producer missing", "/tensors/1/producer", nullptr, "tensors[1]: \"producer\" is missing"},
        {"consumer out of range", "/tensors/1/consumers", "[1, 1000000000]",
         "tensors[1].consumers: there is no layer 1000000000"},
        {"consumer twice", "/tensors/1/consumers", "[1, 1]",
         "tensors[1].consumers: must ascend, each layer once"},
        {"consumers descend", "/tensors/1/consumers", "[3, 1]",
         "tensors[1].consumers: must ascend, each layer once"},
        {"layer needs its own result", "/tensors/2/consumers", "[1]",
         "tensors[2]: layer 1 needs it before layer 1 makes it; layers must be in topological "
         "order without a cycle"},
        {"cycle", "/tensors/3/consumers", "[0]",
         "tensors[3]: layer 0 needs it before layer 2 makes it; layers must be in topological "
         "order without a cycle"},
        {"output is a text", "/tensors/4/output", "\"yes\"",
         "tensors[4].output: true or false is needed, not \"yes\""},
        {"shared weight of an unknown layer", "/shared_weights/0/layers", "[9]",
         "shared_weights[0].layers: there is no layer 9"},
        {"shared weight too large", "/shared_weights/0/bytes", "1152921504606846976",
         "shared_weights[0].bytes: sizes are negative or add up to more than 1 EiB"},
        {"no devices", "/devices", "[]",
         "bandwidth_bps: 0 rows of 0 numbers are needed, one for each device"},
        {"device name twice", "/devices/1/name", "\"q\"",
         "devices: the name \"q\" is empty or stands twice"},
        {"device name empty", "/devices/1/name", "\"\"",
         "devices: the name \"\" is empty or stands twice"},
        {"device without memory", "/devices/1/memory_bytes", nullptr,
         "devices[1]: \"memory_bytes\" is missing"},
        {"device memory negative", "/devices/1/memory_bytes", "-5",
         "devices[1].memory_bytes: a whole number >= 0 is needed, not -5"},
        {"enabled is a text", "/devices/1/enabled", "\"no\"",
         "devices[1].enabled: true or false is needed, not \"no\""},
        {"one device more than rows", "/devices/-",
         R"({"name": "s", "class": "x", "memory_bytes": 1})",
         "bandwidth_bps: 5 rows of 5 numbers are needed, one for each device"},
        {"bandwidth missing", "/bandwidth_bps", nullptr, "\"bandwidth_bps\" is missing"},
        {"bandwidth with a ragged row", "/bandwidth_bps/2", "[1, 2, 3]",
         "bandwidth_bps: 4 rows of 4 numbers are needed, one for each device"},
        {"bandwidth with a row too many", "/bandwidth_bps/-", "[1, 2, 3, 4]",
         "bandwidth_bps: 4 rows of 4 numbers are needed, one for each device"},
        {"bandwidth row is no list", "/bandwidth_bps/2", "4",
         "bandwidth_bps: 4 rows of 4 numbers are needed, one for each device"},
        {"bandwidth is one number", "/bandwidth_bps", "1000000000",
         "bandwidth_bps: a list is needed, not 1000000000"},
        {"bandwidth negative", "/bandwidth_bps/1/2", "-1",
         "bandwidth_bps[1][2]: a number >= 0 is needed, not -1"},
        {"bandwidth out of range", "/bandwidth_bps/1/2", "1e16",
         "link p > q: bandwidth, occupancy and delay must lie between 0 and 1e15"},
        {"bandwidth that takes for ever", "/bandwidth_bps/1/2", "1e-300",
         "link p > q: bandwidth must be 0 (no link) or at least 0.001"},
        {"occupancy ragged", "/occupancy_s/0", "[]",
         "occupancy_s: 4 rows of 4 numbers are needed, one for each device"},
        {"occupancy out of range", "/occupancy_s/1/2", "1e300",
         "link p > q: bandwidth, occupancy and delay must lie between 0 and 1e15"},
        {"delay is a text", "/delay_s/0/1", "\"2 ms\"",
         "delay_s[0][1]: a number >= 0 is needed, not \"2 ms\""},
        {"source is the billionth device", "/source", "1000000000",
         "source and sink: there is no device 1000000000"},
        {"source unknown", "/source", "4", "source and sink: there is no device 4"},
        {"sink negative", "/sink", "-1",
         "sink: a whole number from 0 to 2147483647 is needed, not -1"},
        {"fixed memory negative", "/memory_model/fixed_bytes", "-1",
         "memory_model.fixed_bytes: a whole number >= 0 is needed, not -1"},
        {"fixed memory beyond 1 EiB", "/memory_model/fixed_bytes", "9223372036854775807",
         "memory_model: fixed_bytes must lie between 0 and 1 EiB, copies between 0 and 1000"},
        {"too many copies", "/memory_model/in_copies", "1001",
         "memory_model: fixed_bytes must lie between 0 and 1 EiB, copies between 0 and 1000"},
        {"memory model with a typo", "/memory_model/copies", "1",
         "memory_model: unknown key \"copies\"; allowed are: fixed_bytes, in_copies, out_copies"},
        {"at least as many stages as no machine counts", "/stages/min", "4294967296",
         "stages.min: a whole number from 1 to 2147483647 is needed, not 4294967296"},
        {"at least 0 stages", "/stages/min", "0",
         "stages.min: a whole number from 1 to 2147483647 is needed, not 0"},
        {"at most half a stage", "/stages/max", "0.5",
         "stages.max: a whole number from 1 to 2147483647 is needed, not 0.5"},
        {"pin of an unknown layer", "/pins/0/layer", "4",
         "pins: there is no layer 4 or no device 1"},
        {"pin of the billionth layer", "/pins/0/layer", "1000000000",
         "pins: there is no layer 1000000000 or no device 1"},
        {"pin to an unknown device", "/pins/0/device", "40",
         "pins: there is no layer 0 or no device 40"},
        {"pin with a typo", "/pins/0/devices", "1",
         "pins[0]: unknown key \"devices\"; allowed are: layer, device"},
    };
    return kEdits;
}

Problem complete()
{
    Problem problem = test::exampleProblem();
    problem.overlap = Overlap::No;
    problem.pins = {{LayerId(0), DeviceId(1)}};
    return problem;
}

std::string errorOf(std::string_view text)
{
    const auto problem = parseProblem(text, "file.json");
    return problem ? "no error" : problem.error().message;
}

} // namespace

class TestProblemFile : public QObject
{
    Q_OBJECT
private slots:
    void roundTrip_data()
    {
        QTest::addColumn<int>("seed");
        for (int seed = 0; seed < 40; ++seed)
            QTest::addRow("random %d", seed) << seed;
    }
    void roundTrip()
    {
        QFETCH(int, seed);
        const Problem problem = test::randomProblem(
            static_cast<std::uint64_t>(seed),
            test::rulesFrom(static_cast<unsigned>(seed) * 97, test::Shape::Dag), 7, 4);
        const auto again = parseProblem(writeProblem(problem), "file.json");
        QVERIFY2(again, again ? "" : again.error().message.c_str());
        QVERIFY(*again == problem);
    }

    void roundTripOfEveryField()
    {
        Problem problem = complete();
        problem.layers[1].name = "a \"quoted\"\n\tname, ünïcödé";
        problem.layers[2].seconds = {};
        problem.layers[3].seconds = {{"", {0}}, {"x", {1.0 / 3}}, {"y", {1e-300}}};
        problem.source.reset();
        problem.stages = {2, std::nullopt};
        problem.devices[0].memory.value = std::numeric_limits<std::int64_t>::max();
        QCOMPARE(errorOf(writeProblem(problem)), std::string("no error"));
        QVERIFY(parseProblem(writeProblem(problem), "file.json").value() == problem);
    }

    void writesNamesThatAreNoText()
    {
        Problem problem = complete();
        problem.layers[0].name = "conv\xff";
        const auto again = parseProblem(writeProblem(problem), "file.json");
        QVERIFY(again);
        QCOMPARE(again->layers[0].name, std::string("conv\xef\xbf\xbd"));
    }

    void leavesOutWhatIsOptional()
    {
        const auto problem = parseProblem(
            R"({"format": "millrace-problem/1",
                "layers": [{"name": "a", "weight_bytes": 1, "activation_bytes": 2.0,
                            "seconds": {"x": 3}}],
                "tensors": [{"bytes": 4, "producer": null, "consumers": [0]}],
                "devices": [{"name": "p", "class": "x", "memory_bytes": 5}],
                "bandwidth_bps": [[0]], "sink": null})",
            "file.json");
        QVERIFY2(problem, problem ? "" : problem.error().message.c_str());
        QVERIFY(problem->overlap == Overlap::Yes);
        QCOMPARE(problem->layers[0].activationBytes.value, 2);
        QVERIFY(problem->devices[0].enabled);
        QVERIFY(problem->occupancy == Matrix<Seconds>(1) && problem->delay == Matrix<Seconds>(1));
        QVERIFY(!problem->source && !problem->sink);
        QVERIFY(problem->memoryModel == MemoryModel{});
        QVERIFY(problem->stages == StageCount{});
        QVERIFY(problem->pins.empty() && problem->sharedWeights.empty());
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
        QCOMPARE(errorOf(test::edited(writeProblem(complete()), edit)),
                 std::string("file.json: ") + edit.message);
    }

    void refusesTexts_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("message");
        const auto row = [](const char* name, const QByteArray& text, const char* message) {
            QTest::newRow(name) << text << QByteArray(message);
        };
        row("empty", "",
            "file.json:1:1: not valid JSON: syntax error while parsing value - unexpected end of "
            "input; expected '[', '{', or a literal");
        row("a cluster file", "millrace: cluster/1",
            "file.json:1:1: not valid JSON: syntax error while parsing value - invalid literal; "
            "last read: 'm'");
        row("a list", "[]", "file.json: an object is needed, not a list");
        row("not a number", R"({"overlap": NaN})",
            "file.json:1:13: not valid JSON: syntax error while parsing value - invalid literal; "
            "last read: '\"overlap\": N'");
        row("a number out of range", "{\"format\": \"millrace-problem/1\",\n \"source\": 1e400}",
            "file.json:2:17: not valid JSON: number overflow parsing '1e400'");
        row("key twice", "{\"format\": \"millrace-problem/1\",\n \"format\": 1}",
            "file.json:2:9: the key \"format\" stands twice in one object");
        row("nested", QByteArray(65, '['), "file.json:1:65: nested deeper than 64 levels");
        row("100 MB of brackets", QByteArray(100000000, '['),
            "file.json:1:65: nested deeper than 64 levels");
        row("cut off", R"({"format": "millrace-problem/1", "layers": [)",
            "file.json:1:44: not valid JSON: syntax error while parsing value - unexpected end of "
            "input; expected '[', '{', or a literal");
    }
    void refusesTexts()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, message);
        QCOMPARE(errorOf({text.constData(), static_cast<std::size_t>(text.size())}),
                 message.toStdString());
    }

    /// What the fuzz target starts from.
    void hostileFiles_data()
    {
        QTest::addColumn<QByteArray>("message");
        const auto row = [](const char* file, const char* message) {
            QTest::newRow(file) << QByteArray(message);
        };
        row("small.json", "no error");
        row("billion-stages.json", "no error"); // nothing is sized by it
        row("negative-zero.json", "no error");
        row("empty.json", "1:1: not valid JSON: ");
        row("zero-byte.json", "not valid JSON: a zero byte");
        row("deep.json", "nested deeper than 64 levels");
        row("cycle.json", "layers must be in topological order without a cycle");
        row("negative.json", "a whole number >= 0 is needed, not -");
        row("nan.json", "not valid JSON: syntax error while parsing value - invalid literal; ");
        row("infinity.json", "not valid JSON: number overflow parsing '1e999'");
        row("index.json", "tensors[0].consumers: there is no layer 2");
        row("negative-index.json",
            "tensors[1].producer: a whole number from 0 to 2147483647 is needed, not -1");
        row("huge-index.json", "source and sink: there is no device 1000000000");
        row("layers-as-number.json", "layers: a list is needed, not 1000000000");
        row("ragged.json", "rows of 2 numbers are needed, one for each device");
        row("overflow.json", "sizes are negative or add up to more than 1 EiB");
        row("overflow-sum.json", "sizes are negative or add up to more than 1 EiB");
        row("overflow-64.json",
            "layers[0].weight_bytes: a whole number >= 0 is needed, not 1.8446744073709552e+19");
    }
    void hostileFiles()
    {
        QFETCH(QByteArray, message);
        const std::string file = QTest::currentDataTag();
        const auto text = readFile(MILLRACE_TEST_DATA "/../fuzz/corpus/problem/" + file);
        QVERIFY2(text, file.c_str());
        const std::string error = errorOf(*text);
        QVERIFY2(error.find(message.toStdString()) != std::string::npos, error.c_str());
    }

    /// Copies times payload is more than 64 bits hold, although each size is in range.
    void refusesCopiesThatOverflow()
    {
        Problem problem = complete();
        problem.tensors[0].bytes.value = std::int64_t{1} << 59;
        problem.memoryModel.outCopies = 1000;
        const auto ok = validate(problem);
        QVERIFY(!ok);
        QCOMPARE(ok.error().message,
                 std::string("memory_model: the copies of all tensors take more than 1 EiB"));
        QVERIFY(ok.error().code == ErrorCode::InvalidArgument);
        problem.memoryModel.outCopies = 1;
        problem.tensors[0].bytes.value = std::int64_t{1} << 50;
        QVERIFY(validate(problem));
    }

    void validateRefusesWhatNoFileCanSay()
    {
        Problem problem = complete();
        problem.delay = Matrix<Seconds>(3);
        QCOMPARE(validate(problem).error().message,
                 std::string("bandwidth_bps, occupancy_s and delay_s must have 4 rows and columns, "
                             "one for each device"));
        problem = complete();
        problem.layers[0].seconds["x"].value = std::numeric_limits<double>::quiet_NaN();
        QCOMPARE(validate(problem).error().message,
                 std::string("layers[0].seconds.x: must lie between 0 and 1e15"));
        problem = complete();
        problem.memoryModel.inCopies = std::numeric_limits<double>::quiet_NaN();
        QVERIFY(!validate(problem));
        problem = complete();
        problem.pins = {{LayerId(-1), DeviceId(0)}};
        QVERIFY(!validate(problem));
    }

    void publishedInstances_data()
    {
        QTest::addColumn<QString>("file");
        QTest::newRow("4+4") << QStringLiteral("pipeedge-vit-base-4+4.json");
        QTest::newRow("8+8") << QStringLiteral("pipeedge-vit-base-8+8.json");
    }
    void publishedInstances()
    {
        QFETCH(QString, file);
        const char* shared = std::getenv("MILLRACE_SHARED");
        if (shared == nullptr)
            QSKIP("MILLRACE_SHARED is not set: the published instances were not read");
        const std::string path = std::string(shared) + "/instances/" + file.toStdString();
        const auto problem = parseProblem(readFile(path).value(), path);
        QVERIFY2(problem, problem ? "" : problem.error().message.c_str());
        QVERIFY(parseProblem(writeProblem(*problem), path).value() == *problem);
    }
};

QTEST_APPLESS_MAIN(TestProblemFile)
#include "tst_problem_file.moc"
