// SPDX-License-Identifier: GPL-3.0-or-later
// Every command that reads a model, on the smaller reference architecture.
#include "Ctl.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTest>

namespace millrace::test
{
namespace
{

const QByteArray kCluster = R"(millrace: cluster/1
devices:
  - {name: laptop, stages: false}
  - {name: slow, memory: 256 MiB, speed: 0.2}
  - {name: quick, memory: 512 MiB, speed: 0.8}
links:
  default: {bandwidth: 50 Mbit/s, delay: 1 ms}
gateway: {device: laptop}
)";

QString word(const char* text)
{
    return QString::fromLatin1(text);
}

} // namespace

class TestCtlModels : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        m_ctl.emplace();
        const Outcome made = run("reference mobilenetv2 -o m.onnx --seed 5 --json");
        QVERIFY2(made.code == 0 && made.err.isEmpty(), made.all());
        QCOMPARE(made.object()[word("name")].toString(), word("mobilenetv2"));
        QCOMPARE(made.object()[word("bytes")].toDouble(),
                 static_cast<double>(QFile(m_ctl->path(word("m.onnx"))).size()));
        m_ctl->write(word("c.yaml"), kCluster);
        const Outcome planned = run("plan m.onnx c.yaml --profile estimate --stages 2 -o plan.json "
                                    "--problem problem.json --json");
        QVERIFY2(planned.code == 0 && planned.err.isEmpty(), planned.all());
        m_plan = planned.object();
        QCOMPARE(m_ctl->read(word("plan.json")), planned.out);
        const Outcome split = run("split m.onnx plan.json -o parts --json");
        QVERIFY2(split.code == 0 && split.err.isEmpty(), split.all());
        m_manifest = split.object();
    }

    void referenceIsSeeded()
    {
        QVERIFY(run("reference mobilenetv2 -o same.onnx --seed 5").code == 0);
        QVERIFY(run("reference mobilenetv2 -o other.onnx --seed 6").code == 0);
        QCOMPARE(m_ctl->read(word("same.onnx")), m_ctl->read(word("m.onnx")));
        QVERIFY(m_ctl->read(word("other.onnx")) != m_ctl->read(word("m.onnx")));
    }

    void inspects()
    {
        const Outcome outcome = run("inspect m.onnx --json");
        QVERIFY2(outcome.code == 0 && outcome.err.isEmpty(), outcome.all());
        const QJsonObject object = outcome.object();
        const QJsonObject totals = object[word("totals")].toObject();
        QCOMPARE(totals[word("parameters")].toInteger(), qint64{3'538'984});
        const QJsonArray layers = object[word("layers")].toArray();
        QCOMPARE(totals[word("layers")].toInteger(), layers.size());
        QCOMPARE(object[word("cuts")].toArray().size(), layers.size() + 1);
        QCOMPARE(object[word("weights")].toArray().size(), totals[word("weights")].toInteger());
        qint64 bytes = 0;
        for (const QJsonValue& weight : object[word("weights")].toArray())
            bytes += weight[word("bytes")].toInteger();
        QCOMPARE(totals[word("weight_bytes")].toInteger(), bytes);

        const Outcome text = run("inspect m.onnx");
        QVERIFY2(text.out.contains("3538984 parameters"), text.all());
        QVERIFY2(text.out.contains(layers[0].toObject()[word("name")].toString().toUtf8()),
                 text.all());
    }

    void plans()
    {
        QCOMPARE(m_plan[word("status")].toString(), word("optimal"));
        QCOMPARE(m_plan[word("times")].toString(), word("estimated"));
        QCOMPARE(m_plan[word("stages")].toArray().size(), 2);
        QCOMPARE(m_plan[word("hops")].toArray().size(), 3);
        QCOMPARE(m_plan[word("model")][word("sha256")].toString().size(), 64);
        const Outcome text = run("plan m.onnx c.yaml --profile estimate");
        for (const char* words : {"estimated", "<- bottleneck", "laptop > "})
            QVERIFY2(text.out.contains(words), QByteArray(words + text.all()));
    }

    void solvesTheProblemFileToTheSameFigures()
    {
        const Outcome solved = run("solve problem.json --json");
        QVERIFY2(solved.code == 0, solved.all());
        QCOMPARE(solved.object()[word("bottleneck_s")], m_plan[word("bottleneck_s")]);
        QCOMPARE(solved.object()[word("stages")], m_plan[word("stages")]);
    }

    void checks_data()
    {
        QTest::addColumn<QString>("arguments");
        QTest::newRow("against the problem") << word("check problem.json plan.json --json");
        QTest::newRow("against the model") << word("check m.onnx c.yaml plan.json --json");
    }
    void checks()
    {
        QFETCH(QString, arguments);
        const Outcome checked = run(arguments);
        QVERIFY2(checked.code == 0 && checked.err.isEmpty(), checked.all());
        QCOMPARE(checked.object()[word("ok")].toBool(), true);
        QVERIFY(checked.object()[word("differences")].toArray().isEmpty());
    }

    void checksPlansWithoutOverlap()
    {
        QCOMPARE(run("plan m.onnx c.yaml --profile estimate --no-overlap --stages 2 -o serial.json")
                     .code,
                 0);
        const Outcome checked = run("check m.onnx c.yaml serial.json");
        QVERIFY2(checked.code == 0, checked.all());
    }

    void checkSeesAnotherCluster()
    {
        m_ctl->write(word("faster.yaml"), QByteArray(kCluster).replace("50 Mbit/s", "60 Mbit/s"));
        const Outcome checked = run("check m.onnx faster.yaml plan.json --json");
        QVERIFY2(checked.code == 3 && checked.hasOneErrorLine(), checked.all());
        QCOMPARE(checked.object()[word("ok")].toBool(), false);
        QVERIFY(!checked.object()[word("differences")].toArray().isEmpty());
    }

    void splits()
    {
        QCOMPARE(m_manifest[word("format")].toString(), word("millrace-split/1"));
        QCOMPARE(m_manifest[word("stages")].toArray().size(), 2);
        QVERIFY(QFile::exists(m_ctl->path(word("parts/stage-1.onnx"))));
        QVERIFY(QFile::exists(m_ctl->path(word("parts/manifest.json"))));
        // A stage is a model like any other.
        const Outcome stage = run("inspect parts/stage-2.onnx");
        QVERIFY2(stage.code == 0, stage.all());
    }

    void runsFromFilesAndAtRandom()
    {
        const Outcome random = run("run m.onnx --random --seed 3 -o random --json");
        QVERIFY2(random.code == 0 && random.err.isEmpty(), random.all());
        const QJsonArray outputs = random.object()[word("outputs")].toArray();
        QCOMPARE(outputs.size(), 1);
        QCOMPARE(outputs[0][word("index")].toInt(-1), 0);
        QCOMPARE(outputs[0][word("dtype")].toString(), word("float32"));
        QCOMPARE(QJsonDocument::fromJson(m_ctl->read(word("random/outputs.json"))).array(),
                 outputs);

        // The answer, fed back in a place where it does not fit.
        const QString input =
            run("inspect m.onnx --json").object()[word("inputs")].toArray()[0].toString();
        const Outcome wrong =
            (*m_ctl)({word("run"), word("m.onnx"), word("--input"), input + word("=random/0.npy")});
        QVERIFY2(wrong.code == 3 && wrong.hasOneErrorLine(), wrong.all());
        QVERIFY2(wrong.err.contains("of shape"), wrong.all());
    }

    void measuresOnceAndKeepsTheTimes()
    {
        const Outcome first = run("plan m.onnx c.yaml -o measured.json --json");
        QVERIFY2(first.code == 0, first.all());
        QCOMPARE(first.object()[word("times")].toString(), word("measured"));
        const Outcome second = run("plan m.onnx c.yaml --profile measure --json");
        QCOMPARE(second.object()[word("stages")], first.object()[word("stages")]);
        QCOMPARE(second.object()[word("bottleneck_s")], first.object()[word("bottleneck_s")]);
        const Outcome checked = run("check m.onnx c.yaml measured.json");
        QVERIFY2(checked.code == 0, checked.all());

        QDir(m_ctl->path(word("cache"))).removeRecursively();
        const Outcome forgotten = run("check m.onnx c.yaml measured.json");
        QVERIFY2(forgotten.code == 3 && forgotten.hasOneErrorLine(), forgotten.all());
        QVERIFY2(forgotten.err.contains("--profile FILE"), forgotten.all());
    }

    /// A reader that has enough is no failure.
    void closedPipesAreSilent()
    {
        const Outcome inspected = m_ctl->shell(
            word("(millracectl inspect m.onnx --json; echo $? > code) | head -c 1; cat code"));
        QCOMPARE(inspected.out, QByteArray("{0\n"));
        QVERIFY2(inspected.err.isEmpty(), inspected.all());
    }

    /// Without a terminal there are no control sequences, whatever takes long.
    void writesPlainTextWithoutATerminal()
    {
        const Outcome planned = m_ctl->shell(word("TERM=xterm millracectl plan m.onnx c.yaml"));
        QVERIFY2(planned.code == 0 && !planned.all().contains('\033'), planned.all());
    }

    /// ONNX Runtime's own reporting would leave an identifier in one folder and a log in the other.
    void reportsToNobody()
    {
        const Outcome outcome =
            m_ctl->shell(word("mkdir home temporary; env -u CI -u XDG_CACHE_HOME HOME=$PWD/home "
                              "TMPDIR=$PWD/temporary millracectl run m.onnx --random"));
        QVERIFY2(outcome.code == 0, outcome.all());
        for (const char* folder : {"home", "temporary"})
            QVERIFY2(QDir(m_ctl->path(word(folder)))
                         .isEmpty(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
                     folder);
    }

    void interruptedMeasuringLeavesNothing()
    {
        QCOMPARE(run("reference resnet50 -o large.onnx").code, 0);
        const Outcome stopped = m_ctl->shell(
            word("mkdir tmp; TMPDIR=tmp MILLRACE_CACHE=fresh millracectl plan large.onnx c.yaml "
                 "-o none.json --problem none2.json & "
                 "until [ -n \"$(ls -A tmp)\" ]; do :; done; kill -INT $!; wait $!"));
        QVERIFY2(stopped.code == 6 && stopped.hasOneErrorLine(), stopped.all());
        QVERIFY2(stopped.out.isEmpty(), stopped.all());
        for (const char* left : {"none.json", "none2.json", "fresh"})
            QVERIFY2(!QFile::exists(m_ctl->path(word(left))), left);
        QVERIFY(QDir(m_ctl->path(word("tmp"))).isEmpty());
    }

    void refusesBadInput_data()
    {
        QTest::addColumn<QString>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const char* arguments, int code, const char* says) {
            QTest::newRow(name) << word(arguments) << code << word(says);
        };
        row("missing model", "inspect none.onnx", 3, "none.onnx: no such file");
        row("missing cluster", "plan m.onnx none.yaml", 3, "none.yaml: no such file");
        row("missing plan", "split m.onnx none.json -o x", 3, "none.json: no such file");
        row("missing profile", "plan m.onnx c.yaml --profile none.json", 3, "none.json");
        row("a dim the model lacks", "inspect m.onnx --dim batch=4", 3, "batch");
        row("the cluster as a model", "inspect c.yaml", 3, "c.yaml");
        row("the model as a cluster", "plan m.onnx m.onnx", 3, "m.onnx");
        row("the problem as a plan", "split m.onnx problem.json -o x", 3, "problem.json: format");
        row("a bare problem's plan", "split m.onnx bare.json -o x", 3, "names no model");
        row("a bare problem's plan, checked", "check m.onnx c.yaml bare.json", 3, "names no model");
        row("another model's plan", "split other.onnx plan.json -o x", 3,
            "plan.json: the plan is "
            "of another model");
        row("another model's plan, checked", "check other.onnx c.yaml plan.json", 3,
            "of another model");
        row("a plan without stages", "split m.onnx infeasible.json -o x", 3, "no stages");
        row("the plan in place of the model", "plan m.onnx c.yaml -o m.onnx", 3,
            "m.onnx: this command reads or writes the file for something else");
        row("one file for plan and problem", "plan m.onnx c.yaml -o x.json --problem x.json", 3,
            "x.json: this command");
        row("a stage split into its own folder", "split parts/stage-1.onnx plan.json -o parts", 3,
            "parts: the model itself lies there");
        row("a typo in the cluster", "plan m.onnx typo.yaml", 3,
            "typo.yaml:4:18: unknown key \"memroy\"; did you mean \"memory\"?");
        row("an empty model", "inspect empty.onnx", 3, "empty.onnx: the file is empty");
        row("half a model", "plan half.onnx c.yaml", 3, "half.onnx: the model is truncated");
        row("a folder that is a file", "split m.onnx plan.json -o m.onnx", 5, "m.onnx");
        row("an output folder that is a file", "run m.onnx --random -o m.onnx", 5, "m.onnx");
        row("a folder without a split", "run . --random", 3, "manifest.json");
        row("an input that is not there", "run parts --input nope=x.npy", 3,
            "there is no input \"nope\"");
        row("nothing to write to", "reference mobilenetv2 -o none/x.onnx", 5, "none/x.onnx");
    }
    void refusesBadInput()
    {
        QFETCH(QString, arguments);
        QFETCH(int, code);
        QFETCH(QString, says);
        prepareOtherFiles();
        const Outcome outcome = run(arguments);
        QVERIFY2(outcome.code == code && outcome.hasOneErrorLine(), outcome.all());
        QVERIFY2(outcome.err.contains(says.toUtf8()), outcome.all());
        QVERIFY2(outcome.out.isEmpty(), outcome.all());
    }

private:
    [[nodiscard]] Outcome run(const QString& arguments) const
    {
        return (*m_ctl)(arguments.split(QLatin1Char(' '), Qt::SkipEmptyParts));
    }
    [[nodiscard]] Outcome run(const char* arguments) const { return run(word(arguments)); }

    void prepareOtherFiles()
    {
        if (QFile::exists(m_ctl->path(word("bare.json"))))
            return;
        QCOMPARE(run("solve problem.json -o bare.json").code, 0);
        QCOMPARE(run("plan m.onnx c.yaml --profile estimate --stages 3 -o infeasible.json").code,
                 4);
        QCOMPARE(run("reference mobilenetv2 -o other.onnx --seed 6").code, 0);
        m_ctl->write(word("typo.yaml"),
                     QByteArray(kCluster).replace("slow, memory", "slow, memroy"));
        m_ctl->write(word("empty.onnx"), {});
        m_ctl->write(word("half.onnx"), m_ctl->read(word("m.onnx")).left(5'000'000));
    }

    std::optional<Ctl> m_ctl;
    QJsonObject m_plan, m_manifest;
};

} // namespace millrace::test

QTEST_GUILESS_MAIN(millrace::test::TestCtlModels)
#include "tst_ctl_models.moc"
