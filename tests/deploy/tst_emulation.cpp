// SPDX-License-Identifier: GPL-3.0-or-later
#include "SmallRelease.h"
#include "deploy/LocalRelease.h"
#include "support/ShowString.h"

#include <QTest>

using namespace millrace;
using namespace millrace::deploy;

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
        row("just admitted", {0.12, 0.12, 0.12, 0.12}, 2, {0.4 / 0.24, 0.2 / 0.24}, 1.2,
            "stage 2 is planned on a device that is faster than this machine");
        row("host slower than one device", {0.05, 0.05, 0.2, 0.2}, 4, {4, 0.5}, 2,
            "stage 2 is planned on a device that is faster than this machine");
        row("too much for one core", {0.09, 0.09, 0.09, 0.09}, 1, {0.4 / 0.18, 0.2 / 0.18}, 1.5,
            "the stages would use 90 % of this machine's 1 cores; at most 60 % leave each its own "
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
            QCOMPARE(emulated->computeFactor[k], factors[static_cast<qsizetype>(k)]);
        QCOMPARE(emulated->dilation, dilation);
        QCOMPARE(emulated->reason, reason.toStdString());
        // The rules themselves: no stage runs faster than this machine, nor uses it too much.
        double used = 0;
        for (const double seconds : host)
            used += seconds;
        QVERIFY(used / (release.plan.bottleneckTime.value * emulated->dilation * cores) <= 0.6001);
        for (const double factor : emulated->computeFactor)
            QVERIFY(factor * emulated->dilation >= 0.9999);
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
        free.stages[0].compute = {};
        QVERIFY(!emulation(free, times, 2));
    }
};

QTEST_APPLESS_MAIN(TestEmulation)
#include "tst_emulation.moc"
