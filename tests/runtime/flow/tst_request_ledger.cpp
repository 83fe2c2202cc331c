// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/flow/RequestLedger.h"

#include <QTest>

namespace millrace::runtime
{
namespace
{

constexpr std::uint64_t kGateway = 77, kClient = 5;
constexpr PipelineId kFirst{0}, kSecond{1};

Reply computed(const std::string& name)
{
    return {{{name, {}}}, {}};
}

/// With one client that has submitted so many requests.
RequestLedger ledgerOf(std::uint64_t requests, std::size_t pipelines = 1, std::size_t most = 8)
{
    RequestLedger ledger(kGateway, pipelines, most);
    (void)ledger.arrives(kClient, 0);
    for (std::uint64_t number = 0; number < requests; ++number)
        (void)ledger.accept(kClient, number, {});
    return ledger;
}

} // namespace

class TestRequestLedger : public QObject
{
    Q_OBJECT
private slots:
    void answersWaitForTheirTurn()
    {
        RequestLedger ledger = ledgerOf(2);
        const auto first = ledger.take(kFirst), second = ledger.take(kFirst);
        QVERIFY(!ledger.take(kFirst));
        QVERIFY(ledger.answered(second->epoch, second->id, computed("b")) ==
                RequestLedger::Outcome::Answered);
        QVERIFY2(!ledger.nextAnswer(kClient), "the one before is not there");
        (void)ledger.answered(first->epoch, first->id, computed("a"));
        QCOMPARE(ledger.nextAnswer(kClient)->number, std::uint64_t{0});
        ledger.gave(kClient, 0);
        QCOMPARE(ledger.nextAnswer(kClient)->reply->outputs.front().name, std::string("b"));
        QCOMPARE(ledger.inFlight(), std::size_t{0});
    }

    void whatIsLostIsSentAgainInANewEpoch()
    {
        RequestLedger ledger = ledgerOf(3);
        const auto first = ledger.take(kFirst), second = ledger.take(kFirst);
        (void)ledger.answered(first->epoch, first->id, computed("a"));
        QCOMPARE(ledger.lost(kFirst), std::size_t{1});
        const auto again = ledger.take(kFirst);
        QCOMPARE(again->id, second->id);
        QCOMPARE(again->epoch.number, second->epoch.number + 1);
        QVERIFY(ledger.answered(second->epoch, second->id, computed("b")) ==
                RequestLedger::Outcome::Answered); // the first answer counts, whichever it is
        QVERIFY(ledger.answered(again->epoch, again->id, computed("b")) ==
                RequestLedger::Outcome::Duplicate);
        QCOMPARE(ledger.counts().resent, std::uint64_t{1});
        QCOMPARE(ledger.counts().duplicates, std::uint64_t{1});
    }

    void nothingUnderWayIsNoLoss()
    {
        RequestLedger ledger = ledgerOf(1);
        QCOMPARE(ledger.lost(kFirst), std::size_t{0});
        QCOMPARE(ledger.take(kFirst)->epoch.number, std::uint64_t{1});
    }

    void onePipelinesLossLeavesTheOthersAlone()
    {
        RequestLedger ledger = ledgerOf(2, 2);
        const auto here = ledger.take(kFirst), there = ledger.take(kSecond);
        QCOMPARE(ledger.lost(kFirst), std::size_t{1});
        const auto again = ledger.take(kSecond);
        QCOMPARE(again->id, here->id);
        QVERIFY(again->epoch == there->epoch);
    }

    void stagesTellOfLosses_data()
    {
        QTest::addColumn<std::uint64_t>("incarnation");
        QTest::addColumn<std::uint64_t>("losses");
        QTest::addColumn<std::size_t>("resent");
        QTest::newRow("as before") << std::uint64_t{4} << std::uint64_t{2} << std::size_t{0};
        QTest::newRow("a loss") << std::uint64_t{4} << std::uint64_t{3} << std::size_t{1};
        QTest::newRow("another process") << std::uint64_t{9} << std::uint64_t{2} << std::size_t{1};
        QTest::newRow("both") << std::uint64_t{9} << std::uint64_t{0} << std::size_t{1};
    }
    void stagesTellOfLosses()
    {
        QFETCH(std::uint64_t, incarnation);
        QFETCH(std::uint64_t, losses);
        QFETCH(std::size_t, resent);
        RequestLedger ledger = ledgerOf(2);
        QVERIFY(!ledger.hasSeen(1));
        QCOMPARE(ledger.stageSeen({}, 4, 2), std::size_t{0});
        QVERIFY(ledger.hasSeen(1));
        (void)ledger.take(kFirst);
        QCOMPARE(ledger.stageSeen({}, incarnation, losses), resent);
        QCOMPARE(ledger.stageSeen({}, incarnation, losses), std::size_t{0});
    }

    // A stage that nobody had heard of may have lost what was sent before.
    void aStageThatIsSeenLateMayHaveLost()
    {
        RequestLedger ledger = ledgerOf(1);
        (void)ledger.take(kFirst);
        QCOMPARE(ledger.stageSeen({}, 4, 0), std::size_t{1});
    }

    void answersAreKeptUntilAcknowledged()
    {
        RequestLedger ledger = ledgerOf(2);
        for (int i = 0; i < 2; ++i) {
            const auto sending = ledger.take(kFirst);
            (void)ledger.answered(sending->epoch, sending->id, computed("x"));
            ledger.gave(kClient, static_cast<std::uint64_t>(i));
        }
        QVERIFY(!ledger.nextAnswer(kClient));
        ledger.leaves(kClient);
        QVERIFY(ledger.arrives(kClient, 1)); // it has read one of two
        QCOMPARE(ledger.nextAnswer(kClient)->number, std::uint64_t{1});
        QCOMPARE(ledger.due(kClient), std::uint64_t{2});
        ledger.acknowledge(kClient, 2);
        QVERIFY(!ledger.nextAnswer(kClient));
        ledger.leaves(kClient);
        QVERIFY2(!ledger.arrives(kClient, 1), "it had said that it has that one");
        QVERIFY2(!ledger.arrives(kClient, 3), "there is no such one");
    }

    void whatAClientSendsAgainIsTakenOnce()
    {
        RequestLedger ledger = ledgerOf(2);
        QVERIFY(ledger.accept(kClient, 0, {}));
        QVERIFY(ledger.refuse(kClient, 1, "no"));
        QCOMPARE(ledger.counts().accepted, std::uint64_t{2});
        QCOMPARE(ledger.inFlight(), std::size_t{2});
        QVERIFY2(!ledger.accept(kClient, 3, {}), "2 is left out");
        QVERIFY2(!ledger.accept(99, 0, {}), "a stranger");
    }

    void anotherGatewayBeginsWhereTheClientIs()
    {
        RequestLedger ledger(kGateway + 1, 1, 8);
        QVERIFY(ledger.arrives(kClient, 40));
        QCOMPARE(ledger.due(kClient), std::uint64_t{40});
        QVERIFY(ledger.accept(kClient, 40, {}));
        const auto sending = ledger.take(kFirst);
        QVERIFY2(ledger.answered({kGateway, 1}, sending->id, computed("old")) ==
                     RequestLedger::Outcome::Duplicate,
                 "an answer to the gateway before");
        (void)ledger.answered(sending->epoch, sending->id, computed("new"));
        QCOMPARE(ledger.nextAnswer(kClient)->number, std::uint64_t{40});
    }

    void whoIsAwayIsNotServed()
    {
        RequestLedger ledger = ledgerOf(2);
        const auto begun = ledger.take(kFirst);
        ledger.leaves(kClient);
        QVERIFY2(!ledger.hasWork(), "nothing is begun for somebody who is away");
        (void)ledger.answered(begun->epoch, begun->id, computed("a"));
        QVERIFY(!ledger.nextAnswer(kClient));
        QVERIFY(ledger.arrives(kClient, 0));
        QVERIFY(ledger.hasWork());
        QCOMPARE(ledger.nextAnswer(kClient)->number, std::uint64_t{0});
    }

    void whoIsForgottenLosesWhatIsOpen()
    {
        RequestLedger ledger = ledgerOf(3);
        const auto sending = ledger.take(kFirst);
        ledger.forget(kClient);
        QCOMPARE(ledger.counts().lost, std::uint64_t{3});
        QCOMPARE(ledger.inFlight(), std::size_t{0});
        QVERIFY(ledger.answered(sending->epoch, sending->id, computed("a")) ==
                RequestLedger::Outcome::Duplicate);
        QVERIFY(!ledger.take(kFirst));
    }

    void roomIsBounded()
    {
        RequestLedger ledger = ledgerOf(2, 1, 2);
        QVERIFY(!ledger.hasRoom(kClient));
        const auto sending = ledger.take(kFirst);
        (void)ledger.answered(sending->epoch, sending->id, computed("a"));
        QVERIFY2(!ledger.hasRoom(kClient), "its answer is kept");
        ledger.gave(kClient, 0);
        ledger.acknowledge(kClient, 1);
        QVERIFY(ledger.hasRoom(kClient));
    }

    void refusalsComeInTheirTurn()
    {
        RequestLedger ledger = ledgerOf(1);
        QVERIFY(ledger.refuse(kClient, 1, "does not fit"));
        QVERIFY(!ledger.nextAnswer(kClient));
        const auto sending = ledger.take(kFirst);
        QVERIFY(ledger.answered(sending->epoch, sending->id, {{}, "a stage failed"}) ==
                RequestLedger::Outcome::Failed);
        QCOMPARE(ledger.nextAnswer(kClient)->reply->error, std::string("a stage failed"));
        ledger.gave(kClient, 0);
        QCOMPARE(ledger.nextAnswer(kClient)->reply->error, std::string("does not fit"));
    }

    void aDrainingLedgerComputesWhatItHas()
    {
        RequestLedger ledger = ledgerOf(1);
        ledger.drain();
        QVERIFY(ledger.accept(kClient, 1, {}));
        ledger.leaves(kClient);
        const auto sending = ledger.take(kFirst);
        QVERIFY2(sending, "also for a client that is away");
        QVERIFY(!ledger.take(kFirst));
        (void)ledger.answered(sending->epoch, sending->id, computed("a"));
        QVERIFY(ledger.arrives(kClient, 1));
        QVERIFY(ledger.nextAnswer(kClient)->reply->error.find("no new requests") !=
                std::string::npos);
    }
};

} // namespace millrace::runtime

QTEST_GUILESS_MAIN(millrace::runtime::TestRequestLedger)
#include "tst_request_ledger.moc"
