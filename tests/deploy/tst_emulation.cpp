// SPDX-License-Identifier: GPL-3.0-or-later
#include "SmallRelease.h"
#include "deploy/Emulation.h"
#include "support/ShowString.h"

#include <QTest>

using namespace millrace;
using namespace millrace::deploy;

namespace
{

StageRef at(std::size_t stage)
{
    return {PipelineId(), static_cast<std::int32_t>(stage)};
}

} // namespace

class TestEmulation : public QObject
{
    Q_OBJECT
private slots:
    // The plan: compute 0.4 s and 0.2 s, slowest hop 0.3 s, so a bottleneck of 0.4 s.
    void factorsAndDilation_data()
    {
        QTest::addColumn<QList<double>>("host"); // per layer
        QTest::addColumn<int>("cores");
        QTest::addColumn<QList<double>>("factors");
        QTest::addColumn<double>("dilation");
        QTest::addColumn<QString>("reason");
        const auto row = [](const char* name, const QList<double>& host, int cores,
                            const QList<double>& factors, double dilation, const char* reason) {
            QTest::newRow(name) << host << cores << factors << dilation
                                << QString::fromLatin1(reason);
        };
        row("much faster host", {0.01, 0.01, 0.01, 0.01}, 2, {20, 10}, 1, "");
        row("just admitted", {0.06, 0.06, 0.05, 0.05}, 2, {0.4 / 0.12, 2}, 1, "");
        row("host hardly faster than one device", {0.01, 0.01, 0.05, 0.06}, 4, {20, 0.2 / 0.11},
            1.1,
            "stage 2 is planned on a device that is not 2 times slower than this machine, whose "
            "cores the stages share");
        row("host slower than one device", {0.05, 0.05, 0.2, 0.2}, 4, {4, 0.5}, 4,
            "stage 2 is planned on a device that is not 2 times slower than this machine, whose "
            "cores the stages share");
        row("too much for one core", {0.09, 0.09, 0.045, 0.045}, 1, {0.4 / 0.18, 0.2 / 0.09}, 2.25,
            "the stages would use 68 % of this machine's 1 cores; at most 30 % leave each its own "
            "time");
        row("layers without time", {0.0, 0.0, 0.01, 0.01}, 2, {1, 10}, 1, "");
    }
    void factorsAndDilation()
    {
        QFETCH(QList<double>, host);
        QFETCH(int, cores);
        QFETCH(QList<double>, factors);
        QFETCH(double, dilation);
        QFETCH(QString, reason);
        const Release release = test::smallRelease("/releases/small");
        plan::LayerTimes times;
        for (const double seconds : host)
            times.reference.push_back({seconds});
        const auto emulated = emulation(release.plan, times, cores);
        QVERIFY2(emulated, emulated ? "" : emulated.error().message.c_str());
        QCOMPARE(emulated->computeFactor.size(), std::size_t{2});
        for (std::size_t k = 0; k < 2; ++k)
            QCOMPARE(emulated->computeFactor.at(at(k)), factors[static_cast<qsizetype>(k)]);
        QCOMPARE(emulated->dilation, dilation);
        QCOMPARE(emulated->reason, reason.toStdString());
        // The rules themselves: no stage runs faster than this machine, nor uses it too much.
        double used = 0;
        for (const double seconds : host)
            used += seconds;
        QVERIFY(used / (release.plan.bottleneckTime.value * emulated->dilation * cores) <= 0.3001);
        for (std::size_t k = 0; k < 2; ++k)
            if (emulated->computeFactor.at(at(k)) != 1)
                QVERIFY(emulated->computeFactor.at(at(k)) * emulated->dilation >= 1.9999);
        QCOMPARE(emulated->tolerance.value, 0.03 * 0.4 * emulated->dilation);
    }

    // What a run takes after a pause is this machine's; a slow device does not take it longer.
    void coldStartIsNotStretched()
    {
        const Release release = test::smallRelease("/releases/small");
        plan::LayerTimes times;
        times.reference = {{0.01}, {0.01}, {0}, {0}};
        times.coldStart = {0.005};
        const auto emulated = emulation(release.plan, times, 2);
        QVERIFY2(emulated, emulated ? "" : emulated.error().message.c_str());
        QCOMPARE(emulated->computeFactor.at(at(0)), 0.4 / 0.025);
        QCOMPARE(emulated->computeFactor.at(at(1)), 1.0); // its layers have no time of their own
    }

    void shortDeadlinesMayBeMissedByTheSchedulersJitter()
    {
        Release release = test::smallRelease("/releases/small");
        release.plan.bottleneckTime = {0.01};
        plan::LayerTimes times;
        times.reference = {{1e-5}, {1e-5}, {1e-5}, {1e-5}};
        QCOMPARE(emulation(release.plan, times, 2)->tolerance.value, 0.001);
    }

    void refusesWhatDoesNotFit()
    {
        const Release release = test::smallRelease("/releases/small");
        plan::LayerTimes times;
        times.reference = {{0.1}, {0.1}};
        QCOMPARE(emulation(release.plan, times, 2).error().message,
                 std::string("this machine's layer times do not fit the plan; measure the model "
                             "anew"));
        times.reference.resize(4, Seconds{0.1});
        QVERIFY(!emulation({}, times, 2));
        plan::Plan free = release.plan;
        free.pipelines[0].stages[0].compute = {};
        QVERIFY(!emulation(free, times, 2));
    }
};

QTEST_APPLESS_MAIN(TestEmulation)
#include "tst_emulation.moc"
