// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/Channel.h"
#include "runtime/Identity.h"

#include <QTest>

#include <thread>

namespace millrace::runtime
{
namespace
{

constexpr std::chrono::seconds kPatience{20};

/// Two ends of one connection, in this process.
struct Ends {
    Ends()
    {
        const Identity one = makeIdentity("one").value(), two = makeIdentity("two").value();
        const auto contextOf = [](const Identity& own, const std::string& name,
                                  const Identity& other) {
            return TlsContext::create(own.certificatePem, own.privateKeyPem,
                                      {{name, other.fingerprint}})
                .value();
        };
        const TlsContext here = contextOf(one, "two", two), there = contextOf(two, "one", one);
        Listener listener = Listener::open({"127.0.0.1", 0}, Buffers{}).value();
        std::jthread welcoming([&] {
            takes.emplace(
                Connection::welcome(there, listener.accept(limit()).value(), limit()).value());
        });
        sends.emplace(Connection::dial(here, {"127.0.0.1", listener.port()},
                                       {"two", two.fingerprint}, Buffers{}, limit())
                          .value());
        welcoming.join();
        sends->sends();
        takes->takes();
    }
    static Limit limit() { return Limit::within(kPatience, {}); }

    std::optional<Channel> sends, takes;
};

FrameLimits tensors(std::uint64_t bytes)
{
    return {1024, bytes, {FrameKind::Tensors}};
}

} // namespace

class TestChannel : public QObject
{
    Q_OBJECT
private slots:
    // Longer than any silence that is borne: TCP's own limit would end the connection.
    void aFullQueueIsNoDeadHost()
    {
        Ends ends;
        const std::vector<std::byte> much(std::size_t{32} << 20, std::byte{7});
        const std::span<const std::byte> all(much);
        Result<void> sent;
        std::jthread sender([&] {
            sent = ends.sends->send(FrameKind::Tensors, "meta", {&all, 1},
                                    Limit::within(std::chrono::minutes(2), {}));
        });
        const auto until = Clock::now() + kSilence + std::chrono::seconds(3);
        while (Clock::now() < until) {
            QVERIFY(ends.takes->tend());
            QTest::qSleep(200);
        }
        const auto incoming = ends.takes->receive(tensors(much.size()), Ends::limit());
        QVERIFY2(incoming, incoming ? "" : incoming.error().message.c_str());
        QVERIFY(ends.takes->skip(*incoming, {}));
        sender.join();
        QVERIFY2(sent, sent ? "" : sent.error().message.c_str());
    }

    void whoSaysNothingIsDead()
    {
        Ends ends;
        const std::vector<std::byte> much(std::size_t{32} << 20);
        const std::span<const std::byte> all(much);
        const auto begun = Clock::now();
        const auto sent = ends.sends->send(FrameKind::Tensors, {}, {&all, 1},
                                           Limit::within(std::chrono::minutes(2), {}));
        QVERIFY(!sent);
        QVERIFY(sent.error().code == ErrorCode::Network);
        QCOMPARE(sent.error().message, std::string("two is silent for 10 s"));
        QVERIFY(Clock::now() - begun < 2 * kSilence);
    }

    // A receiver that is always behind never waits for a frame, and is alive all the same.
    void whoIsAlwaysBehindBeats()
    {
        Ends ends;
        const auto begun = Clock::now();
        std::jthread sender([&](const std::stop_token& stop) {
            while (!stop.stop_requested())
                if (!ends.sends->send(FrameKind::Tensors, "one more", Ends::limit()))
                    return;
        });
        QTest::qSleep(300);
        const auto until = Clock::now() + std::chrono::milliseconds(2500);
        while (Clock::now() < until) {
            QVERIFY(ends.takes->receive(tensors(0), Ends::limit()));
            QTest::qSleep(5);
        }
        sender.request_stop();
        while (sender.joinable() &&
               ends.takes->receive(tensors(0), Limit::within(std::chrono::milliseconds(500), {})))
            ;
        sender.join();
        const auto silence = Clock::now() - ends.sends->heardAt();
        QVERIFY2(ends.sends->heardAt() > begun + std::chrono::milliseconds(1500),
                 qPrintable(QString::number(std::chrono::duration<double>(silence).count())));
    }

    void beatsAreNotShown()
    {
        Ends ends;
        std::jthread sender([&] {
            for (int i = 0; i < 15; ++i) {
                (void)ends.sends->tend();
                QTest::qSleep(200);
            }
            (void)ends.sends->send(FrameKind::Tensors, "now", Ends::limit());
        });
        const auto incoming = ends.takes->receive(tensors(0), Ends::limit());
        QVERIFY2(incoming, incoming ? "" : incoming.error().message.c_str());
        QCOMPARE(incoming->meta, std::string("now"));
    }

    void acknowledgementsArrive()
    {
        Ends ends;
        std::uint64_t heard = 0;
        ends.sends->onAcknowledged([&](std::uint64_t next) { heard = next; });
        QVERIFY(ends.takes->acknowledge(3));
        QTRY_VERIFY(ends.sends->tend() && heard == 3);
        QCOMPARE(ends.sends->acknowledged(), std::uint64_t{3});
    }

    void theEndIsSeenWhileNothingIsSent()
    {
        Ends ends;
        QVERIFY(ends.sends->tend());
        ends.takes.reset();
        QTRY_VERIFY(!ends.sends->tend());
    }

    void aFarewellHasItsReason()
    {
        Ends ends;
        QVERIFY(ends.takes->send(FrameKind::Bye, encodeBye("no more"), Ends::limit()));
        Result<void> tended;
        QTRY_VERIFY(!(tended = ends.sends->tend()));
        QVERIFY(tended.error() == (Error{ErrorCode::InvalidArgument, "no more"}));
    }
};

} // namespace millrace::runtime

QTEST_GUILESS_MAIN(millrace::runtime::TestChannel)
#include "tst_channel.moc"
