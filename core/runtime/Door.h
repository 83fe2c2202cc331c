// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/Wire.h"

#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace millrace::runtime
{

/// Where a node is reached: accepts connections, authenticates each in a thread of its own, and
/// lets in whoever greets properly. A stranger gets 5 seconds, at most 16 strangers wait at a time.
class Door
{
public:
    /// Decides by purpose and peer, answers the greeting, and serves the connection as long as it
    /// likes, on the connection's thread.
    using Serve = std::function<void(Channel, const wire::Hello&, const std::stop_token&)>;
    using Refused = std::function<void(const std::string& why)>;

    Door(Listener listener, TlsContext tls, std::string release, Serve serve, Refused refused);
    /// Stops and joins every connection's thread.
    ~Door() = default;
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;

private:
    struct Guest {
        std::atomic<bool> isStranger = true, hasLeft = false;
        std::jthread thread; ///< last: it uses the flags
    };
    void acceptAll(const std::stop_token& stop);
    void meet(Accepted accepted, Guest& guest, const std::stop_token& stop);

    Listener m_listener;
    TlsContext m_tls;
    std::string m_release;
    Serve m_serve;
    Refused m_refused;
    std::list<Guest> m_guests; ///< of the accepting thread alone
    std::jthread m_thread;
};

/// Answers a greeting; `why` not empty: refuses.
[[nodiscard]] Result<void> answerHello(Channel& channel, std::uint64_t incarnation,
                                       const std::string& why, const std::stop_token& stop);

/// A node's certificate with these peers, from its folder.
[[nodiscard]] Result<TlsContext>
openTls(const NodeConfig& config, const std::filesystem::path& folder, std::vector<Peer> peers);

} // namespace millrace::runtime
