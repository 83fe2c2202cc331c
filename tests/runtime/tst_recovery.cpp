// SPDX-License-Identifier: GPL-3.0-or-later
/// What dies and comes back, with real sockets: every request is answered once, in order.
#include "Pipeline.h"
#include "runtime/net/Connection.h"

#include <QTest>

namespace millrace::runtime
{
namespace
{

constexpr std::chrono::seconds kPatience{30};

/// Slow enough that requests are under way whenever something goes.
void slowDown(test::Pipeline& pipeline)
{
    for (std::size_t k = 0; k < 3; ++k)
        pipeline.stage(k).node.pace = PaceConfig{{1e6}, {0.005}};
}

/// A client that sends so many requests and checks each answer.
class Caller
{
public:
    Caller(const test::Pipeline& pipeline, std::uint64_t requests)
        : m_pipeline(pipeline),
          m_client(RequestClient::connect(pipeline.address(), kPatience, {}).value()),
          m_sender([this, requests] {
              for (std::uint64_t i = 0; i < requests; ++i)
                  (void)m_client.submit(m_pipeline.input(i % 5), {});
          })
    {
    }
    /// Empty: the answers up to this one came, each in its turn, and are the model's.
    std::string takeUntil(std::uint64_t end)
    {
        for (; m_next < end; ++m_next) {
            const auto answer = m_client.answer(kPatience, {});
            if (!answer)
                return fmt::format("answer {}: {}", m_next, answer.error().message);
            if (answer->request != m_next)
                return fmt::format("answer {} where {} was due", answer->request, m_next);
            if (!answer->error.empty())
                return answer->error;
            const auto same =
                inference::compare(answer->outputs.front().tensor, m_pipeline.expected(m_next % 5));
            if (!same.agree)
                return fmt::format("answer {}: {}", m_next, same.why);
        }
        return {};
    }

private:
    const test::Pipeline& m_pipeline;
    RequestClient m_client;
    std::uint64_t m_next = 0;
    std::jthread m_sender;
};

} // namespace

class TestRecovery : public QObject
{
    Q_OBJECT
private slots:
    void whateverIsKilledInWhateverOrder_data()
    {
        QTest::addColumn<QString>("order");
        for (const char* order : {"g", "2g", "g2", "gg", "1g3", "g13", "2g2", "123g"})
            QTest::newRow(order) << QString::fromLatin1(order);
    }
    // "2g": stage 2 is killed and comes back, then the gateway.
    void whateverIsKilledInWhateverOrder()
    {
        QFETCH(QString, order);
        test::Pipeline pipeline;
        slowDown(pipeline);
        pipeline.start();
        QVERIFY(pipeline.waitUntilServing());
        constexpr std::uint64_t kRequests = 60;
        Caller caller(pipeline, kRequests);
        std::uint64_t until = 6;
        for (const QChar who : order) {
            QCOMPARE(caller.takeUntil(until), std::string());
            until += 6;
            if (who == QLatin1Char('g')) {
                pipeline.endGateway();
                pipeline.startGateway();
            } else {
                const auto stage = static_cast<std::size_t>(who.digitValue() - 1);
                pipeline.endStage(stage);
                pipeline.startStage(stage);
            }
        }
        QCOMPARE(caller.takeUntil(kRequests), std::string());
        const LiveStatus status = pipeline.status();
        QVERIFY(status.state == ServiceState::Serving);
        QTRY_COMPARE(pipeline.status().inFlight, std::uint64_t{0});
        QCOMPARE(status.failed, std::uint64_t{0});
        QCOMPARE(status.lost, std::uint64_t{0});
        Caller another(pipeline, 3);
        QCOMPARE(another.takeUntil(3), std::string());
    }

    void allAtOnce()
    {
        test::Pipeline pipeline;
        slowDown(pipeline);
        pipeline.start();
        QVERIFY(pipeline.waitUntilServing());
        Caller caller(pipeline, 40);
        QCOMPARE(caller.takeUntil(5), std::string());
        pipeline.endGateway();
        for (std::size_t stage = 0; stage < 3; ++stage)
            pipeline.endStage(stage);
        pipeline.start();
        QCOMPARE(caller.takeUntil(40), std::string());
    }

    // It would fit no better when it is sent again.
    void whatAStageCannotTakeFailsWithTheReason()
    {
        test::Pipeline pipeline;
        pipeline.stage(1).arriving.front().shape = {1, 32};
        pipeline.start();
        QVERIFY(pipeline.waitUntilServing());
        auto client = RequestClient::connect(pipeline.address(), kPatience, {});
        for (int i = 0; i < 3; ++i)
            QVERIFY(client->submit(pipeline.input(1), {}));
        for (int i = 0; i < 3; ++i) {
            const auto answer = client->answer(kPatience, {});
            QVERIFY(answer);
            QVERIFY2(answer->error.find("stage 2 on device-2: \"a\" is float32 [1, 64]") == 0,
                     answer->error.c_str());
        }
        const LiveStatus status = pipeline.status();
        QCOMPARE(status.failed, std::uint64_t{3});
        QCOMPARE(status.resent, std::uint64_t{0});
        QVERIFY(status.state == ServiceState::Serving);
    }

    void anAnswerThatIsNotTheModelsFails()
    {
        test::Pipeline pipeline;
        pipeline.gateway().outputs.front().shape = {1, 32};
        pipeline.start();
        QVERIFY(pipeline.waitUntilServing());
        auto client = RequestClient::connect(pipeline.address(), kPatience, {});
        QVERIFY(client->submit(pipeline.input(1), {}));
        const auto answer = client->answer(kPatience, {});
        QVERIFY(answer);
        QVERIFY(answer->error.find("the answer is not the model's") == 0);
        QCOMPARE(pipeline.status().resent, std::uint64_t{0});
    }

    void framesThatAreTooLargeFail()
    {
        test::Pipeline pipeline;
        pipeline.stage(0).node.maxFrameBytes = 100; // its answer takes 256
        pipeline.start();
        QVERIFY(pipeline.waitUntilServing());
        auto client = RequestClient::connect(pipeline.address(), kPatience, {});
        QVERIFY(client->submit(pipeline.input(1), {}));
        const auto answer = client->answer(kPatience, {});
        QVERIFY(answer);
        QVERIFY2(answer->error.find("take 256 bytes") != std::string::npos, answer->error.c_str());
    }

    // Its own threads keep the connection alive while the caller does something else.
    void aClientThatReadsNothingIsNotDead()
    {
        test::Pipeline pipeline;
        pipeline.start();
        QVERIFY(pipeline.waitUntilServing());
        Caller caller(pipeline, 30);
        QTest::qSleep(
            static_cast<int>((kSilence + std::chrono::seconds(2)) / std::chrono::milliseconds(1)));
        QCOMPARE(caller.takeUntil(30), std::string());
        QCOMPARE(pipeline.status().resent, std::uint64_t{0});
        QCOMPARE(pipeline.status().accepted, std::uint64_t{30});
    }

    void aReleaseThatEndsIsSaid()
    {
        test::Pipeline pipeline;
        pipeline.start();
        QVERIFY(pipeline.waitUntilServing());
        auto client = RequestClient::connect(pipeline.address(), kPatience, {});
        auto status = StatusClient::connect(pipeline.address(), kPatience, {});
        QVERIFY(status->shutdown({}));
        const auto answer = client->answer(kPatience, {});
        QVERIFY(!answer);
        QVERIFY(answer.error().code == ErrorCode::Network);
        QVERIFY2(answer.error().message.find("the release was ended") != std::string::npos,
                 answer.error().message.c_str());
    }

    void aClientThatLeavesGivesUpItsRequests()
    {
        test::Pipeline pipeline;
        slowDown(pipeline);
        pipeline.start();
        QVERIFY(pipeline.waitUntilServing());
        {
            auto client = RequestClient::connect(pipeline.address(), kPatience, {});
            for (int i = 0; i < 6; ++i)
                QVERIFY(client->submit(pipeline.input(1), {}));
        }
        QTRY_COMPARE(pipeline.status().inFlight, std::uint64_t{0});
        QVERIFY(pipeline.status().lost > 0);
    }
};

} // namespace millrace::runtime

QTEST_GUILESS_MAIN(millrace::runtime::TestRecovery)
#include "tst_recovery.moc"
