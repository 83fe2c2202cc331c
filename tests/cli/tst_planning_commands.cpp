// SPDX-License-Identifier: GPL-3.0-or-later
// inspect, plan, solve, check, split, run, reference and experiment: InspectCommand, PlanCommand,
// SolveCommand, CheckCommand, SplitCommand, RunCommand, ReferenceCommand, ExperimentCommand.
#include "Said.h"
#include "base/File.h"
#include "ctl/report/TraceReport.h"
#include "support/OnnxBuilder.h"

#include <QTest>

#include <cmath>
#include <sstream>

using namespace millrace;
using namespace millrace::ctl;
using test::said;

namespace
{

constexpr const char* kCluster = R"(millrace: cluster/1
devices:
  - {name: gate, stages: false}
  - {name: a, memory: 1 GiB, speed: 0.01}
  - {name: b, memory: 1 GiB, speed: 0.01}
links:
  default: {bandwidth: 1 Gbit/s, delay: 1 ms}
gateway: {device: gate}
)";

Json json(const Report& report)
{
    return Json::parse(report.json, nullptr, false);
}

/// A model, a cluster, a plan of two stages and its problem, as files.
struct Files {
    Files()
    {
        test::OnnxBuilder builder;
        builder.input("x", {"batch", 3, 8, 8}).weight("w", {4, 3, 3, 3}).weight("v", {4, 4, 3, 3});
        builder.node("Conv", {"x", "w"}, {"a"}).node("Relu", {"a"}, {"b"});
        builder.node("Conv", {"b", "v"}, {"c"}).node("Relu", {"c"}, {"y"});
        builder.output("y").save("m.onnx");
        static_cast<void>(writeFileAtomically("c.yaml", kCluster));
    }
    [[nodiscard]] static Report plan(const std::string& more = {})
    {
        return said("plan m.onnx c.yaml --dim batch=2 --profile estimate --stages 2 -o p.json "
                    "--problem q.json " +
                    more);
    }
    test::OwnFolder folder;
};

class PlanningCommands : public QObject
{
    Q_OBJECT
private slots:
    void inspect()
    {
        const Files files;
        const Report report = said("inspect m.onnx --dim batch=2");
        QVERIFY2(report.code == ExitCode::Success, test::all(report).c_str());
        QCOMPARE(json(report)["totals"]["layers"].get<int>(), 4);
        QCOMPARE(json(report)["dims"]["batch"].get<int>(), 2);
        EXPECT_FAILURE(said("inspect m.onnx"), ExitCode::BadInput, "--dim batch=N");
        EXPECT_FAILURE(said("inspect none.onnx"), ExitCode::BadInput, "none.onnx");
        EXPECT_FAILURE(said("inspect"), ExitCode::Usage, "MODEL");
    }

    void plan()
    {
        const Files files;
        const Report report = files.plan();
        QVERIFY2(report.code == ExitCode::Success, test::all(report).c_str());
        QVERIFY(report.text.ends_with("The plan is in p.json.\n"));
        const auto written = readFile("p.json");
        QVERIFY(written && *written == report.json);
        QCOMPARE(json(report)["model"]["dims"]["batch"].get<int>(), 2);
        EXPECT_FAILURE(said("plan m.onnx none.yaml"), ExitCode::BadInput, "none.yaml");
        EXPECT_FAILURE(said("plan m.onnx c.yaml -o m.onnx"), ExitCode::BadInput, "name another");
        EXPECT_FAILURE(said("plan m.onnx c.yaml --dim batch=2 --profile none.json"),
                       ExitCode::BadInput, "none.json");
        EXPECT_FAILURE(files.plan("--sensitivity --algorithm greedy"), ExitCode::Usage,
                       "--sensitivity");
        EXPECT_FAILURE(said("plan m.onnx c.yaml --dim batch=2 --profile estimate --stages 9"),
                       ExitCode::NoFeasiblePlan, "no feasible plan");
    }

    void planWithSensitivity()
    {
        const Files files;
        const Report report = files.plan("--sensitivity");
        QVERIFY2(report.code == ExitCode::Success, test::all(report).c_str());
        QVERIFY(json(report)["sensitivity"].is_array());
        const auto written = readFile("p.json"); // a plan file says nothing of it
        QVERIFY(written && written->find("sensitivity") == std::string::npos);
    }

    void solve()
    {
        const Files files;
        QVERIFY(files.plan().code == ExitCode::Success);
        const Report report = said("solve q.json -o s.json --warm-start p.json");
        QVERIFY2(report.code == ExitCode::Success, test::all(report).c_str());
        QCOMPARE(json(report)["stages"].size(), 2U); // the problem's own limits
        EXPECT_FAILURE(said("solve q.json -o q.json"), ExitCode::BadInput, "name another");
        EXPECT_FAILURE(said("solve p.json"), ExitCode::BadInput, "p.json");
        EXPECT_FAILURE(said("solve q.json --algorithm best"), ExitCode::Usage,
                       "exact, kpath, greedy, random");
        EXPECT_FAILURE(said("solve q.json --stages 1 --max-stages 2"), ExitCode::Usage,
                       "--max-stages");
    }

    // Every line is one question; the last bound and plan are those of the answer.
    void solveTellsItsTrace()
    {
        const Files files;
        QVERIFY(files.plan().code == ExitCode::Success);
        const Report report = said("solve q.json --trace t.jsonl");
        QVERIFY2(report.code == ExitCode::Success, test::all(report).c_str());
        const auto trace = readFile("t.jsonl");
        QVERIFY(trace && trace->ends_with("}\n"));
        std::istringstream lines(*trace);
        std::vector<Json> events;
        for (std::string line; std::getline(lines, line);)
            events.push_back(Json::parse(line, nullptr, false));
        QVERIFY(!events.empty());
        for (const Json& event : events)
            QCOMPARE(event.size(), 7U);
        const auto isNear = [](const Json& a, const Json& b) {
            return std::abs(a.get<double>() - b.get<double>()) <= 1e-8 * b.get<double>();
        };
        QVERIFY(isNear(events.back()["lower_bound_s"], json(report)["lower_bound_s"]));
        QVERIFY(isNear(events.back()["incumbent_s"], json(report)["bottleneck_s"]));
        EXPECT_FAILURE(said("solve q.json --trace q.json"), ExitCode::BadInput, "name another");
        EXPECT_FAILURE(said("solve q.json -o s.json --trace s.json"), ExitCode::BadInput,
                       "name another");
        EXPECT_FAILURE(said("solve q.json --trace t.jsonl --algorithm kpath"), ExitCode::Usage,
                       "--trace");
    }

    void traceWithoutAPlanSoFar()
    {
        plan::TraceEvent event;
        event.phase = plan::Phase::Halve;
        event.source = plan::Source::Labels;
        event.verdict = plan::Verdict::Refuted;
        event.threshold = {0.5};
        event.steps = 3;
        QCOMPARE(traceLine(event),
                 std::string(R"({"phase":"halve","source":"labels","verdict":"refuted",)"
                             R"("threshold_s":0.5,"lower_bound_s":0.0,"incumbent_s":null,)"
                             R"("steps":3})"
                             "\n"));
    }

    void check()
    {
        const Files files;
        QVERIFY(files.plan().code == ExitCode::Success);
        for (const char* line : {"check q.json p.json", "check m.onnx c.yaml p.json"}) {
            const Report report = said(line);
            QVERIFY2(report.code == ExitCode::Success, test::all(report).c_str());
            QVERIFY(json(report)["ok"].get<bool>());
        }
        Json plan = Json::parse(readFile("p.json").value());
        plan["stages"][0]["memory_bytes"] = 1;
        QVERIFY(writeFileAtomically("wrong.json", plan.dump()));
        EXPECT_FAILURE(said("check q.json wrong.json"), ExitCode::BadInput,
                       "the plan is not right");
        QVERIFY(said("solve q.json -o s.json").code == ExitCode::Success);
        EXPECT_FAILURE(said("check m.onnx c.yaml s.json"), ExitCode::BadInput,
                       "the plan names no model");
    }

    void splitAndRun()
    {
        const Files files;
        QVERIFY(files.plan().code == ExitCode::Success);
        const Report split = said("split m.onnx p.json -o parts"); // the plan brings its dims
        QVERIFY2(split.code == ExitCode::Success, test::all(split).c_str());
        const Report parts = said("run parts --random --seed 4 -o one");
        QVERIFY2(parts.code == ExitCode::Success, test::all(parts).c_str());
        const Report whole = said("run m.onnx --dim batch=2 --random --seed 4 -o two");
        QVERIFY2(whole.code == ExitCode::Success, test::all(whole).c_str());
        QVERIFY(readFile("one/0.npy").value() == readFile("two/0.npy").value());

        const Report given = said("run m.onnx --dim batch=2 --input x=one/0.npy");
        EXPECT_FAILURE(given, ExitCode::BadInput, "x must be float32 of shape [2, 3, 8, 8]");
        EXPECT_FAILURE(said("run parts"), ExitCode::Usage, "the inputs are missing");
        EXPECT_FAILURE(said("run parts --random --dim batch=2"), ExitCode::Usage, "--dim");
        EXPECT_FAILURE(said("run parts one --random"), ExitCode::Usage, "one DIR or MODEL");
        EXPECT_FAILURE(said("run parts --input z=one/0.npy"), ExitCode::BadInput, "no input \"z\"");
        EXPECT_FAILURE(said("run . --random"), ExitCode::BadInput, "manifest.json");
        QVERIFY(said("solve q.json -o s.json").code == ExitCode::Success);
        EXPECT_FAILURE(said("split m.onnx s.json -o parts"), ExitCode::BadInput,
                       "the plan names no model");
        EXPECT_FAILURE(said("split parts/stage-1.onnx p.json -o parts"), ExitCode::BadInput,
                       "would be replaced");
    }

    void reference()
    {
        const test::OwnFolder folder;
        EXPECT_FAILURE(said("reference alexnet -o a.onnx"), ExitCode::Usage, "resnet50");
        EXPECT_FAILURE(said("reference mobilenetv2"), ExitCode::Usage, "--output");
        const Report report = said("reference mobilenetv2 -o r.onnx --seed 3");
        QVERIFY2(report.code == ExitCode::Success, test::all(report).c_str());
        std::error_code error;
        QCOMPARE(json(report)["bytes"].get<std::uintmax_t>(),
                 std::filesystem::file_size("r.onnx", error));
        EXPECT_FAILURE(said("reference mobilenetv2 -o none/r.onnx"), ExitCode::Failure, "none");
    }

    void experiment()
    {
        const test::OwnFolder folder;
        EXPECT_FAILURE(said("experiment other"), ExitCode::Usage, "what there is: paper");
        EXPECT_FAILURE(said("experiment paper --trials 0"), ExitCode::Usage, "--trials");
        EXPECT_FAILURE(said("experiment paper --csv none/e.csv"), ExitCode::Failure,
                       "there is no folder none");
    }
};

} // namespace

QTEST_GUILESS_MAIN(PlanningCommands)
#include "tst_planning_commands.moc"
