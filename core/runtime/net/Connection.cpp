// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/Pace.h"
#include "runtime/net/Awaiting.h"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace millrace::runtime
{
namespace
{

using asio::ip::tcp;

constexpr std::chrono::milliseconds kAgain{20};

/// The kernel asks a quiet peer whether it is there, for connections on which nobody beats. There
/// is no limit on unanswered data: TCP also counts the time for which a living peer takes none.
void setOptions(int descriptor)
{
    const auto set = [descriptor](int level, int option, int value) {
        ::setsockopt(descriptor, level, option, &value, sizeof value);
    };
    set(IPPROTO_TCP, TCP_NODELAY, 1);
    set(SOL_SOCKET, SO_KEEPALIVE, 1);
    set(IPPROTO_TCP, TCP_KEEPIDLE, 5);
    set(IPPROTO_TCP, TCP_KEEPINTVL, 2);
    set(IPPROTO_TCP, TCP_KEEPCNT, 3);
}

} // namespace

struct Connection::Impl {
    explicit Impl(const TlsContext& context) : tls(context), stream(io, context.impl().context) {}

    [[nodiscard]] auto canceller()
    {
        return [this] {
            asio::error_code ignored;
            stream.lowest_layer().cancel(ignored);
        };
    }

    Result<void> connect(const asio::ip::address& address, std::uint16_t port, Buffers buffers,
                         const Limit& limit)
    {
        auto& socket = stream.lowest_layer();
        asio::error_code ignored;
        socket.close(ignored);
        socket.open(address.is_v6() ? tcp::v6() : tcp::v4(), ignored);
        setBuffers(socket, buffers);
        const auto connected = await(
            io, limit,
            [&](auto finish) {
                socket.async_connect({address, port},
                                     [finish](const asio::error_code& error) { finish(error, 0); });
            },
            canceller());
        if (!connected)
            return tl::unexpected(connected.error());
        return {};
    }

    Result<void> handshake(asio::ssl::stream_base::handshake_type side, const Limit& limit)
    {
        const auto done = await(
            io, limit,
            [&](auto finish) {
                stream.async_handshake(
                    side, [finish](const asio::error_code& error) { finish(error, 0); });
            },
            canceller());
        if (!done)
            return inContext("TLS", done.error());
        const Peer* const found =
            peerOf(tls.impl(), SSL_get0_peer_certificate(stream.native_handle()));
        if (found == nullptr)
            return fail(ErrorCode::AuthFailed, "TLS: an unknown certificate");
        peer = *found;
        return {};
    }

    /// Keeps a read going where the peer only beats.
    void listen()
    {
        if (duty.use != Use::Sends || isListening || broken)
            return;
        isListening = true;
        stream.async_read_some(asio::buffer(back),
                               [this](const asio::error_code& error, std::size_t bytes) {
                                   isListening = false;
                                   Result<void> heard;
                                   if (error)
                                       heard = failed(error);
                                   else
                                       heard = duty.heard(std::span(back).first(bytes));
                                   heardAt = Clock::now();
                                   if (heard)
                                       return listen();
                                   broken = heard.error();
                                   io.stop();
                               });
    }

    void beat()
    {
        if (duty.use == Use::Talk || isBeating || Clock::now() < nextBeat)
            return;
        isBeating = true;
        nextBeat = Clock::now() + kBeat;
        beatBytes = duty.beat();
        asio::async_write(stream, asio::buffer(beatBytes),
                          [this](const asio::error_code& error, std::size_t) {
                              isBeating = false;
                              if (const auto next = std::exchange(afterBeat, nullptr))
                                  next(error);
                          });
    }

    [[nodiscard]] Result<void> checkPeer() const
    {
        if (broken)
            return tl::unexpected(*broken);
        if (duty.use != Use::Talk && Clock::now() >= heardAt + kSilence)
            return fail(ErrorCode::Network, "{} is silent for {} s", peer.name, kSilence.count());
        return {};
    }

    /// While an operation runs; see await().
    struct Beside {
        Impl* impl;
        [[nodiscard]] Clock::time_point due() const
        {
            if (impl->duty.use == Use::Talk)
                return Clock::time_point::max();
            const auto silent = impl->heardAt + kSilence;
            // Nobody may beat into a frame of his own.
            return impl->duty.use == Use::Takes && !impl->isBeating
                       ? std::min(silent, impl->nextBeat)
                       : silent;
        }
        [[nodiscard]] Result<void> look() const
        {
            if (impl->duty.use == Use::Takes)
                impl->beat();
            return impl->checkPeer();
        }
    };

    asio::io_context io{1};
    TlsContext tls;
    asio::ssl::stream<tcp::socket> stream;
    Peer peer;
    Duty duty;
    Clock::time_point heardAt, nextBeat;
    bool isListening = false, isBeating = false;
    std::array<std::byte, 4096> back{};
    std::vector<std::byte> beatBytes;
    /// A write that waits for the end of a beat.
    std::function<void(const asio::error_code&)> afterBeat;
    std::optional<Error> broken; ///< what the peer said, or its end, while we only sent
};

Connection::Connection(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Result<Connection> Connection::dial(const TlsContext& tls, const Endpoint& endpoint,
                                    const Peer& peer, Buffers buffers, const Limit& limit)
{
    const std::string where =
        fmt::format("{} at {}:{}", peer.name, endpoint.address, endpoint.port);
    const auto addresses = tls.impl().resolver.addresses(endpoint.address, limit);
    if (!addresses)
        return inContext(where, addresses.error());
    while (true) {
        auto impl = std::make_unique<Impl>(tls);
        Result<void> connected = fail(ErrorCode::Network, "no address");
        for (const std::string& text : *addresses) {
            asio::error_code error;
            const auto address = asio::ip::make_address(text, error);
            connected =
                error ? failed(error) : impl->connect(address, endpoint.port, buffers, limit);
            if (connected || connected.error().code != ErrorCode::Network)
                break;
        }
        if (!connected)
            return inContext(where, connected.error());
        setOptions(impl->stream.lowest_layer().native_handle());
        const auto shaken = impl->handshake(asio::ssl::stream_base::client, limit);
        if (shaken && impl->peer != peer)
            return fail(ErrorCode::AuthFailed, "{}: {} answers there", where, impl->peer.name);
        if (shaken)
            return Connection(std::move(impl));
        // Whoever is turned away in the middle came into a crowd: the next try has more luck.
        if (shaken.error().code != ErrorCode::Network ||
            !sleepUntil(std::min(Clock::now() + kAgain, limit.deadline), limit.stop) ||
            Clock::now() >= limit.deadline)
            return inContext(where, shaken.error());
    }
}

Result<Connection> Connection::welcome(const TlsContext& tls, Accepted accepted, const Limit& limit)
{
    auto impl = std::make_unique<Impl>(tls);
    const int descriptor = accepted.release();
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
    asio::error_code error;
    impl->stream.lowest_layer().assign(address.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(),
                                       descriptor, error);
    if (error) {
        ::close(descriptor);
        return fail(ErrorCode::Network, "{}", error.message());
    }
    setOptions(descriptor);
    if (const auto ok = impl->handshake(asio::ssl::stream_base::server, limit); !ok)
        return tl::unexpected(ok.error());
    return Connection(std::move(impl));
}

const std::string& Connection::peer() const
{
    return m_impl->peer.name;
}

Clock::time_point Connection::heardAt() const
{
    return m_impl->heardAt;
}

void Connection::setDuty(Duty duty)
{
    m_impl->duty = std::move(duty);
    m_impl->heardAt = m_impl->nextBeat = Clock::now();
}

Result<Connection::Arrival> Connection::read(std::span<std::byte> bytes, const Limit& limit)
{
    Impl& impl = *m_impl;
    impl.heardAt = Clock::now(); // what came while nobody read is still to be read
    if (impl.duty.use == Use::Takes)
        impl.beat(); // who never has to wait for bytes beats, too
    bool waited = false;
    const auto done = await(
        impl.io, limit,
        [&](auto finish) {
            const auto left = [&impl, size = bytes.size()](const asio::error_code& error,
                                                           std::size_t got) -> std::size_t {
                impl.heardAt = got == 0 ? impl.heardAt : Clock::now();
                return error ? 0 : size - got;
            };
            asio::async_read(impl.stream, asio::buffer(bytes.data(), bytes.size()), left, finish);
        },
        impl.canceller(), &waited, Impl::Beside{&impl});
    if (!done)
        return tl::unexpected(done.error());
    return waited ? Arrival::Waited : Arrival::Ready;
}

Result<void> Connection::write(std::span<const std::byte> bytes, const Limit& limit)
{
    Impl& impl = *m_impl;
    impl.listen();
    if (impl.duty.use == Use::Sends && Clock::now() > impl.heardAt + kBeat) {
        impl.io.restart();
        impl.io.poll(); // what it said while nobody listened
    }
    const auto done = await(
        impl.io, limit,
        [&](auto finish) {
            const auto start = [&impl, bytes, finish](const asio::error_code& error) {
                if (error)
                    finish(error, 0);
                else
                    asio::async_write(impl.stream, asio::buffer(bytes.data(), bytes.size()),
                                      finish);
            };
            if (impl.isBeating)
                impl.afterBeat = start;
            else
                start({});
        },
        impl.canceller(), nullptr, Impl::Beside{&impl});
    if (!done)
        return tl::unexpected(done.error());
    impl.nextBeat = Clock::now() + kBeat; // it has heard us
    return {};
}

Result<void> Connection::tend(When when)
{
    Impl& impl = *m_impl;
    if (when == When::Now)
        impl.nextBeat = Clock::now();
    impl.listen();
    impl.beat();
    impl.io.restart();
    impl.io.poll();
    // Whoever does not read hears nothing either, and has no reason to complain.
    if (impl.duty.use == Use::Takes)
        return {};
    return impl.checkPeer();
}

} // namespace millrace::runtime
