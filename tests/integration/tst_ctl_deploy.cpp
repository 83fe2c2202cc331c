// SPDX-License-Identifier: GPL-3.0-or-later
// How `deploy` plans, and how it takes plans over: without starting anything.
#include "Ctl.h"
#include "support/OnnxBuilder.h"

#include <QJsonArray>
#include <QTest>

namespace millrace::test
{
namespace
{

const QByteArray kCluster = R"(millrace: cluster/1
devices:
  - {name: gate, stages: false}
  - {name: a, memory: 1 GiB, speed: 0.001}
  - {name: b, memory: 1 GiB, speed: 0.001}
  - {name: c, memory: 1 GiB, speed: 0.001}
links:
  default: {bandwidth: 100 Mbit/s, delay: 1 ms}
gateway: {device: gate}
)";

QStringList words(const char* line)
{
    return QString::fromLatin1(line).split(QLatin1Char(' '));
}

} // namespace

class TestCtlDeploy : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_ctl = std::make_unique<Ctl>();
        m_ctl->write(QStringLiteral("c.yaml"), kCluster);
        writeThreeConvolutions(m_ctl->path(QStringLiteral("m.onnx")).toStdString());
    }

    void plansWithTheOptionsOfPlan()
    {
        const auto stages = [this](const char* options) {
            const Outcome outcome =
                (*m_ctl)(words("deploy m.onnx c.yaml --local --dry-run --json") + words(options));
            return static_cast<int>(outcome.object()[QStringLiteral("nodes")].toArray().size() - 1);
        };
        QCOMPARE(stages("--stages 1"), 1);
        QCOMPARE(stages("--stages 2"), 2);
        QCOMPARE(stages("--stages 3 --algorithm exact --step-limit 1000 --gap 0.1 --seed 3"), 3);
        QVERIFY(stages("--max-stages 2 --time-limit 20") <= 2);

        const Outcome overlapping =
            (*m_ctl)(words("deploy m.onnx c.yaml --local --dry-run --json"));
        const Outcome inTurn =
            (*m_ctl)(words("deploy m.onnx c.yaml --local --dry-run --json --no-overlap"));
        QVERIFY(throughput(inTurn) < throughput(overlapping));
    }

    void saysWhenThereIsNoSuchPlan()
    {
        const Outcome outcome =
            (*m_ctl)(words("deploy m.onnx c.yaml --local --dry-run --stages 4"));
        QCOMPARE(outcome.code, 4);
        QVERIFY2(outcome.err.contains("no feasible plan"), outcome.all());
        QCOMPARE((*m_ctl)(words("deploy m.onnx c.yaml --local --algorithm best")).code, 2);
        const Outcome warm =
            (*m_ctl)(words("deploy m.onnx c.yaml --local --dry-run --warm-start none.json"));
        QCOMPARE(warm.code, 3);
        QVERIFY2(warm.hasOneErrorLine(), warm.all());
    }

    void doesNotSearchAPlanThatIsGiven()
    {
        const Outcome planned = (*m_ctl)(words("plan m.onnx c.yaml --stages 2 -o p.json"));
        QVERIFY2(planned.code == 0, planned.all());
        for (const char* option :
             {"--stages 3", "--no-overlap", "--warm-start p.json", "--gap 1"}) {
            const Outcome outcome =
                (*m_ctl)(words("deploy m.onnx c.yaml p.json --local --dry-run") + words(option));
            QVERIFY2(outcome.code == 2, outcome.all());
            QVERIFY2(outcome.hasOneErrorLine(), outcome.all());
        }
        QCOMPARE((*m_ctl)(words("deploy m.onnx c.yaml --local --dry-run --warm-start p.json")).code,
                 0);
    }

    void takesThePlansRulesOver()
    {
        const Outcome planned =
            (*m_ctl)(words("plan m.onnx c.yaml --stages 2 --no-overlap -o p.json --json"));
        QVERIFY2(planned.code == 0, planned.all());
        const Outcome drafted =
            (*m_ctl)(words("deploy m.onnx c.yaml p.json --local --dry-run --json"));
        QVERIFY2(drafted.code == 0, drafted.all());
        QCOMPARE(throughput(drafted),
                 planned.object()[QStringLiteral("throughput_per_s")].toDouble());
    }

    void helpNamesWhatBothShare()
    {
        const Outcome plan = (*m_ctl)(words("plan --help"));
        for (const char* command : {"deploy --help", "demo --help"}) {
            const Outcome help = (*m_ctl)(words(command));
            for (const char* option :
                 {"--algorithm A", "--stages K", "--max-stages K", "--no-overlap", "--gap G",
                  "--time-limit S", "--step-limit N", "--seed N", "--warm-start PLAN"}) {
                QVERIFY2(plan.out.contains(option), option);
                QVERIFY2(help.out.contains(option), help.all());
            }
        }
    }

private:
    [[nodiscard]] static double throughput(const Outcome& outcome)
    {
        return outcome.object()[QStringLiteral("predicted_throughput_per_s")].toDouble();
    }

    std::unique_ptr<Ctl> m_ctl;
};

} // namespace millrace::test

QTEST_GUILESS_MAIN(millrace::test::TestCtlDeploy)
#include "tst_ctl_deploy.moc"
