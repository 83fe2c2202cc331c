// SPDX-License-Identifier: GPL-3.0-or-later
// Releases over SSH as their users see them: ResNet-50 on real OpenSSH servers in network
// namespaces.
#include "Ctl.h"
#include "support/OnnxBuilder.h"
#include "support/SshCluster.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QProcess>
#include <QTest>

#include <fstream>
#include <set>

namespace millrace::test
{
namespace
{

QString word(const char* text)
{
    return QString::fromLatin1(text);
}

QJsonArray nodesOf(const Outcome& outcome)
{
    return outcome.object()[word("nodes")].toArray();
}

} // namespace

class TestCtlSsh : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        if (const std::string missing = TestHosts::missing(); !missing.empty())
            QSKIP(("no SSH hosts: " + missing).c_str());
        m_cluster = std::make_unique<SshCluster>(std::vector<TestHostOptions>{
            {"a", {}, "", ""}, {"b", {}, "", ""}, {"c", {}, "", ""}, {"d", {}, "", ""}});
        m_ctl = std::make_unique<Ctl>();
        writeCluster(word("cluster.yaml"), "47 Mbit/s");
        writeCluster(word("even.yaml"), "1 Gbit/s");
    }
    void init()
    {
        if (!m_cluster)
            QSKIP("no SSH hosts");
    }
    void cleanupTestCase() { m_cluster.reset(); }

    void resnet50OverThreeHosts()
    {
        planResNet();
        const Outcome draft = (*m_ctl)(kDeploy + QStringList{word("--dry-run")});
        QVERIFY2(draft.code == 0, draft.all());
        QVERIFY(draft.object()[word("model_bytes")].toInt() > 90'000'000);
        QCOMPARE(draft.object()[word("starts")].toArray().size(), 4);
        const QStringList keys{word("address"), word("command"),      word("device"),
                               word("folder"),  word("memory_bytes"), word("model_bytes"),
                               word("name"),    word("port"),         word("program_bytes")};
        QCOMPARE(nodesOf(draft).first().toObject().keys(), keys);
        QVERIFY(!std::filesystem::exists(m_cluster->folder("a")));
        const Outcome deployed = (*m_ctl)(kDeploy);
        QVERIFY2(deployed.code == 0, deployed.all());
        QVERIFY(deployed.object()[word("model_bytes")].toInt() > 90'000'000);
        const QJsonObject bottleneck = deployed.object()[word("bottleneck")].toObject();
        QCOMPARE(bottleneck[word("kind")].toString(), word("transfer"));
        QCOMPARE(bottleneck[word("to")].toString(), word("c"));
        QCOMPARE(m_cluster->runners("c").size(), std::size_t{2}); // and who watches over it
        QVERIFY(m_cluster->runners("d").empty());

        m_cluster->limit("c", 2, BitsPerSecond{50e6});
        const Outcome bench = (*m_ctl)({word("bench"), word("-n"), word("100"), word("--json")});
        QVERIFY2(bench.code == 0, bench.all());
        const QJsonObject figures = bench.object();
        QCOMPARE(figures[word("answered")].toInt(), 100);
        QCOMPARE(figures[word("lost")].toInt(), 0);
        QCOMPARE(figures[word("mismatched")].toInt(), 0);
        const double ratio = figures[word("throughput_per_s")].toDouble() /
                             figures[word("predicted_throughput_per_s")].toDouble();
        qInfo("measured / predicted throughput: %.3f", ratio);
        if (figures[word("comparable")].toBool()) {
            QVERIFY2(ratio > 0.85 && ratio < 1.15, bench.all());
            QCOMPARE(slowest(figures), word("b > c"));
        } else {
            qWarning("this computer was too busy for figures that could be compared");
        }
        const Outcome status = (*m_ctl)({word("status"), word("--json")});
        QCOMPARE(status.object()[word("state")].toString(), word("serving"));
    }

    void theSameAgainSendsNothing()
    {
        QElapsedTimer timer;
        timer.start();
        const Outcome again = (*m_ctl)(kDeploy);
        qInfo("second deployment: %lld ms", static_cast<long long>(timer.elapsed()));
        QVERIFY2(again.code == 0, again.all());
        QCOMPARE(again.object()[word("reused")].toBool(), true);
        QCOMPARE(again.object()[word("model_bytes")].toInt(), 0);
        QCOMPARE(again.object()[word("program_bytes")].toInt(), 0);
        for (const QJsonValue node : nodesOf(again))
            QCOMPARE(node[word("started")].toBool(), false);
    }

    void undeployLeavesNothing()
    {
        const Outcome gone = (*m_ctl)({word("undeploy")});
        QVERIFY2(gone.code == 0, gone.all());
        for (const char* name : {"a", "b", "c", "d"}) {
            QVERIFY(m_cluster->runners(name).empty());
            QVERIFY(!std::filesystem::exists(m_cluster->folder(name)));
        }
        QVERIFY(!std::filesystem::exists(m_ctl->path(word("state/nodes")).toStdString()));
        QCOMPARE((*m_ctl)({word("status")}).code, 3);
    }

private:
    const QStringList kDeploy = {word("deploy"), word("resnet50.onnx"), word("cluster.yaml"),
                                 word("plan.json"), word("--json")};

    void writeCluster(const QString& name, const std::string& bandwidthOfC) const
    {
        const std::string paced = "memory: 1 GiB, emulate: true, speed: 0.4";
        std::string text = "millrace: cluster/1\ndevices:\n  - {name: gate, stages: false}\n";
        for (const char* device : {"a", "b", "c"})
            text += m_cluster->device(device, paced);
        text += m_cluster->device("d", "memory: 1 GiB, emulate: true, speed: 0.01");
        text += "links:\n  default: {bandwidth: 1 Gbit/s}\n  pairs:\n";
        for (const char* other : {"gate", "a", "b", "d"})
            text += "    - {from: c, to: " + std::string(other) + ", bandwidth: " + bandwidthOfC +
                    ", both: true}\n";
        text += "gateway: {device: gate}\n";
        m_ctl->write(name, QByteArray::fromStdString(text));
    }

    /// Three even stages, the last on c; the link to c is then what limits them.
    void planResNet() const
    {
        const Outcome made =
            (*m_ctl)({word("reference"), word("resnet50"), word("-o"), word("resnet50.onnx")});
        QVERIFY2(made.code == 0, made.all());
        const Outcome planned = (*m_ctl)({word("plan"), word("resnet50.onnx"), word("even.yaml"),
                                          word("--stages"), word("3"), word("--profile"),
                                          word("measure"), word("-o"), word("plan.json")});
        QVERIFY2(planned.code == 0, planned.all());
        QJsonObject plan = QJsonDocument::fromJson(m_ctl->read(word("plan.json"))).object();
        const QStringList order = {word("gate"), word("a"), word("b"), word("c"), word("gate")};
        QJsonArray stages = plan[word("stages")].toArray();
        QJsonArray hops = plan[word("hops")].toArray();
        for (int k = 0; k < 3; ++k) {
            QJsonObject stage = stages[k].toObject();
            stage[word("device")] = order[k + 1];
            stages[k] = stage;
        }
        for (int k = 0; k < 4; ++k) {
            QJsonObject hop = hops[k].toObject();
            hop[word("from")] = order[k];
            hop[word("to")] = order[k + 1];
            hops[k] = hop;
        }
        plan[word("stages")] = stages;
        plan[word("hops")] = hops;
        m_ctl->write(word("plan.json"), QJsonDocument(plan).toJson());
    }

    /// The stage's device or the hop's ends that took longest.
    static QString slowest(const QJsonObject& figures)
    {
        double longest = 0;
        QString where;
        const auto look = [&](const QJsonValue& row, const QString& name) {
            if (row[word("measured_s")].toDouble() > longest) {
                longest = row[word("measured_s")].toDouble();
                where = name;
            }
        };
        for (const QJsonValue stage : figures[word("stages")].toArray())
            look(stage, stage[word("device")].toString());
        for (const QJsonValue hop : figures[word("hops")].toArray())
            look(hop, hop[word("from")].toString() + word(" > ") + hop[word("to")].toString());
        return where;
    }

    std::unique_ptr<SshCluster> m_cluster;
    std::unique_ptr<Ctl> m_ctl;
};

} // namespace millrace::test

QTEST_GUILESS_MAIN(millrace::test::TestCtlSsh)
#include "tst_ctl_ssh.moc"
