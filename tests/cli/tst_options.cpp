// SPDX-License-Identifier: GPL-3.0-or-later
// What the command line may say: Options, PlanOptions, SshOptions, ImageOptions, Help.
#include "Said.h"
#include "base/File.h"
#include "ctl/Help.h"
#include "ctl/ImageOptions.h"
#include "ctl/Options.h"
#include "ctl/PlanOptions.h"
#include "ctl/SshOptions.h"

#include <QTest>

using namespace millrace;
using namespace millrace::ctl;

namespace
{

/// Parses these words with the options that `add` adds; what is wrong with them, if anything.
std::string mistake(const std::function<void(CLI::App&)>& add, std::vector<std::string> words)
{
    CLI::App app("test", "test");
    add(app);
    std::reverse(words.begin(), words.end());
    try {
        app.parse(words);
    } catch (const CLI::ParseError& error) {
        return std::string("! ") + error.what();
    }
    return {};
}

class OptionsTest : public QObject
{
    Q_OBJECT
private slots:
    void wholeNumbersAreStrict()
    {
        std::int64_t value = 0;
        const auto add = [&value](CLI::App& app) {
            addInteger(
                app, "--count", 1, 10, [&value](std::int64_t v) { value = v; }, "How many");
        };
        QCOMPARE(mistake(add, {"--count", "10"}), std::string());
        QCOMPARE(value, 10);
        for (const char* wrong :
             {"0", "11", "1e1", "0x2", "-1", "2 ", "", "2.0", "99999999999999999999"})
            QVERIFY2(!mistake(add, {"--count", wrong}).empty(), wrong);
        QCOMPARE(value, 10);
    }

    void numbersAreFiniteAndNotNegative()
    {
        double value = 0;
        const auto add = [&value](CLI::App& app) {
            addNumber(
                app, "--gap", [&value](double v) { value = v; }, "How near");
        };
        QCOMPARE(mistake(add, {"--gap", "5e-2"}), std::string());
        QCOMPARE(value, 0.05);
        for (const char* wrong : {"-1", "inf", "nan", "1,5", "x", "1e999"})
            QVERIFY2(mistake(add, {"--gap", wrong}).find("is not a number of 0 or more") !=
                         std::string::npos,
                     wrong);
    }

    void dimsAreNamedOnce()
    {
        Dims dims;
        const auto add = [&dims](CLI::App& app) { addDims(app, dims); };
        QCOMPARE(mistake(add, {"--dim", "batch=2", "--dim", "a=b=3"}), std::string());
        QVERIFY(dims == (Dims{{"batch", 2}, {"a=b", 3}}));
        dims.clear();
        for (const char* wrong : {"batch", "batch=", "batch=0", "=2", "batch=x"})
            QVERIFY2(!mistake(add, {"--dim", wrong}).empty(), wrong);
        dims.clear();
        QVERIFY(mistake(add, {"--dim", "n=1", "--dim", "n=2"}).find("given twice") !=
                std::string::npos);
    }

    void timesComeFromThreePlaces()
    {
        std::optional<deploy::TimesRequest> times;
        const auto add = [&times](CLI::App& app) { addProfile(app, times, "Times"); };
        QCOMPARE(mistake(add, {"--profile", "measure"}), std::string());
        QVERIFY(std::holds_alternative<deploy::MeasuredTimes>(*times));
        QCOMPARE(mistake(add, {"--profile", "estimate"}), std::string());
        QVERIFY(std::holds_alternative<deploy::EstimatedTimes>(*times));
        QCOMPARE(mistake(add, {"--profile", "p.json"}), std::string());
        QVERIFY(std::holds_alternative<deploy::ProfileFile>(*times));
    }

    void searchOptionsAreThoseThatWereAdded()
    {
        SearchArguments search;
        std::vector<CLI::Option*> added;
        const auto add = [&](CLI::App& app) { added = addSearchOptions(app, search); };
        QCOMPARE(mistake(add, {"--algorithm", "kpath", "--max-stages", "3", "--gap", "0.1",
                               "--time-limit", "2", "--step-limit", "0", "--seed", "5",
                               "--warm-start", "p.json", "--no-overlap"}),
                 std::string());
        QCOMPARE(added.size(), 9U); // --help is not among them
        QVERIFY(search.options.algorithm == experiment::Algorithm::KPath);
        QCOMPARE(search.options.gap, 0.1);
        QCOMPARE(search.options.timeLimit.value, 2.0);
        QCOMPARE(search.options.stepLimit, 0);
        QCOMPARE(search.options.seed, 5U);
        plan::Problem problem;
        applyTo(problem, search.variant);
        QVERIFY(problem.overlap == plan::Overlap::No && problem.stages.max == 3);
        plan::PlanRequest request;
        applyTo(request, search.variant);
        QVERIFY(request.overlap == plan::Overlap::No && request.stages.max == 3);
    }

    void stageCountsLeaveAProblemAloneWhereNoneIsGiven()
    {
        plan::Problem problem;
        problem.stages = {2, 4};
        problem.overlap = plan::Overlap::No;
        const plan::Problem before = problem;
        applyTo(problem, Variant{});
        QVERIFY(problem == before);
        applyTo(problem, Variant{3, {}, false});
        QVERIFY(problem.stages.min == 3 && problem.stages.max == 3);
    }

    void warmStartsAreRead()
    {
        const test::OwnFolder folder;
        SearchArguments search;
        QVERIFY(readWarmStart(search, {}));
        QVERIFY(!search.options.warmStart);
        search.warmStart = "none.json";
        QVERIFY(readWarmStart(search, {}).error().code == ErrorCode::NotFound);
    }

    void outputsThatCannotBeWrittenAreRefusedBeforeLongWork()
    {
        const test::OwnFolder folder;
        QVERIFY(writeFileAtomically("q.json", "{}"));
        SolveArguments arguments;
        arguments.output = "./q.json";
        QVERIFY(prepare(arguments, {}, {"q.json"}).error().code == ErrorCode::InvalidArgument);
        arguments.output = ".";
        QVERIFY(prepare(arguments, {}, {}).error().code == ErrorCode::Io);
        arguments.output = "p.json";
        QVERIFY(prepare(arguments, {}, {"q.json"}));
        arguments.sensitivity = true;
        QVERIFY(!usageMistake(arguments));
        arguments.search.options.algorithm = experiment::Algorithm::Random;
        QVERIFY(usageMistake(arguments)->code == ExitCode::Usage);
    }

    void imagesAreDescribed()
    {
        work::ImageOptions options;
        const auto add = [&options](CLI::App& app) { addImageOptions(app, options); };
        QCOMPARE(mistake(add, {"--mean", "0.5,0.25,1e-1", "--std", "2", "--layout", "nhwc",
                               "--channels", "bgr", "--size", "640x480"}),
                 std::string());
        QVERIFY(options.mean == (std::vector<double>{0.5, 0.25, 0.1}));
        QVERIFY(options.deviation == std::vector<double>{2});
        QVERIFY(options.layout == work::Layout::Nhwc);
        QVERIFY(options.channels == work::ChannelOrder::Bgr);
        QVERIFY(options.size && options.size->width == 640 && options.size->height == 480);
        for (const auto& wrong : {std::pair("--mean", "1,,2"), std::pair("--std", "x"),
                                  std::pair("--layout", "chw"), std::pair("--channels", "RGB"),
                                  std::pair("--size", "640"), std::pair("--size", "0x1"),
                                  std::pair("--size", "20001x1"), std::pair("--size", "1x1x1")})
            QVERIFY2(!mistake(add, {wrong.first, wrong.second}).empty(), wrong.second);
    }

    void hostKeysAreAcceptedOneByOne()
    {
        SshArguments arguments;
        const auto add = [&arguments](CLI::App& app) { addSshOptions(app, arguments); };
        QCOMPARE(mistake(add, {"--accept-host-key", "SHA256:a", "--accept-host-key", "SHA256:b"}),
                 std::string());
        QVERIFY(arguments.acceptedHostKeys == (std::vector<std::string>{"SHA256:a", "SHA256:b"}));
        // After three attempts nobody is asked any more, terminal or not.
        QVERIFY(!ConsoleCredentials().passphrase("key", 4));
        QVERIFY(!ConsoleCredentials().password("pi@a", 4));
    }

    void helpKeepsTo80Columns()
    {
        const Report program = test::said("--help");
        for (const char* part : {"millracectl", "deploy", "Exit codes:", "A first plan:"})
            QVERIFY2(program.text.find(part) != std::string::npos, part);
        for (const char* command :
             {"inspect", "plan", "solve", "check", "split", "run", "reference", "demo", "probe",
              "deploy", "status", "bench", "infer", "rollback", "undeploy", "experiment"}) {
            const Report help = test::said(std::string(command) + " --help");
            QVERIFY2(help.code == ExitCode::Success, test::all(help).c_str());
            QVERIFY2(help.text.find("--json") != std::string::npos, command);
            std::istringstream lines(help.text);
            for (std::string line; std::getline(lines, line);)
                QVERIFY2(line.size() <= 80, line.c_str());
        }
    }

    void mistakesSayWhatWasMeant()
    {
        for (const auto& [line, meant] :
             {std::pair("inspekt", "inspect"), std::pair("plan a b --stage 2", "--stages"),
              std::pair("deploy a b --lokal", "--local")}) {
            const Report report = test::said(line);
            QVERIFY(report.code == ExitCode::Usage);
            QVERIFY2(report.error.find(meant) != std::string::npos, report.error.c_str());
        }
        QVERIFY(test::said("").code == ExitCode::Usage);
        QVERIFY(test::said("--version").text.starts_with("0."));
    }
};

} // namespace

QTEST_GUILESS_MAIN(OptionsTest)
#include "tst_options.moc"
