// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "runtime/NodeConfig.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>

namespace millrace::runtime
{

using Clock = std::chrono::steady_clock;

/// How long an operation may wait, and who may call it off. Timeout and Cancelled are its errors.
struct Limit {
    std::stop_token stop;
    Clock::time_point deadline = Clock::time_point::max();
    [[nodiscard]] static Limit within(Clock::duration time, std::stop_token stop)
    {
        return {std::move(stop), Clock::now() + time};
    }
};

/// A node's certificate and the peers it speaks with: TLS 1.3 only, both sides authenticated by
/// pinned fingerprints, no tickets. Immutable; shared by all connections of a node.
class TlsContext
{
public:
    /// ParseError when certificate or key is broken.
    [[nodiscard]] static Result<TlsContext> create(const std::string& certificatePem,
                                                   const std::string& privateKeyPem,
                                                   std::vector<Peer> peers);
    struct Impl;
    [[nodiscard]] Impl& impl() const { return *m_impl; } ///< for this file's classes only

private:
    explicit TlsContext(std::shared_ptr<Impl> impl) : m_impl(std::move(impl)) {}
    std::shared_ptr<Impl> m_impl;
};

/// How much the kernel holds of a connection in each direction.
struct Buffers {
    int bytes = 0; ///< 0: as the system likes
};

/// A TCP connection in the middle of nothing: accepted, not yet authenticated. Closes itself.
class Accepted
{
public:
    explicit Accepted(int descriptor) : m_descriptor(descriptor) {}
    Accepted(Accepted&& other) noexcept : m_descriptor(other.release()) {}
    Accepted& operator=(Accepted&&) = delete;
    ~Accepted();
    [[nodiscard]] int release();

private:
    int m_descriptor;
};

/// One mutually authenticated TLS connection. One thread at a time uses it; a stop token or a
/// deadline ends any wait. After an error it is of no more use.
class Connection
{
public:
    /// Connects and authenticates. Network: nobody there; AuthFailed: not this peer.
    [[nodiscard]] static Result<Connection> dial(const TlsContext& tls, const Endpoint& endpoint,
                                                 const Peer& peer, Buffers buffers,
                                                 const Limit& limit);
    /// The server's side; the certificate must be one of the context's peers (AuthFailed).
    [[nodiscard]] static Result<Connection> welcome(const TlsContext& tls, Accepted accepted,
                                                    const Limit& limit);
    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;
    ~Connection();

    [[nodiscard]] const std::string& peer() const; ///< the peer's name, by its certificate

    /// Fills `bytes`. Network when the connection ends before. Says whether the bytes were there
    /// already (`Ready`) or had to be waited for.
    enum class Arrival { Ready, Waited };
    [[nodiscard]] Result<Arrival> read(std::span<std::byte> bytes, const Limit& limit);
    [[nodiscard]] Result<void> write(std::span<const std::byte> bytes, const Limit& limit);
    /// Whether the peer has gone, as far as is known without waiting; for connections on which it
    /// never sends.
    [[nodiscard]] bool isGone() const;

private:
    struct Impl;
    explicit Connection(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// A listening port. accept() by one thread.
class Listener
{
public:
    /// Network: the port is taken, or the address is not this machine's.
    [[nodiscard]] static Result<Listener> open(const Endpoint& endpoint, Buffers buffers);
    Listener(Listener&&) noexcept;
    Listener& operator=(Listener&&) noexcept;
    ~Listener();

    [[nodiscard]] std::uint16_t port() const; ///< the one in force, where 0 was asked for
    [[nodiscard]] Result<Accepted> accept(const Limit& limit);

private:
    struct Impl;
    explicit Listener(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace millrace::runtime
