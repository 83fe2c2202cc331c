// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/net/Porch.h"

#include <QTest>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace millrace::runtime
{
namespace
{

constexpr std::string_view kTlsRecord = "\x16\x03\x01";

Porch porchFor(std::size_t most, Clock::duration patience, quint16& port)
{
    auto listener = Listener::open({"127.0.0.1", 0}, Buffers{});
    port = listener->port();
    return {std::move(*listener), most, patience};
}

class Caller
{
public:
    explicit Caller(quint16 port, const char* from = "127.0.0.1")
    {
        const ::sockaddr_in own = addressOf(from, 0), porch = addressOf("127.0.0.1", port);
        isThere =
            ::bind(m_socket, reinterpret_cast<const ::sockaddr*>(&own), sizeof own) == 0 &&
            ::connect(m_socket, reinterpret_cast<const ::sockaddr*>(&porch), sizeof porch) == 0;
    }
    Caller(const Caller&) = delete;
    Caller& operator=(const Caller&) = delete;
    ~Caller() { ::close(m_socket); }
    void say(std::string_view what) const
    {
        QCOMPARE(::send(m_socket, what.data(), what.size(), MSG_NOSIGNAL),
                 static_cast<ssize_t>(what.size()));
    }
    bool isThere = false;

private:
    static ::sockaddr_in addressOf(const char* host, quint16 port)
    {
        ::sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        ::inet_pton(AF_INET, host, &address.sin_addr);
        return address;
    }
    int m_socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
};

/// What comes within a second, all of it together, until so many have spoken or were refused.
Porch::Turn turns(Porch& porch, std::size_t spoken, std::size_t refused)
{
    Porch::Turn all;
    const auto end = Clock::now() + std::chrono::seconds(1);
    while ((all.speaking.size() < spoken || all.refused.size() < refused) && Clock::now() < end) {
        Porch::Turn turn = porch.wait(std::chrono::milliseconds(20));
        for (Porch::Caller& caller : turn.speaking)
            all.speaking.push_back(std::move(caller));
        all.refused.insert(all.refused.end(), turn.refused.begin(), turn.refused.end());
    }
    return all;
}

} // namespace

class TestPorch : public QObject
{
    Q_OBJECT
private slots:
    void whoSpeaksTlsIsMet()
    {
        quint16 port = 0;
        Porch porch = porchFor(8, std::chrono::seconds(30), port);
        const Caller quiet(port), speaks(port);
        QVERIFY(quiet.isThere && speaks.isThere);
        speaks.say(kTlsRecord);
        const Porch::Turn turn = turns(porch, 1, 0);
        QCOMPARE(turn.speaking.size(), std::size_t{1});
        QCOMPARE(turn.speaking[0].address, std::string("127.0.0.1"));
        QVERIFY(turn.refused.empty());
        QCOMPARE(porch.waiting(), std::size_t{1});
    }

    void whoSpeaksSomethingElseIsTurnedAway()
    {
        quint16 port = 0;
        Porch porch = porchFor(8, std::chrono::seconds(30), port);
        const Caller web(port);
        web.say("GET / HTTP/1.1\r\n\r\n");
        const Porch::Turn turn = turns(porch, 0, 1);
        QCOMPARE(turn.refused.size(), std::size_t{1});
        QCOMPARE(turn.refused[0], std::string("no TLS, from 127.0.0.1"));
        QCOMPARE(porch.waiting(), std::size_t{0});
    }

    void patienceEnds()
    {
        quint16 port = 0;
        Porch porch = porchFor(8, std::chrono::milliseconds(100), port);
        const Caller quiet(port);
        const Porch::Turn turn = turns(porch, 0, 1);
        QCOMPARE(turn.refused.size(), std::size_t{1});
        QCOMPARE(turn.refused[0], std::string("nothing said, from 127.0.0.1"));
    }

    // One address cannot push out another.
    void theOldestOfTheLargestCrowdLeaves()
    {
        quint16 port = 0;
        Porch porch = porchFor(3, std::chrono::seconds(30), port);
        const Caller lonely(port, "127.0.0.2");
        std::vector<std::unique_ptr<Caller>> crowd;
        for (int i = 0; i < 4; ++i) {
            crowd.push_back(std::make_unique<Caller>(port));
            QVERIFY(crowd.back()->isThere);
        }
        const Porch::Turn turn = turns(porch, 0, 2);
        QCOMPARE(turn.refused.size(), std::size_t{2});
        QVERIFY(turn.refused[0].ends_with("127.0.0.1"));
        QVERIFY(turn.refused[1].ends_with("127.0.0.1"));
        QCOMPARE(porch.waiting(), std::size_t{3});
        lonely.say(kTlsRecord);
        crowd.back()->say(kTlsRecord);
        const Porch::Turn later = turns(porch, 2, 0);
        QCOMPARE(later.speaking.size(), std::size_t{2});
        QCOMPARE(later.speaking[0].address, std::string("127.0.0.2"));
    }

    void whoIsGivenBackIsMetFirst()
    {
        quint16 port = 0;
        Porch porch = porchFor(8, std::chrono::seconds(30), port);
        const Caller first(port);
        first.say(kTlsRecord);
        Porch::Turn turn = turns(porch, 1, 0);
        QCOMPARE(turn.speaking.size(), std::size_t{1});
        const int descriptor = turn.speaking[0].accepted.descriptor();
        const Caller second(port);
        second.say(kTlsRecord);
        porch.giveBack(std::move(turn.speaking[0]));
        const Porch::Turn again = turns(porch, 2, 0);
        QCOMPARE(again.speaking.size(), std::size_t{2});
        QCOMPARE(again.speaking[0].accepted.descriptor(), descriptor);
    }
};

} // namespace millrace::runtime

QTEST_APPLESS_MAIN(millrace::runtime::TestPorch)
#include "tst_porch.moc"
