// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/Connection.h"

#include "runtime/Identity.h"

#include <asio.hpp>
#include <asio/ssl.hpp>
#include <fmt/ranges.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef __aarch64__
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace millrace::runtime
{
namespace
{

using asio::ip::tcp;

/// The side that lacks AES instructions asks for ChaCha20 first, and the other one follows.
const char* cipherSuites()
{
#if defined(__x86_64__)
    const bool hasAes = __builtin_cpu_supports("aes") != 0;
#elif defined(__aarch64__)
    const bool hasAes = (getauxval(AT_HWCAP) & HWCAP_AES) != 0;
#else
    const bool hasAes = false;
#endif
    return hasAes ? "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256"
                  : "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";
}

/// Of the certificate that the peer proved to own; empty when there is none.
std::string fingerprintOf(X509* certificate)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (certificate == nullptr || X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1)
        return {};
    return fmt::format("{:02x}", fmt::join(digest.begin(), digest.begin() + size, ""));
}

const Peer* find(const std::vector<Peer>& peers, const std::string& fingerprint)
{
    const auto found = std::find_if(peers.begin(), peers.end(), [&](const Peer& peer) {
        return !fingerprint.empty() && peer.fingerprint == fingerprint;
    });
    return found == peers.end() ? nullptr : &*found;
}

/// In place of OpenSSL's chain check: nobody signs these certificates, and clocks do not count.
int verifyPinned(X509_STORE_CTX* store, void* peers)
{
    const std::string fingerprint = fingerprintOf(X509_STORE_CTX_get0_cert(store));
    if (find(*static_cast<const std::vector<Peer>*>(peers), fingerprint) != nullptr)
        return 1;
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_UNTRUSTED);
    return 0;
}

/// Dead hosts are noticed: the kernel asks after 5 quiet seconds, and unanswered data ends the
/// connection after 10.
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
    set(IPPROTO_TCP, TCP_USER_TIMEOUT, 10'000);
}

template <class Socket>
void setBuffers(Socket& socket, Buffers buffers)
{
    if (buffers.bytes == 0)
        return;
    asio::error_code ignored;
    socket.set_option(asio::socket_base::send_buffer_size(buffers.bytes), ignored);
    socket.set_option(asio::socket_base::receive_buffer_size(buffers.bytes), ignored);
}

/// Runs one asynchronous operation of `context` to its end, the limit, or the stop. `start` gets
/// the handler; `cancel` makes the operation end early.
template <class Start, class Cancel>
Result<std::size_t> await(asio::io_context& context, const Limit& limit, const Start& start,
                          const Cancel& cancel, bool* waited = nullptr)
{
    std::optional<asio::error_code> outcome;
    std::size_t count = 0;
    const auto finish = [&](const asio::error_code& error, std::size_t bytes) {
        outcome = error;
        count = bytes;
    };
    context.restart();
    start(finish);
    if (waited != nullptr) {
        context.poll();
        *waited = !outcome;
    }
    if (!outcome) {
        const std::stop_callback stopped(limit.stop, [&] { asio::post(context, cancel); });
        context.restart();
        if (limit.deadline == Clock::time_point::max())
            context.run();
        else
            context.run_until(limit.deadline);
        if (!outcome) {
            cancel();
            context.restart();
            context.run();
            if (!limit.stop.stop_requested())
                return fail(ErrorCode::Timeout, "no answer in time");
        }
    }
    if (limit.stop.stop_requested())
        return fail(ErrorCode::Cancelled, "cancelled");
    if (!*outcome)
        return count;
    if (*outcome == asio::error::eof || *outcome == asio::ssl::error::stream_truncated)
        return fail(ErrorCode::Network, "the connection ended");
    const bool isTls = outcome->category() == asio::error::get_ssl_category();
    return fail(isTls ? ErrorCode::AuthFailed : ErrorCode::Network, "{}", outcome->message());
}

} // namespace

struct TlsContext::Impl {
    asio::ssl::context context{asio::ssl::context::tlsv13};
    std::vector<Peer> peers;
};

Result<TlsContext> TlsContext::create(const std::string& certificatePem,
                                      const std::string& privateKeyPem, std::vector<Peer> peers)
{
    auto impl = std::make_shared<Impl>();
    impl->peers = std::move(peers);
    asio::ssl::context& context = impl->context;
    asio::error_code error;
    context.use_certificate(asio::buffer(certificatePem), asio::ssl::context::pem, error);
    if (!error)
        context.use_private_key(asio::buffer(privateKeyPem), asio::ssl::context::pem, error);
    SSL_CTX* const native = context.native_handle();
    if (error || SSL_CTX_check_private_key(native) != 1)
        return fail(ErrorCode::ParseError, "the certificate and its key are broken: {}",
                    error.message());
    SSL_CTX_set_min_proto_version(native, TLS1_3_VERSION);
    SSL_CTX_set_ciphersuites(native, cipherSuites());
    SSL_CTX_set_options(native, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_num_tickets(native, 0); // nobody would read them on one-way connections
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(native, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_set_cert_verify_callback(native, verifyPinned, &impl->peers);
    return TlsContext(std::move(impl));
}

Accepted::~Accepted()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

int Accepted::release()
{
    return std::exchange(m_descriptor, -1);
}

struct Connection::Impl {
    explicit Impl(const TlsContext& context) : tls(context), stream(io, context.impl().context) {}

    [[nodiscard]] auto canceller()
    {
        return [this] {
            asio::error_code ignored;
            stream.lowest_layer().cancel(ignored);
        };
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
        X509* const certificate = SSL_get0_peer_certificate(stream.native_handle());
        const Peer* const found = find(tls.impl().peers, fingerprintOf(certificate));
        if (found == nullptr)
            return fail(ErrorCode::AuthFailed, "TLS: an unknown certificate");
        peer = *found;
        return {};
    }

    asio::io_context io{1};
    TlsContext tls;
    asio::ssl::stream<tcp::socket> stream;
    Peer peer;
};

Connection::Connection(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Result<Connection> Connection::dial(const TlsContext& tls, const Endpoint& endpoint,
                                    const Peer& peer, Buffers buffers, const Limit& limit)
{
    auto impl = std::make_unique<Impl>(tls);
    const std::string where =
        fmt::format("{} at {}:{}", peer.name, endpoint.address, endpoint.port);
    tcp::resolver resolver(impl->io);
    tcp::resolver::results_type found;
    auto& socket = impl->stream.lowest_layer();
    const auto resolved = await(
        impl->io, limit,
        [&](auto finish) {
            resolver.async_resolve(endpoint.address, std::to_string(endpoint.port),
                                   [&found, finish](const asio::error_code& error, auto results) {
                                       found = std::move(results);
                                       finish(error, 0);
                                   });
        },
        [&] { resolver.cancel(); });
    if (!resolved)
        return inContext(where, resolved.error());
    const auto connected = [&](const tcp::endpoint& target) {
        asio::error_code ignored;
        socket.close(ignored);
        socket.open(target.protocol(), ignored);
        setBuffers(socket, buffers);
        return await(
            impl->io, limit,
            [&](auto finish) {
                socket.async_connect(target,
                                     [finish](const asio::error_code& error) { finish(error, 0); });
            },
            impl->canceller());
    };
    Result<std::size_t> last = fail(ErrorCode::Network, "no address");
    for (const auto& entry : found) {
        last = connected(entry.endpoint());
        if (last || last.error().code != ErrorCode::Network)
            break;
    }
    if (!last)
        return inContext(where, last.error());
    setOptions(socket.native_handle());
    if (const auto ok = impl->handshake(asio::ssl::stream_base::client, limit); !ok)
        return inContext(where, ok.error());
    if (impl->peer != peer)
        return fail(ErrorCode::AuthFailed, "{}: {} answers there", where, impl->peer.name);
    return Connection(std::move(impl));
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

Result<Connection::Arrival> Connection::read(std::span<std::byte> bytes, const Limit& limit)
{
    bool waited = false;
    const auto done = await(
        m_impl->io, limit,
        [&](auto finish) {
            asio::async_read(m_impl->stream, asio::buffer(bytes.data(), bytes.size()), finish);
        },
        m_impl->canceller(), &waited);
    if (!done)
        return tl::unexpected(done.error());
    return waited ? Arrival::Waited : Arrival::Ready;
}

Result<void> Connection::write(std::span<const std::byte> bytes, const Limit& limit)
{
    const auto done = await(
        m_impl->io, limit,
        [&](auto finish) {
            asio::async_write(m_impl->stream, asio::buffer(bytes.data(), bytes.size()), finish);
        },
        m_impl->canceller());
    if (!done)
        return tl::unexpected(done.error());
    return {};
}

bool Connection::isGone() const
{
    char byte = 0;
    const ssize_t got =
        ::recv(m_impl->stream.lowest_layer().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    // Whatever comes on a one-way connection is the peer's farewell.
    return got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

struct Listener::Impl {
    asio::io_context io{1};
    tcp::acceptor acceptor{io};
};

Listener::Listener(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Listener::Listener(Listener&&) noexcept = default;
Listener& Listener::operator=(Listener&&) noexcept = default;
Listener::~Listener() = default;

Result<Listener> Listener::open(const Endpoint& endpoint, Buffers buffers)
{
    auto impl = std::make_unique<Impl>();
    const std::string where = fmt::format("{}:{}", endpoint.address, endpoint.port);
    asio::error_code error;
    const asio::ip::address address = asio::ip::make_address(endpoint.address, error);
    if (error)
        return fail(ErrorCode::InvalidArgument, "{}: a numeric address is needed to listen", where);
    const tcp::endpoint at(address, endpoint.port);
    impl->acceptor.open(at.protocol(), error);
    if (!error)
        impl->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    setBuffers(impl->acceptor, buffers);
    if (!error)
        impl->acceptor.bind(at, error);
    if (!error)
        impl->acceptor.listen(16, error);
    if (error == asio::error::address_in_use)
        return fail(ErrorCode::Network,
                    "{}: another program has this port; give the device another port_range", where);
    if (error)
        return fail(ErrorCode::Network, "{}: cannot listen: {}", where, error.message());
    return Listener(std::move(impl));
}

std::uint16_t Listener::port() const
{
    asio::error_code ignored;
    return m_impl->acceptor.local_endpoint(ignored).port();
}

Result<Accepted> Listener::accept(const Limit& limit)
{
    std::optional<tcp::socket> accepted;
    const auto done = await(
        m_impl->io, limit,
        [&](auto finish) {
            m_impl->acceptor.async_accept(
                [&accepted, finish](const asio::error_code& error, tcp::socket socket) {
                    accepted = std::move(socket);
                    finish(error, 0);
                });
        },
        [this] {
            asio::error_code ignored;
            m_impl->acceptor.cancel(ignored);
        });
    if (!done)
        return tl::unexpected(done.error());
    asio::error_code error;
    const int descriptor = accepted->release(error);
    if (error)
        return fail(ErrorCode::Network, "{}", error.message());
    return Accepted(descriptor);
}

} // namespace millrace::runtime
