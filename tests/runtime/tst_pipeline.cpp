// SPDX-License-Identifier: GPL-3.0-or-later
#include "Pipeline.h"
#include "runtime/Channel.h"
#include "runtime/Wire.h"

#include <QTest>

namespace millrace::runtime
{
namespace
{

constexpr std::chrono::seconds kPatience{20};

RequestClient connected(const test::Pipeline& pipeline)
{
    return std::move(RequestClient::connect(pipeline.address(), kPatience, {}).value());
}

/// A connection to the first stage with this identity; empty error: let in.
std::string refusalOf(test::Pipeline& pipeline, const Identity& identity, const Peer& expected,
                      wire::Purpose purpose)
{
    const Limit limit = Limit::within(kPatience, {});
    const auto tls =
        TlsContext::create(identity.certificatePem, identity.privateKeyPem, {expected});
    auto connection =
        Connection::dial(*tls, pipeline.stage(0).node.listen, expected, Buffers{}, limit);
    if (!connection)
        return connection.error().message;
    Channel channel(std::move(*connection));
    wire::Hello hello;
    hello.set_release("test");
    hello.set_purpose(purpose);
    const auto welcome = greet(channel, hello, limit);
    return welcome ? "" : welcome.error().message;
}

} // namespace

class TestPipeline : public QObject
{
    Q_OBJECT
private slots:
    void answersAgreeAndComeInOrder()
    {
        test::Pipeline pipeline;
        pipeline.start();
        QVERIFY(pipeline.waitUntilServing());
        RequestClient client = connected(pipeline);
        constexpr std::uint64_t kRequests = 100;
        std::jthread sender([&] {
            for (std::uint64_t i = 0; i < kRequests; ++i)
                (void)client.submit(pipeline.input(i % 5), {});
        });
        for (std::uint64_t i = 0; i < kRequests; ++i) {
            const auto answer = client.answer(kPatience, {});
            QVERIFY2(answer, answer ? "" : answer.error().message.c_str());
            QCOMPARE(answer->request, i);
            QVERIFY2(answer->error.empty(), answer->error.c_str());
            const auto same =
                inference::compare(answer->outputs.front().tensor, pipeline.expected(i % 5));
            QVERIFY2(same.agree, same.why.c_str());
        }
        const LiveStatus status = pipeline.status();
        QCOMPARE(status.accepted, kRequests);
        QCOMPARE(status.answered, kRequests);
        QCOMPARE(status.inFlight, std::uint64_t{0});
        QCOMPARE(status.duplicates, std::uint64_t{0});
        QCOMPARE(status.pipelines[0].stages.size(), std::size_t{3});
        QCOMPARE(status.pipelines[0].hops.size(), std::size_t{4});
        QTRY_COMPARE(pipeline.status().pipelines[0].stages[2].metrics.sent, kRequests);
        // Stage 2 relays "a" beside its own output.
        QCOMPARE(pipeline.status().pipelines[0].hops[2].bytes, std::uint64_t{2 * 64 * 4});
    }

    void whatDoesNotFitIsRefusedInItsTurn()
    {
        test::Pipeline pipeline;
        pipeline.start();
        QVERIFY(pipeline.waitUntilServing());
        RequestClient client = connected(pipeline);
        auto wrong = pipeline.input(1);
        wrong[0].name = "z";
        QVERIFY(client.submit(pipeline.input(1), {}));
        QVERIFY(client.submit(wrong, {}));
        QVERIFY(client.submit(pipeline.input(2), {}));
        QVERIFY(client.answer(kPatience, {})->error.empty());
        const auto refused = client.answer(kPatience, {});
        QVERIFY(refused->error.find("\"x\" is missing") != std::string::npos);
        QVERIFY(client.answer(kPatience, {})->error.empty());
    }

    void nothingIsLostWithAStage_data()
    {
        QTest::addColumn<int>("stage");
        QTest::newRow("first") << 0;
        QTest::newRow("middle") << 1;
        QTest::newRow("last") << 2;
    }
    void nothingIsLostWithAStage()
    {
        QFETCH(int, stage);
        test::Pipeline pipeline;
        // Slow enough that requests are under way when the stage goes.
        for (std::size_t k = 0; k < 3; ++k)
            pipeline.stage(k).node.pace = PaceConfig{{1e6}, {0.005}};
        pipeline.start();
        QVERIFY(pipeline.waitUntilServing());
        RequestClient client = connected(pipeline);
        constexpr std::uint64_t kRequests = 60;
        std::jthread sender([&] {
            for (std::uint64_t i = 0; i < kRequests; ++i)
                (void)client.submit(pipeline.input(i % 5), {});
        });
        std::uint64_t next = 0;
        const auto takeUntil = [&](std::uint64_t end) {
            for (; next < end; ++next) {
                const auto answer = client.answer(kPatience, {});
                if (!answer || answer->request != next || !answer->error.empty() ||
                    !inference::compare(answer->outputs.front().tensor, pipeline.expected(next % 5))
                         .agree)
                    return false;
            }
            return true;
        };
        QVERIFY(takeUntil(10));
        pipeline.endStage(static_cast<std::size_t>(stage));
        QTRY_VERIFY_WITH_TIMEOUT(
            !pipeline.status().pipelines[0].stages[static_cast<std::size_t>(stage)].up, 1000);
        QVERIFY(pipeline.status().state == ServiceState::Interrupted);
        pipeline.startStage(static_cast<std::size_t>(stage));
        QVERIFY(takeUntil(kRequests));
        const LiveStatus status = pipeline.status();
        QCOMPARE(status.answered, kRequests);
        QVERIFY(status.resent > 0);
        const auto tells = [&](EventKind kind) {
            return std::any_of(status.events.begin(), status.events.end(), [&](const Event& event) {
                return event.kind == kind &&
                       (kind == EventKind::Resent || event.stage == StageRef{PipelineId(), stage});
            });
        };
        QVERIFY(tells(EventKind::StageDown));
        QVERIFY(tells(EventKind::Resent));
    }

    void strangersAreRefusedAndCounted()
    {
        test::Pipeline pipeline;
        pipeline.start();
        QVERIFY(pipeline.waitUntilServing());
        const Peer first{"stage-1", pipeline.identity("stage-1").fingerprint};
        QVERIFY(!refusalOf(pipeline, pipeline.identity("stranger"), first, wire::DATA).empty());
        QVERIFY2(!refusalOf(pipeline, pipeline.identity("client"), first, wire::CONTROL).empty(),
                 "of the release, but no peer of this stage");
        QVERIFY2(!refusalOf(pipeline, pipeline.identity("stage-2"), first, wire::DATA).empty(),
                 "a peer of this stage, but not the one before");
        const Peer wrong{"stage-1", pipeline.identity("stranger").fingerprint};
        QVERIFY2(!refusalOf(pipeline, pipeline.identity("gateway"), wrong, wire::DATA).empty(),
                 "the dialling side checks, too");
        QTRY_VERIFY(pipeline.status().pipelines[0].stages[0].metrics.refusedConnections >= 3);
    }

    void garbageEndsTheStreamOnly()
    {
        test::Pipeline pipeline;
        pipeline.start();
        QVERIFY(pipeline.waitUntilServing());
        const Identity& gateway = pipeline.identity("gateway");
        const Peer first{"stage-1", pipeline.identity("stage-1").fingerprint};
        const Limit limit = Limit::within(kPatience, {});
        const auto tls = TlsContext::create(gateway.certificatePem, gateway.privateKeyPem, {first});
        Channel channel(
            std::move(Connection::dial(*tls, pipeline.stage(0).node.listen, first, Buffers{}, limit)
                          .value()));
        wire::Hello hello;
        hello.set_release("test");
        hello.set_purpose(wire::DATA);
        QVERIFY(greet(channel, hello, limit));
        QVERIFY(channel.send(FrameKind::Tensors, "garbage", limit));
        QTRY_COMPARE(pipeline.status().pipelines[0].stages[0].metrics.refusedFrames,
                     std::uint64_t{1});
        QVERIFY(
            pipeline.status().pipelines[0].stages[0].metrics.lastRefusal.starts_with("malformed"));
        RequestClient client = connected(pipeline);
        QVERIFY(client.submit(pipeline.input(3), {}));
        const auto answer = client.answer(kPatience, {});
        QVERIFY(answer);
        QVERIFY(inference::compare(answer->outputs.front().tensor, pipeline.expected(3)).agree);
    }

    void resetDrainShutdown()
    {
        test::Pipeline pipeline;
        pipeline.start();
        QVERIFY(pipeline.waitUntilServing());
        RequestClient client = connected(pipeline);
        QVERIFY(client.submit(pipeline.input(1), {}));
        QVERIFY(client.answer(kPatience, {}));
        auto status = StatusClient::connect(pipeline.address(), kPatience, {});
        QVERIFY(status);
        QTRY_COMPARE(status->status(0, {})->pipelines[0].stages[0].metrics.received,
                     std::uint64_t{1});
        QVERIFY(status->resetMetrics({}));
        QCOMPARE(status->status(0, {})->pipelines[0].stages[0].metrics.received, std::uint64_t{0});
        QCOMPARE(status->status(0, {})->latency.count, std::uint64_t{0});
        QVERIFY(status->drain({}));
        QVERIFY(client.submit(pipeline.input(1), {}));
        const auto refused = client.answer(kPatience, {});
        QVERIFY(refused->error.find("no new requests") != std::string::npos);
        QVERIFY(status->status(0, {})->state == ServiceState::Draining);
        QVERIFY(status->shutdown({}));
        QTRY_VERIFY(!StatusClient::connect(pipeline.address(), kPatience, {}));
    }

    void emulationTakesItsTime()
    {
        test::Pipeline pipeline;
        pipeline.stage(0).node.pace = PaceConfig{{1e5}, {0.01}}; // 256 bytes: 20.48 ms + 10 ms
        pipeline.stage(1).node.arrivingPace = pipeline.stage(0).node.pace;
        pipeline.start();
        QVERIFY(pipeline.waitUntilServing());
        RequestClient client = connected(pipeline);
        for (int i = 0; i < 5; ++i) {
            QVERIFY(client.submit(pipeline.input(1), {}));
            QVERIFY(client.answer(kPatience, {}));
        }
        QTRY_COMPARE(pipeline.status().pipelines[0].hops[1].frames, std::uint64_t{5});
        // A frame that was there before the receiver could look does not count.
        QVERIFY(pipeline.status().pipelines[0].hops[1].transfer.count >= 1);
        const Summary transfer = pipeline.status().pipelines[0].hops[1].transfer;
        // Never faster than the link; how much slower is the machine's affair.
        QVERIFY2(transfer.mean() >= 0.0304, qPrintable(QString::number(transfer.mean())));
        QCOMPARE(pipeline.status().deadlines, transfer.count);
    }

    // A full queue is no lateness of the link: what it held back has neither time nor deadline.
    void framesThatAreHeldBackMissNoDeadline()
    {
        test::Pipeline pipeline;
        pipeline.stage(0).node.pace = PaceConfig{{1e9}, {0}};
        pipeline.stage(1).node.arrivingPace = pipeline.stage(0).node.pace;
        pipeline.stage(1).computeFactor = 500;
        pipeline.start();
        QVERIFY(pipeline.waitUntilServing());
        RequestClient client = connected(pipeline);
        constexpr int kRequests = 12;
        for (int i = 0; i < kRequests; ++i)
            QVERIFY(client.submit(pipeline.input(1), {}));
        for (int i = 0; i < kRequests; ++i)
            QVERIFY(client.answer(kPatience, {}));
        QTRY_COMPARE(pipeline.status().pipelines[0].stages[1].metrics.sent,
                     std::uint64_t{kRequests});
        const StageMetrics metrics = pipeline.status().pipelines[0].stages[1].metrics;
        QCOMPARE(metrics.compute.count, std::uint64_t{kRequests});
        QVERIFY(metrics.transfer.count < kRequests);
        QCOMPARE(metrics.deadlines, metrics.compute.count + metrics.transfer.count);
    }

    void aTakenPortIsNamed()
    {
        test::Pipeline pipeline;
        const auto taken = Listener::open({"127.0.0.1", 0}, Buffers{});
        StageConfig config = pipeline.stage(0);
        config.node.listen.port = taken->port();
        const auto opened = Listener::open(config.node.listen, Buffers{});
        QVERIFY(!opened);
        QVERIFY(opened.error().message.find("another program has this port") != std::string::npos);
    }
};

} // namespace millrace::runtime

QTEST_GUILESS_MAIN(millrace::runtime::TestPipeline)
#include "tst_pipeline.moc"
