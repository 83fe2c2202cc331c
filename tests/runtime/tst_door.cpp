// SPDX-License-Identifier: GPL-3.0-or-later
/// Crowds of strangers at the doors of a release: they keep nobody out who belongs to it.
#include "Pipeline.h"
#include "runtime/net/Connection.h"

#include <QTest>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace millrace::runtime
{
namespace
{

constexpr std::chrono::seconds kPatience{20};

/// Connections to these ports that behave badly, from a thread of their own.
class Crowd
{
public:
    /// What each says when it is there; those that are turned away come again at once.
    Crowd(std::vector<std::uint16_t> ports, std::size_t size, std::string says)
        : m_ports(std::move(ports)), m_says(std::move(says)), m_strangers(size, -1),
          m_thread([this](const std::stop_token& stop) { run(stop); })
    {
    }
    [[nodiscard]] std::uint64_t turnedAway() const { return m_turnedAway; }

private:
    void run(const std::stop_token& stop)
    {
        while (!stop.stop_requested()) {
            for (std::size_t i = 0; i < m_strangers.size() && !stop.stop_requested(); ++i)
                if (m_strangers[i] < 0 || hasGone(m_strangers[i]))
                    m_strangers[i] = come(m_ports[i % m_ports.size()]);
            QTest::qSleep(1);
        }
        for (const int stranger : m_strangers)
            ::close(stranger);
    }
    bool hasGone(int stranger)
    {
        std::array<char, 256> said{};
        const ssize_t got = ::recv(stranger, said.data(), said.size(), MSG_DONTWAIT);
        if (got > 0 || (got < 0 && (errno == EAGAIN || errno == ENOTCONN)))
            return false;
        ::close(stranger);
        ++m_turnedAway;
        return true;
    }
    int come(std::uint16_t port) const
    {
        const int stranger = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (stranger < 0)
            return -1;
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        (void)::connect(stranger, reinterpret_cast<const sockaddr*>(&to), sizeof to);
        (void)::send(stranger, m_says.data(), m_says.size(), MSG_NOSIGNAL);
        ::fcntl(stranger, F_SETFL, O_NONBLOCK);
        return stranger;
    }

    std::vector<std::uint16_t> m_ports;
    std::string m_says;
    std::vector<int> m_strangers;
    std::atomic<std::uint64_t> m_turnedAway = 0;
    std::jthread m_thread;
};

/// The beginning of a TLS handshake that never goes on.
std::string halfAHandshake()
{
    return std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + std::string(64, 'r');
}

} // namespace

class TestDoor : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        rlimit files{};
        ::getrlimit(RLIMIT_NOFILE, &files);
        files.rlim_cur = files.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &files);
    }

    void strangersKeepNobodyOut_data()
    {
        QTest::addColumn<int>("size");
        QTest::addColumn<QByteArray>("says");
        const QByteArray half = QByteArray::fromStdString(halfAHandshake());
        for (const int size : {16, 200, 2000}) {
            QTest::addRow("%d that say nothing", size) << size << QByteArray();
            QTest::addRow("%d in half a handshake", size) << size << half;
            QTest::addRow("%d with garbage", size) << size << QByteArray("GET / HTTP/1.1\r\n\r\n");
        }
    }
    void strangersKeepNobodyOut()
    {
        QFETCH(int, size);
        QFETCH(QByteArray, says);
        test::Pipeline pipeline;
        pipeline.start();
        QVERIFY(pipeline.waitUntilServing());
        std::vector<std::uint16_t> ports{pipeline.gateway().node.listen.port};
        for (std::size_t k = 0; k < 3; ++k)
            ports.push_back(pipeline.stage(k).node.listen.port);
        const Crowd crowd(ports, static_cast<std::size_t>(size), says.toStdString());
        QTest::qSleep(500);
        for (int round = 0; round < 3; ++round) {
            const auto begun = Clock::now();
            auto status = StatusClient::connect(pipeline.address(), std::chrono::seconds(5), {});
            QVERIFY2(status, status ? "" : status.error().message.c_str());
            QVERIFY(status->status(0, {})->state == ServiceState::Serving);
            auto client = RequestClient::connect(pipeline.address(), kPatience, {});
            QVERIFY2(client, client ? "" : client.error().message.c_str());
            QVERIFY(client->submit(pipeline.input(1), {}));
            const auto answer = client->answer(kPatience, {});
            QVERIFY2(answer, answer ? "" : answer.error().message.c_str());
            const std::chrono::duration<double> took = Clock::now() - begun;
            qInfo("round %d: %.3f s, %llu turned away", round, took.count(),
                  static_cast<unsigned long long>(crowd.turnedAway()));
        }
        pipeline.endStage(1);
        pipeline.startStage(1);
        QVERIFY(pipeline.waitUntilServing());
    }

    // A crowd is told together: neither the log nor the list of events grows with it.
    void aCrowdIsToldTogether()
    {
        test::Pipeline pipeline;
        pipeline.start();
        QVERIFY(pipeline.waitUntilServing());
        const Crowd crowd({pipeline.gateway().node.listen.port}, 200, "garbage");
        QTRY_VERIFY(crowd.turnedAway() > 1000);
        const LiveStatus status = pipeline.status();
        const auto told =
            std::count_if(status.events.begin(), status.events.end(),
                          [](const Event& event) { return event.kind == EventKind::Refused; });
        QVERIFY2(told <= 8, qPrintable(QString::number(told)));
    }

    void whoAsksForTheStatusMakesRoom()
    {
        test::Pipeline pipeline;
        pipeline.start();
        QVERIFY(pipeline.waitUntilServing());
        std::vector<StatusClient> clients;
        for (int i = 0; i < 40; ++i) {
            auto client = StatusClient::connect(pipeline.address(), kPatience, {});
            QVERIFY2(client, client ? "" : client.error().message.c_str());
            QVERIFY(client->status(0, {}));
            clients.push_back(std::move(*client));
        }
        QVERIFY2(!clients.front().status(0, {}), "the one who was quiet for longest has left");
        QVERIFY(clients.back().status(0, {}));
    }
};

} // namespace millrace::runtime

QTEST_GUILESS_MAIN(millrace::runtime::TestDoor)
#include "tst_door.moc"
