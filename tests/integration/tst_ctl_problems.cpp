// SPDX-License-Identifier: GPL-3.0-or-later
// The command line itself, and the commands that need no model.
#include "Ctl.h"

#include <QFile>
#include <QJsonArray>
#include <QTest>

#include <cmath>

namespace millrace::test
{
namespace
{

/// Three layers in a chain, two devices; the best plan puts a cut after layer 1.
QByteArray problem()
{
    return R"({"format": "millrace-problem/1", "overlap": true,
 "layers": [
  {"name": "a", "weight_bytes": 100, "activation_bytes": 10, "seconds": {"x": 1, "y": 2}},
  {"name": "b", "weight_bytes": 100, "activation_bytes": 10, "seconds": {"x": 1, "y": 2}},
  {"name": "c", "weight_bytes": 100, "activation_bytes": 10, "seconds": {"x": 4, "y": 2}}],
 "tensors": [
  {"bytes": 50, "producer": null, "consumers": [0]},
  {"bytes": 500, "producer": 0, "consumers": [1]},
  {"bytes": 100, "producer": 1, "consumers": [2]},
  {"bytes": 8, "producer": 2, "consumers": [], "output": true}],
 "devices": [
  {"name": "d-x", "class": "x", "memory_bytes": 1000, "enabled": true},
  {"name": "d-y", "class": "y", "memory_bytes": 250, "enabled": true}],
 "bandwidth_bps": [[0, 800], [800, 0]],
 "source": null, "sink": null,
 "stages": {"min": 1, "max": 2}, "pins": []})";
}

} // namespace

class TestCtlProblems : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_ctl.emplace();
        m_ctl->write(QStringLiteral("problem.json"), problem());
    }

    void helpAndVersion_data()
    {
        QTest::addColumn<QString>("arguments");
        QTest::addColumn<QString>("says");
        QTest::newRow("help") << QStringLiteral("--help") << QStringLiteral("inspect");
        QTest::newRow("help of a command")
            << QStringLiteral("plan --help") << QStringLiteral("--time-limit");
        QTest::newRow("version") << QStringLiteral("--version") << QStringLiteral("0.");
    }
    void helpAndVersion()
    {
        QFETCH(QString, arguments);
        QFETCH(QString, says);
        const Outcome outcome = run(arguments);
        QVERIFY2(outcome.code == 0, outcome.all());
        QVERIFY2(outcome.out.contains(says.toUtf8()), outcome.all());
        QVERIFY(outcome.err.isEmpty());
    }

    void helpFitsTheTerminal_data()
    {
        QTest::addColumn<QString>("command");
        QTest::newRow("program") << QString();
        for (const char* command :
             {"inspect", "plan", "solve", "check", "split", "run", "reference", "experiment"})
            QTest::newRow(command) << QString::fromLatin1(command);
    }
    void helpFitsTheTerminal()
    {
        QFETCH(QString, command);
        const Outcome outcome = run(command + QStringLiteral(" --help"));
        QVERIFY2(outcome.code == 0 && outcome.err.isEmpty(), outcome.all());
        QVERIFY2(outcome.out.startsWith("Usage: millracectl "), outcome.all());
        for (const QByteArray& line : outcome.out.split('\n'))
            QVERIFY2(line.size() <= 80, line.constData());
        QVERIFY2(command.isEmpty() || outcome.out.contains("--json"), outcome.all());
        QCOMPARE(outcome.out.contains("Exit codes:"), command.isEmpty());
    }

    void refusesUsage_data()
    {
        QTest::addColumn<QString>("arguments");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* arguments, const char* says) {
            QTest::newRow(arguments) << QString::fromLatin1(arguments) << QString::fromLatin1(says);
        };
        row("", "a command is needed; see millracectl --help");
        row("fly", "there is no command \"fly\"; see millracectl --help");
        row("slove problem.json", "there is no command \"slove\"; did you mean solve? See ");
        row("--fast", "there is no option --fast; see millracectl --help");
        row("--json solve problem.json",
            "--json comes after the command: millracectl solve --json");
        row("solve problem.json more", "\"more\" is one argument too many");
        row("solve problem.json --stage 2",
            "there is no option --stage; did you mean --stages? See millracectl solve --help");
        row("solve --gapp=1", "there is no option --gapp; did you mean --gap?");
        row("solve problem.json --stages", "--stages needs a value");
        row("solve", "PROBLEM is required");
        row("solve problem.json --fast", "--fast");
        row("solve problem.json --algorithm paths", "what there is: exact, kpath, greedy, random");
        row("experiment", "NAME is required");
        row("experiment papers", "there is no experiment \"papers\"; what there is: paper");
        row("experiment paper --trials 0", "\"0\" is not a whole number of 1 or more");
        row("solve problem.json --stages 0", "\"0\" is not a whole number of 1 or more");
        row("solve problem.json --stages 2.5", "--stages");
        row("solve problem.json --stages 2 --max-stages 2", "excludes");
        row("solve problem.json --time-limit nan", "\"nan\" is not a number of 0 or more");
        row("solve problem.json --gap -1", "--gap");
        row("solve problem.json --seed -1", "\"-1\" is not");
        row("solve problem.json --seed 99999999999999999999", "--seed");
        row("solve problem.json --sensitivity --algorithm kpath",
            "--sensitivity compares proven plans and needs --algorithm exact");
        row("check problem.json", "the plan is missing");
        row("check a b c d", "d");
        row("reference vgg16 -o x.onnx", "there is no reference model \"vgg16\"; what there is: ");
        row("reference resnet50", "--output is required");
        row("inspect x.onnx --dim N", "\"N\" is not NAME=N");
        row("inspect x.onnx --dim N=0", "\"N=0\" is not NAME=N");
        row("inspect x.onnx --dim N=1 --dim N=2", "\"N\" is given twice");
        row("run x.onnx", "the inputs are missing");
        row("run x.onnx --input x.npy", "\"x.npy\" is not NAME=FILE.npy");
        row("run x.onnx y.onnx --random", "one DIR or MODEL is needed");
        row("run . --random --dim N=1", "bound already");
    }
    void refusesUsage()
    {
        QFETCH(QString, arguments);
        QFETCH(QString, says);
        const Outcome outcome = run(arguments);
        QVERIFY2(outcome.code == 2 && outcome.hasOneErrorLine(), outcome.all());
        QVERIFY2(outcome.err.contains(says.toUtf8()), outcome.all());
        QVERIFY2(outcome.out.isEmpty(), outcome.all());
    }

    void solvesAndChecks()
    {
        const Outcome solved = run(QStringLiteral("solve problem.json -o plan.json --json"));
        QVERIFY2(solved.code == 0 && solved.err.isEmpty(), solved.all());
        const QJsonObject plan = solved.object();
        QCOMPARE(plan[QStringLiteral("format")].toString(), QStringLiteral("millrace-plan/1"));
        QCOMPARE(plan[QStringLiteral("status")].toString(), QStringLiteral("optimal"));
        QCOMPARE(plan[QStringLiteral("bottleneck_s")].toDouble(), 2.0);
        QCOMPARE(plan[QStringLiteral("stages")].toArray().size(), 2);
        QVERIFY(plan[QStringLiteral("model")].isNull());
        QCOMPARE(m_ctl->read(QStringLiteral("plan.json")), solved.out);

        const Outcome checked = run(QStringLiteral("check problem.json plan.json --json"));
        QVERIFY2(checked.code == 0 && checked.err.isEmpty(), checked.all());
        QCOMPARE(checked.object()[QStringLiteral("ok")].toBool(), true);
    }

    void solvesAsPublished_data()
    {
        QTest::addColumn<QString>("algorithm");
        for (const char* algorithm : {"kpath", "greedy", "random"})
            QTest::newRow(algorithm) << QString::fromLatin1(algorithm);
    }
    void solvesAsPublished()
    {
        QFETCH(QString, algorithm);
        const QString command =
            QStringLiteral("solve problem.json -o plan.json --json --seed 3 --algorithm ");
        const Outcome solved = run(command + algorithm);
        QVERIFY2(solved.code == 0 && solved.err.isEmpty(), solved.all());
        const QJsonObject plan = solved.object();
        QCOMPARE(plan[QStringLiteral("status")].toString(), QStringLiteral("feasible"));
        QCOMPARE(plan[QStringLiteral("solver")][QStringLiteral("algorithm")].toString(), algorithm);
        QCOMPARE(plan[QStringLiteral("lower_bound_s")].toDouble(), 0.0);
        QVERIFY2(solved.out.contains("memory of the smallest, 250 B of d-y"), solved.all());
        QVERIFY(plan[QStringLiteral("bottleneck_s")].toDouble() >= 2.0);
        QCOMPARE(run(QStringLiteral("check problem.json plan.json")).code, 0);

        const Outcome none = run(command + algorithm + QStringLiteral(" --max-stages 1"));
        QVERIFY2(none.code == 4 && none.hasOneErrorLine(), none.all());
        QVERIFY2(none.err.contains(QByteArray("limit of the " + algorithm.toUtf8())), none.all());
    }

    void runsThePublishedExperiment()
    {
        const Outcome outcome =
            run(QStringLiteral("experiment paper --trials 2 --seed 4 --csv cells.csv --json"));
        QVERIFY2(outcome.code == 0, outcome.all());
        const QJsonArray cells = outcome.object()[QStringLiteral("cells")].toArray();
        QCOMPARE(cells.size(), 4 * 4 * 5 * 2);
        QCOMPARE(m_ctl->read(QStringLiteral("cells.csv")).count('\n'), cells.size() + 1);
        int infeasible = 0;
        int means = 0;
        for (const QJsonValue& cell : cells) {
            QCOMPARE(cell.toObject().keys(),
                     (QStringList{QStringLiteral("arithmetic"), QStringLiteral("cap_mb"),
                                  QStringLiteral("infeasible"), QStringLiteral("mean_s"),
                                  QStringLiteral("model"), QStringLiteral("nodes"),
                                  QStringLiteral("one_node"), QStringLiteral("trials")}));
            QCOMPARE(cell[QStringLiteral("trials")].toInt(), 2);
            const QJsonValue mean = cell[QStringLiteral("mean_s")];
            QCOMPARE(mean.toObject().keys(),
                     (QStringList{QStringLiteral("exact"), QStringLiteral("greedy"),
                                  QStringLiteral("kpath"), QStringLiteral("random")}));
            const bool apart = cell[QStringLiteral("infeasible")].toInt() > 0 ||
                               cell[QStringLiteral("one_node")].toInt() > 0;
            QCOMPARE(mean[QStringLiteral("exact")].isNull(), apart);
            infeasible += cell[QStringLiteral("infeasible")].toInt();
            means += apart ? 0 : 1;
        }
        QCOMPARE(infeasible, 2); // InceptionResNetV2, 64 MiB, 5 nodes, published arithmetic
        QVERIFY(means > 50);
    }

    void reportsForPeople()
    {
        const Outcome solved = run(QStringLiteral("solve problem.json -o plan.json"));
        QVERIFY2(solved.code == 0 && solved.err.isEmpty(), solved.all());
        for (const char* words : {"Proven optimal", "0.5 inferences/s", "<- bottleneck",
                                  "2: a .. b", "d-x > d-y", "plan.json"})
            QVERIFY2(solved.out.contains(words), QByteArray(words + solved.all()));
        const Outcome checked = run(QStringLiteral("check problem.json plan.json"));
        QVERIFY2(checked.out.contains("every figure is right"), checked.all());
    }

    void optionsOverrideTheProblem_data()
    {
        QTest::addColumn<QString>("options");
        QTest::addColumn<double>("bottleneck");
        QTest::addColumn<int>("stages");
        QTest::newRow("one stage") << QStringLiteral("--stages 1") << 6.0 << 1;
        QTest::newRow("at most one") << QStringLiteral("--max-stages 1") << 6.0 << 1;
        QTest::newRow("no overlap") << QStringLiteral("--no-overlap") << 3.0 << 2;
        QTest::newRow("warm start") << QStringLiteral("--warm-start warm.json") << 2.0 << 2;
    }
    void optionsOverrideTheProblem()
    {
        QFETCH(QString, options);
        QFETCH(double, bottleneck);
        QFETCH(int, stages);
        const Outcome warm = run(QStringLiteral("solve problem.json --stages 1 -o warm.json"));
        QVERIFY2(warm.code == 0, warm.all());
        const Outcome solved = run(QStringLiteral("solve problem.json --json ") + options);
        QVERIFY2(solved.code == 0, solved.all());
        QCOMPARE(solved.object()[QStringLiteral("bottleneck_s")].toDouble(), bottleneck);
        QCOMPARE(solved.object()[QStringLiteral("stages")].toArray().size(), stages);
    }

    void saysWhatResourcesAreWorth()
    {
        const Outcome solved =
            run(QStringLiteral("solve problem.json --sensitivity -o plan.json --json"));
        QVERIFY2(solved.code == 0, solved.all());
        const QJsonArray findings = solved.object()[QStringLiteral("sensitivity")].toArray();
        QCOMPARE(findings.size(), 2 * 7 + 2 * 3);
        QJsonObject gone, faster;
        for (const QJsonValue& value : findings) {
            const QJsonObject finding = value.toObject();
            const QString status = finding[QStringLiteral("status")].toString();
            QVERIFY(status == QLatin1String("optimal") || status == QLatin1String("infeasible"));
            const QString change = finding[QStringLiteral("change")].toString();
            if (finding[QStringLiteral("device")] == QLatin1String("d-y")) {
                if (change == QLatin1String("gone"))
                    gone = finding;
                if (change == QLatin1String("speed") &&
                    finding[QStringLiteral("factor")].toDouble() == 2)
                    faster = finding;
            }
        }
        // "d-x" alone takes 6 s instead of 2; "d-y" twice as fast leaves "d-x" with its 2 s.
        QCOMPARE(gone[QStringLiteral("bottleneck_s")].toDouble(), 6.0);
        QVERIFY(std::abs(gone[QStringLiteral("gain")].toDouble() + 2.0 / 3) < 1e-9);
        QCOMPARE(faster[QStringLiteral("gain")].toDouble(), 0.0);
        // The plan file is the plan alone; the whole report passes for a plan as well.
        QVERIFY(!m_ctl->read(QStringLiteral("plan.json")).contains("sensitivity"));
        m_ctl->write(QStringLiteral("report.json"), solved.out);
        for (const char* file : {"plan.json", "report.json"})
            QCOMPARE(run(QStringLiteral("check problem.json ") + QLatin1String(file)).code, 0);
    }

    void saysWhatResourcesAreWorthToPeople()
    {
        const Outcome solved = run(QStringLiteral("solve problem.json --sensitivity"));
        QVERIFY2(solved.code == 0, solved.all());
        for (const char* words :
             {"Proven optimal", "What one change would bring", "without", "-66.7 %", "0.167",
              "more bandwidth brings nothing for d-x > d-y, d-y > d-x: the bottleneck stays"})
            QVERIFY2(solved.out.contains(words), QByteArray(words + solved.all()));
    }

    void saysWhatWouldMakeItFeasible()
    {
        const Outcome solved =
            run(QStringLiteral("solve problem.json --stages 1 --sensitivity --json"));
        QVERIFY2(solved.code == 0, solved.all());
        m_ctl->write(QStringLiteral("problem.json"),
                     problem().replace("\"memory_bytes\": 1000", "\"memory_bytes\": 250"));
        const Outcome none = run(QStringLiteral("solve problem.json --stages 1 --sensitivity"));
        QVERIFY2(none.code == 4 && none.hasOneErrorLine(), none.all());
        QVERIFY2(none.out.contains("more memory  d-x    +64 B    feasible         0.167"),
                 none.all());
        QVERIFY2(
            none.out.contains("more speed brings nothing for d-x, d-y: there is still no plan"),
            none.all());
        QVERIFY2(!none.out.contains("losing"), none.all());
    }

    void saysWhyNothingFits()
    {
        const Outcome solved = run(QStringLiteral("solve problem.json --stages 3 -o plan.json "
                                                  "--json"));
        QVERIFY2(solved.code == 4 && solved.hasOneErrorLine(), solved.all());
        QVERIFY2(solved.err.startsWith("error: no feasible plan: "), solved.all());
        const QJsonObject plan = solved.object();
        QCOMPARE(plan[QStringLiteral("status")].toString(), QStringLiteral("infeasible"));
        QVERIFY(!plan[QStringLiteral("why_infeasible")].toArray().isEmpty());
        QVERIFY(plan[QStringLiteral("bottleneck_s")].isNull());
        QCOMPARE(m_ctl->read(QStringLiteral("plan.json")), solved.out);

        // For people: why, once, and that the plan file holds no plan.
        const Outcome said = run(QStringLiteral("solve problem.json --stages 3 -o plan.json"));
        QVERIFY2(said.code == 4 && said.hasOneErrorLine(), said.all());
        QCOMPARE(said.out, QByteArray("The plan file without stages is plan.json.\n"));
        QCOMPARE(run(QStringLiteral("check problem.json plan.json")).code, 3);
        const Outcome checked = run(QStringLiteral("check problem.json plan.json --stages 3"));
        QVERIFY2(checked.code == 0, checked.all());
    }

    void checksPlansWithoutOverlap()
    {
        const Outcome solved = run(QStringLiteral("solve problem.json --no-overlap -o plan.json"));
        QVERIFY2(solved.out.contains(": receiving, computing and sending\n"), solved.all());
        const Outcome checked = run(QStringLiteral("check problem.json plan.json"));
        QVERIFY2(checked.code == 0, checked.all());
    }

    void timeLimitWithoutAPlan()
    {
        const Outcome solved = run(QStringLiteral("solve problem.json --time-limit 0 --json"));
        if (solved.object()[QStringLiteral("stages")].toArray().isEmpty())
            QVERIFY2(solved.code == 6 && solved.hasOneErrorLine(), solved.all());
        else
            QVERIFY2(solved.code == 0, solved.all());
    }

    void checkCatchesAlteredPlans_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("says");
        QTest::newRow("memory") << QStringLiteral("\"memory_bytes\": 210")
                                << QStringLiteral("\"memory_bytes\": 209")
                                << QStringLiteral("memory_bytes");
        QTest::newRow("compute") << QStringLiteral("\"compute_s\": 2.0")
                                 << QStringLiteral("\"compute_s\": 1.5")
                                 << QStringLiteral("compute_s");
        QTest::newRow("throughput")
            << QStringLiteral("\"throughput_per_s\": 0.5")
            << QStringLiteral("\"throughput_per_s\": 0.6") << QStringLiteral("throughput_per_s");
        QTest::newRow("device") << QStringLiteral("\"device\": \"d-x\"")
                                << QStringLiteral("\"device\": \"d-z\"") << QStringLiteral("d-z");
        QTest::newRow("status") << QStringLiteral("optimal") << QStringLiteral("splendid")
                                << QStringLiteral("status");
    }
    void checkCatchesAlteredPlans()
    {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, says);
        QCOMPARE(run(QStringLiteral("solve problem.json -o plan.json")).code, 0);
        const QByteArray right = m_ctl->read(QStringLiteral("plan.json"));
        QByteArray wrong = right;
        wrong.replace(from.toUtf8(), to.toUtf8());
        QVERIFY2(wrong != right, right);
        m_ctl->write(QStringLiteral("plan.json"), wrong);
        const Outcome checked = run(QStringLiteral("check problem.json plan.json"));
        QVERIFY2(checked.code == 3 && checked.hasOneErrorLine(), checked.all());
        QVERIFY2(checked.err.contains("plan.json") && checked.err.contains(says.toUtf8()),
                 checked.all());
    }

    void refusesBadProblems_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char* name, const char* from, const char* to, const char* says) {
            QTest::newRow(name) << QByteArray(from) << QByteArray(to) << QByteArray(says);
        };
        row("not JSON", "{\"format\"", "]", "problem.json");
        row("another format", "millrace-problem/1", "millrace-problem/9", "format");
        row("typo", "\"overlap\"", "\"overlapp\"", "overlapp");
        row("unknown layer in a pin", "\"pins\": []", "\"pins\": [{\"layer\": 7, \"device\": 0}]",
            "pins");
        row("a cycle", "\"producer\": 0, \"consumers\": [1]", "\"producer\": 2, \"consumers\": [1]",
            "topological order");
        row("an oblong matrix", "[800, 0]]", "[800, 0], [1, 2]]", "bandwidth_bps");
        row("a negative size", "\"bytes\": 500", "\"bytes\": -1", "tensors[1].bytes");
    }
    void refusesBadProblems()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QByteArray, says);
        QVERIFY(problem().contains(from));
        m_ctl->write(QStringLiteral("problem.json"), problem().replace(from, to));
        const Outcome solved = run(QStringLiteral("solve problem.json --json"));
        QVERIFY2(solved.code == 3 && solved.hasOneErrorLine(), solved.all());
        QVERIFY2(solved.err.contains("problem.json") && solved.err.contains(says), solved.all());
        QVERIFY2(solved.out.isEmpty(), solved.all());
    }

    void refusesBadFiles_data()
    {
        QTest::addColumn<QString>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const char* arguments, int code, const char* says) {
            QTest::newRow(name) << QString::fromLatin1(arguments) << code
                                << QString::fromLatin1(says);
        };
        row("missing", "solve none.json", 3, "none.json: no such file");
        row("a folder", "solve .", 3, "is a folder");
        row("missing warm start", "solve problem.json --warm-start none.json", 3, "none.json");
        row("no folder for the plan", "solve problem.json -o none/plan.json", 5,
            "none/plan.json: there is no folder none; make it first");
        row("a folder as the plan", "solve problem.json -o .", 5, ".: is a folder");
        row("the plan in place of the problem", "solve problem.json -o ./problem.json", 3,
            "./problem.json: this command reads or writes the file for something else");
        row("a file where a folder is needed", "solve problem.json -o problem.json/plan.json", 5,
            "problem.json/plan.json");
    }
    void refusesBadFiles()
    {
        QFETCH(QString, arguments);
        QFETCH(int, code);
        QFETCH(QString, says);
        const Outcome outcome = run(arguments);
        QVERIFY2(outcome.code == code && outcome.hasOneErrorLine(), outcome.all());
        QVERIFY2(outcome.err.contains(says.toUtf8()), outcome.all());
        QCOMPARE(m_ctl->read(QStringLiteral("problem.json")), problem());
    }

    void fullDiskIsReported()
    {
        if (!QFile::exists(QStringLiteral("/dev/full")))
            QSKIP("there is no /dev/full: writing to a full disk is NOT tested");
        const Outcome outcome = m_ctl->into(
            QStringLiteral("/dev/full"), {QStringLiteral("solve"), QStringLiteral("problem.json")});
        QVERIFY2(outcome.code == 5 && outcome.hasOneErrorLine(), outcome.all());
        QVERIFY2(outcome.err.contains("standard output"), outcome.all());
    }

private:
    [[nodiscard]] Outcome run(const QString& arguments) const
    {
        return (*m_ctl)(arguments.split(QLatin1Char(' '), Qt::SkipEmptyParts));
    }
    std::optional<Ctl> m_ctl;
};

} // namespace millrace::test

QTEST_GUILESS_MAIN(millrace::test::TestCtlProblems)
#include "tst_ctl_problems.moc"
