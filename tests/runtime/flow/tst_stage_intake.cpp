// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/flow/StageIntake.h"

#include <QTest>

namespace millrace::runtime
{

class TestStageIntake : public QObject
{
    Q_OBJECT
private slots:
    void framesOfOlderSendingsAreStale()
    {
        StageIntake intake;
        QVERIFY(intake.take({7, 1}));
        QVERIFY(intake.take({7, 1}));
        QVERIFY(intake.take({7, 3}));
        QVERIFY2(!intake.take({7, 2}), "sent again since");
        QVERIFY(intake.isStale({7, 2}));
        QVERIFY(!intake.isStale({7, 3}));
    }

    // A restarted gateway numbers from the beginning: it must not look stale for ever.
    void anotherGatewayIsTheNewestOne()
    {
        StageIntake intake;
        QVERIFY(intake.take({7, 9}));
        QVERIFY(intake.take({3, 1}));
        QVERIFY2(!intake.take({7, 10}), "of a gateway that is gone");
        QVERIFY(intake.take({3, 1}));
        QVERIFY(intake.take({5, 1}));
        QVERIFY(!intake.take({3, 2}));
        QVERIFY(!intake.take({7, 11}));
    }

    void theNewestStreamIsInForce()
    {
        StageIntake intake;
        const auto first = intake.open();
        QVERIFY(intake.isInForce(first));
        const auto second = intake.open();
        QVERIFY(!intake.isInForce(first));
        QVERIFY(intake.isInForce(second));
    }

    void lossesOnlyGrow()
    {
        StageIntake intake;
        QCOMPARE(intake.losses(), std::uint64_t{0});
        (void)intake.open();
        (void)intake.open();
        QCOMPARE(intake.losses(), std::uint64_t{0});
        intake.lostWhatWasSent();
        intake.lostWhatWasSent();
        QCOMPARE(intake.losses(), std::uint64_t{2});
    }
};

} // namespace millrace::runtime

QTEST_GUILESS_MAIN(millrace::runtime::TestStageIntake)
#include "tst_stage_intake.moc"
