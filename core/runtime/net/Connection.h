// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "runtime/NodeConfig.h"
#include "runtime/net/Limit.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace millrace::runtime
{

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
    Accepted& operator=(Accepted&& other) noexcept;
    ~Accepted();
    [[nodiscard]] int descriptor() const { return m_descriptor; }
    [[nodiscard]] int release();
    /// Numeric, of the other side; empty when it has gone.
    [[nodiscard]] std::string address() const;

private:
    int m_descriptor;
};

/// One mutually authenticated TLS connection. One thread at a time uses it; a stop token or a
/// deadline ends any wait. After an error it is of no more use.
///
/// A peer that is alive says so: whoever waits on a connection hears something at least every
/// kBeat, and takes the peer for dead after kSilence (Network, "silent for 10 s"). TCP's own
/// time-outs would take a living peer with a full queue for dead. Three ways to use a connection:
class Connection
{
public:
    enum class Use {
        Talk,  ///< questions and answers in turn: the caller's limits say when to give up
        Sends, ///< write() and tend() only: what the peer says meanwhile goes to Duty::heard
        Takes, ///< read() and tend() only: Duty::beat is said to the peer while nothing comes
    };
    struct Duty {
        Use use = Use::Talk;
        /// What to say now; called about every kBeat, on the connection's thread.
        std::function<std::vector<std::byte>()> beat = {};
        /// Bytes of the peer, in their order, on the connection's thread. An error ends the use.
        std::function<Result<void>(std::span<const std::byte>)> heard = {};
    };

    /// Connects and authenticates. Network: nobody there; AuthFailed: not this peer. A name is
    /// looked up within the limit, also when the look-up itself knows none.
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

    /// From now on; before anything but a greeting was exchanged.
    void setDuty(Duty duty);

    /// When the peer last said anything, as far as somebody listened.
    [[nodiscard]] Clock::time_point heardAt() const;

    /// Fills `bytes`. Network when the connection ends before. Says whether the bytes were there
    /// already (`Ready`) or had to be waited for.
    enum class Arrival { Ready, Waited };
    [[nodiscard]] Result<Arrival> read(std::span<std::byte> bytes, const Limit& limit);
    [[nodiscard]] Result<void> write(std::span<const std::byte> bytes, const Limit& limit);
    /// Does what is due and does not wait. Call it at least every kBeat while neither read() nor
    /// write() runs. `Now`: a beat is due.
    enum class When { Due, Now };
    [[nodiscard]] Result<void> tend(When when = When::Due);

private:
    struct Impl;
    explicit Connection(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

inline constexpr std::chrono::milliseconds kBeat{1000};
inline constexpr std::chrono::seconds kSilence{10};

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
    /// To wait on beside others.
    [[nodiscard]] int descriptor() const;
    /// None when nobody waits. ResourceExhausted: no descriptor is left.
    [[nodiscard]] Result<std::optional<Accepted>> acceptNow();

private:
    struct Impl;
    explicit Listener(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace millrace::runtime
