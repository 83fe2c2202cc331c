// SPDX-License-Identifier: GPL-3.0-or-later
// The demo: the whole path in one command. Times are printed, never asserted: this machine may be
// busy with something else.
#include "Ctl.h"
#include "deploy/Process.h"

#include <QDir>
#include <QJsonArray>
#include <QProcess>
#include <QTest>

namespace millrace::test
{
namespace
{

QString word(const char* text)
{
    return QString::fromLatin1(text);
}

} // namespace

class TestCtlDemo : public QObject
{
    Q_OBJECT
private slots:
    void cleanup()
    {
        deploy::endProcesses(processes(), std::chrono::seconds(1));
        QVERIFY(processes().empty());
    }

    void everyAnswerAgrees_data()
    {
        QTest::addColumn<QStringList>("cluster");
        QTest::newRow("built-in") << QStringList();
        for (const char* name : {"compute-bound", "transfer-bound"})
            QTest::newRow(name) << QStringList{
                word("--cluster"),
                word(MILLRACE_CLUSTERS "/%1.yaml").arg(QString::fromLatin1(name))};
    }
    void everyAnswerAgrees()
    {
        QFETCH(QStringList, cluster);
        const Outcome outcome = m_ctl(
            QStringList{word("demo"), word("--requests"), word("12"), word("--json")} + cluster);
        QVERIFY2(outcome.code == 0, outcome.all());
        const QJsonObject json = outcome.object();
        QStringList keys = json.keys();
        keys.sort();
        const QStringList wanted = {
            word("answered"),      word("comparable"),     word("dilation"),
            word("hops"),          word("late_deadlines"), word("lost"),
            word("max_abs_error"), word("mismatched"),     word("predicted_throughput_per_s"),
            word("requests"),      word("stages"),         word("throughput_per_s")};
        QCOMPARE(keys, wanted);
        QCOMPARE(json[word("requests")].toInt(), 12);
        QCOMPARE(json[word("answered")].toInt(), 12);
        QCOMPARE(json[word("lost")].toInt(), 0);
        QCOMPARE(json[word("mismatched")].toInt(), 0);
        QVERIFY(json[word("max_abs_error")].toDouble() < 1e-3);
        const QJsonArray stages = json[word("stages")].toArray();
        QVERIFY(stages.size() >= 2);
        QCOMPARE(json[word("hops")].toArray().size(), stages.size() + 1);
        qInfo("measured / predicted throughput: %.3f, dilation %.2f, %d late deadlines, %s",
              json[word("throughput_per_s")].toDouble() /
                  json[word("predicted_throughput_per_s")].toDouble(),
              json[word("dilation")].toDouble(), json[word("late_deadlines")].toInt(),
              json[word("comparable")].toBool() ? "comparable" : "not comparable");
        leavesNothing();
    }

    void clusterThatCannotHoldIt()
    {
        m_ctl.write(word("tiny.yaml"), "millrace: cluster/1\n"
                                       "devices: [{name: a, memory: 40 MiB}]\n"
                                       "links: {default: {bandwidth: 1 Gbit/s}}\n");
        const Outcome outcome = m_ctl({word("demo"), word("--cluster"), word("tiny.yaml")});
        QVERIFY2(outcome.code == 4 && outcome.err.contains("error: no feasible plan"),
                 outcome.all());
        leavesNothing();
    }

    void interruptedItCleansUp()
    {
        QProcess demo;
        m_ctl.begin(demo, {word("demo"), word("--requests"), word("100000")});
        QTRY_VERIFY_WITH_TIMEOUT(processes().size() > 2, 60000);
        demo.terminate();
        const Outcome outcome = Ctl::end(demo);
        QVERIFY2(outcome.code == 5, outcome.all());
        QVERIFY2(outcome.err.contains("interrupted") || outcome.err.contains("was cancelled"),
                 outcome.all());
        leavesNothing();
    }

private:
    [[nodiscard]] std::vector<deploy::ProcessId> processes() const
    {
        return deploy::processesNaming(m_ctl.path(word("state")).toStdString());
    }
    void leavesNothing() const
    {
        QVERIFY(processes().empty());
        QVERIFY(QDir(m_ctl.path(word("state/releases")))
                    .entryList(QDir::Dirs | QDir::NoDotAndDotDot)
                    .isEmpty());
    }
    Ctl m_ctl;
};

} // namespace millrace::test

QTEST_GUILESS_MAIN(millrace::test::TestCtlDemo)
#include "tst_ctl_demo.moc"
