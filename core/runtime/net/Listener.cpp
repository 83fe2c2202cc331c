// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/net/Awaiting.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace millrace::runtime
{
namespace
{

using asio::ip::tcp;

/// Connections that the system holds until they are accepted: many, so that a crowd of strangers
/// makes nobody wait for another try.
constexpr int kWaiting = 1024;

} // namespace

Accepted::~Accepted()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

Accepted& Accepted::operator=(Accepted&& other) noexcept
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
    m_descriptor = other.release();
    return *this;
}

std::string Accepted::address() const
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    std::array<char, NI_MAXHOST> text{};
    auto* const at = reinterpret_cast<sockaddr*>(&address);
    if (::getpeername(m_descriptor, at, &size) != 0 ||
        ::getnameinfo(at, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0)
        return {};
    return text.data();
}

int Accepted::release()
{
    return std::exchange(m_descriptor, -1);
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
        impl->acceptor.listen(kWaiting, error);
    if (!error)
        impl->acceptor.native_non_blocking(true, error);
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

int Listener::descriptor() const
{
    return m_impl->acceptor.native_handle();
}

Result<std::optional<Accepted>> Listener::acceptNow()
{
    const int descriptor =
        ::accept4(m_impl->acceptor.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0)
        return Accepted(descriptor);
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
        return fail(ErrorCode::ResourceExhausted, "no connection more can be open");
    return std::nullopt; // also when the one who waited has gone
}

} // namespace millrace::runtime
