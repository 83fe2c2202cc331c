// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Dial.h"

#include <QTest>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>

using namespace millrace;
using namespace millrace::ssh;

namespace
{

/// Listens on 127.0.0.1.
class Listener
{
public:
    Listener() : m_fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        ::sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* any = reinterpret_cast<::sockaddr*>(&address);
        ::socklen_t size = sizeof address;
        if (::bind(m_fd.get(), any, size) == 0 && ::listen(m_fd.get(), 4) == 0 &&
            ::getsockname(m_fd.get(), any, &size) == 0)
            m_port = ntohs(address.sin_port);
    }
    [[nodiscard]] std::uint16_t port() const { return m_port; }
    [[nodiscard]] bool accepts() const
    {
        return Descriptor(::accept(m_fd.get(), nullptr, nullptr)).get() >= 0;
    }

private:
    Descriptor m_fd;
    std::uint16_t m_port = 0;
};

} // namespace

class TestDial : public QObject
{
    Q_OBJECT
private slots:
    void connects()
    {
        const Listener listener;
        const auto socket = dial("127.0.0.1", listener.port(), AddressFamily::Any, Seconds{5}, {});
        QVERIFY(socket && socket->get() >= 0);
        QVERIFY(listener.accepts());
    }

    void everyAddressOfANameIsTried()
    {
        const Listener listener; // the name may have ::1 first
        QVERIFY(dial("localhost", listener.port(), AddressFamily::Any, Seconds{5}, {}));
    }

    void nobodyListens()
    {
        const std::uint16_t port = Listener().port();
        const auto socket = dial("127.0.0.1", port, AddressFamily::Any, Seconds{5}, {});
        QVERIFY(!socket && socket.error().code == ErrorCode::Network);
    }

    void theFamilyIsKeptTo()
    {
        const auto socket = dial("127.0.0.1", 1, AddressFamily::Ipv6, Seconds{5}, {});
        QVERIFY(!socket && socket.error().code == ErrorCode::Network);
    }

    void stoppedItEndsAtOnce()
    {
        std::stop_source stop;
        stop.request_stop();
        const auto begun = std::chrono::steady_clock::now();
        const auto socket =
            dial("192.0.2.1", 22, AddressFamily::Any, Seconds{60}, stop.get_token());
        QVERIFY(!socket);
        QVERIFY(std::chrono::steady_clock::now() - begun < std::chrono::seconds(5));
    }
};

QTEST_GUILESS_MAIN(TestDial)
#include "tst_dial.moc"
