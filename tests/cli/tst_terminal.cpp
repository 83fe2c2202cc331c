// SPDX-License-Identifier: GPL-3.0-or-later
// What reaches the terminal and files: Terminal, ConsoleSteps, Inputs, TensorFiles, Solving.
#include "Said.h"
#include "base/File.h"
#include "ctl/ConsoleSteps.h"
#include "ctl/Inputs.h"
#include "ctl/TensorFiles.h"
#include "ctl/Terminal.h"
#include "ctl/commands/Solving.h"
#include "deploy/SmallRelease.h"

#include <QTest>

#include <fcntl.h>
#include <unistd.h>

using namespace millrace;
using namespace millrace::ctl;

namespace
{

/// Takes what a standard stream is given, until this goes.
class Caught
{
public:
    Caught(int fd, const char* file, int flags) : m_fd(fd), m_before(::dup(fd))
    {
        const int target = ::open(file, flags | O_CLOEXEC, 0600);
        ::dup2(target, fd);
        ::close(target);
    }
    Caught(const Caught&) = delete;
    Caught& operator=(const Caught&) = delete;
    ~Caught()
    {
        ::dup2(m_before, m_fd);
        ::close(m_before);
    }

private:
    int m_fd, m_before;
};
constexpr int kNew = O_WRONLY | O_CREAT | O_TRUNC;

/// What conclude() gives and says.
struct Concluded {
    int code = -1;
    std::string out, err;
};
Concluded concluded(const Result<Report>& outcome, bool json, const char* out = "out")
{
    Concluded concluded;
    {
        const Caught standard(STDOUT_FILENO, out, kNew);
        const Caught error(STDERR_FILENO, "err", kNew);
        concluded.code = conclude(outcome, json);
    }
    concluded.out = std::string(out) == "out" ? readFile("out").value_or("") : "";
    concluded.err = readFile("err").value_or("");
    return concluded;
}

/// Keeps what it is told.
class Told final : public ProgressSink
{
public:
    void progress(std::string_view what, double fraction) override
    {
        lines.push_back(fmt::format("{} {:.2f}", what, fraction));
    }
    std::vector<std::string> lines;
};

class TerminalTest : public QObject
{
    Q_OBJECT
private slots:
    void reportsGoWhereTheyBelong()
    {
        const test::OwnFolder folder;
        const Report report{"{}\n", "text\n", ExitCode::BadInput, "a name\nwith a break"};
        const Concluded text = concluded(report, false);
        QCOMPARE(text.code, 3);
        QCOMPARE(text.out, std::string("text\n"));
        QCOMPARE(text.err, std::string("error: a name with a break\n"));
        QCOMPARE(concluded(report, true).out, std::string("{}\n"));
    }

    void failuresHaveAnExitCodeEach()
    {
        const test::OwnFolder folder;
        for (const auto& [code, exit] :
             {std::pair(ErrorCode::NotFound, 3), std::pair(ErrorCode::Io, 5),
              std::pair(ErrorCode::Network, 5), std::pair(ErrorCode::Cancelled, 6)}) {
            const Concluded failed = concluded(tl::unexpected(Error{code, "why"}), true);
            QCOMPARE(failed.code, exit);
            QCOMPARE(failed.out, std::string());
            QCOMPARE(failed.err, std::string("error: why\n"));
        }
    }

    void aFullDiskIsAFailure()
    {
        const test::OwnFolder folder;
        const Concluded full = concluded(Report{"{}", "text", {}, {}}, false, "/dev/full");
        QCOMPARE(full.code, 5);
        QVERIFY2(full.err.find("cannot write to standard output") != std::string::npos,
                 full.err.c_str());
    }

    void quickWorkSaysNothing()
    {
        const test::OwnFolder folder;
        {
            const Caught error(STDERR_FILENO, "err", kNew);
            ConsoleProgress progress; // no terminal: a line every few seconds
            progress.progress("loading", 0.5);
        }
        QCOMPARE(readFile("err").value_or("none"), std::string());
    }

    void stepsThatRunAreProgress()
    {
        Told told;
        ConsoleSteps steps(told);
        deploy::StepUpdate update;
        update.step = deploy::StepId::Upload;
        update.state = deploy::StepState::Running;
        update.fraction = 0.25;
        steps.step(update);
        update.device = "pi";
        steps.step(update);
        update.state = deploy::StepState::Done;
        steps.step(update);
        QVERIFY(told.lines == (std::vector<std::string>{"upload 0.25", "pi: upload 0.25"}));
    }

    void searchesSayHowFarTheyAre()
    {
        Told told;
        SolveProgress progress(told);
        progress.improved(nullptr, Seconds{0.5});
        const auto release = test::smallRelease("/tmp/releases/small");
        progress.improved(&release.plan, Seconds{0.25});
        QVERIFY(told.lines ==
                (std::vector<std::string>{
                    "planning: best bottleneck none yet, proven not below 500 ms -1.00",
                    "planning: best bottleneck 400 ms, proven not below 250 ms -1.00"}));
    }

    void anInterruptedSearchLeavesAnEarlierPlan()
    {
        const test::OwnFolder folder;
        const auto release = test::smallRelease("/tmp/releases/small");
        NoProgress quiet;
        SolveArguments arguments;
        arguments.output = "p.json";
        work::FoundPlan found;
        found.plan.status = plan::Status::Cancelled;
        QVERIFY(writeFileAtomically("p.json", "earlier"));
        const auto stopped = concludePlan(release.problem, found, arguments, {{}, quiet});
        QVERIFY(stopped && stopped->code == ExitCode::StoppedBeforePlan);
        QCOMPARE(readFile("p.json").value_or(""), std::string("earlier"));
        found.plan = release.plan;
        const auto done = concludePlan(release.problem, found, arguments, {{}, quiet});
        QVERIFY(done && done->code == ExitCode::Success);
        QCOMPARE(readFile("p.json").value_or(""), done->json);
    }

    void whatTheOperatorNamesIsBadInput()
    {
        const test::OwnFolder folder;
        QVERIFY(readInput("none").error().code == ErrorCode::NotFound);
        QVERIFY(readInput(".").error().code == ErrorCode::NotFound);
        QVERIFY(readClusterInput("none").error().code == ErrorCode::NotFound);
        QVERIFY(badInput({ErrorCode::ParseError, "x"}).value().code == ErrorCode::ParseError);
        const auto release = test::smallRelease("/tmp/releases/small");
        QVERIFY(deviceNames(release.cluster) == (std::vector<std::string>{"gate", "a", "b"}));
    }

    void outputsAreNumberedFiles()
    {
        const test::OwnFolder folder;
        const inference::Tensor tensor{graph::DType::UInt8, {2}, std::vector<std::byte>(2)};
        QVERIFY(writeOutputs("a/b", {{"first", tensor}, {"second", tensor}}));
        const auto read = inference::readNpy("a/b/1.npy");
        QVERIFY(read && *read == tensor);
        const Json list = Json::parse(readFile("a/b/outputs.json").value_or(""), nullptr, false);
        QCOMPARE(list[1]["name"].get<std::string>(), std::string("second"));
        QVERIFY(!writeOutputs("a/b/1.npy", {{"first", tensor}}));
    }

    void filesMustFitTheirInput()
    {
        const std::vector<onnx::Port> ports{{"x", graph::DType::Float32, {1, 2}},
                                            {"y", graph::DType::Int64, {}}};
        QCOMPARE(portNames(ports), std::string("x, y"));
        QVERIFY(findPort(ports, "y") == &ports[1] && findPort(ports, "z") == nullptr);
        QVERIFY(checkFits(ports[0], {graph::DType::Float32, {1, 2}, {}}));
        QVERIFY(!checkFits(ports[0], {graph::DType::Float64, {1, 2}, {}}));
        QVERIFY(!checkFits(ports[0], {graph::DType::Float32, {2, 1}, {}}));
    }
};

} // namespace

QTEST_GUILESS_MAIN(TerminalTest)
#include "tst_terminal.moc"
