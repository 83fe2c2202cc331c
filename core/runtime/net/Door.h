// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/Wire.h"
#include "runtime/net/Porch.h"

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace millrace::runtime
{

/// Where a node is reached: accepts connections, authenticates each in a thread of its own, and
/// lets in whoever greets properly. Strangers get 5 seconds; a crowd of them keeps nobody out:
/// those who say nothing wait on the porch and cost no thread, and where too many shake hands the
/// oldest of the address that has the most leaves first. Peers that were let in are no strangers.
class Door
{
public:
    /// Decides by purpose and peer, answers the greeting, and serves the connection as long as it
    /// likes, on the connection's thread.
    using Serve = std::function<void(Channel, const wire::Hello&, const std::stop_token&)>;
    /// So many connections were refused, the last one for this reason. A crowd is told together.
    using Refused = std::function<void(const std::string& why, std::uint64_t times)>;

    Door(Listener listener, TlsContext tls, std::string release, Serve serve, Refused refused);
    /// Stops and joins every connection's thread.
    ~Door() = default;
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;

private:
    struct Guest {
        std::string address;
        std::atomic<bool> isStranger = true, hasLeft = false;
        bool isLeaving = false; ///< of the accepting thread
        std::jthread thread;    ///< last: it uses the flags
    };
    void acceptAll(const std::stop_token& stop);
    void letIn(Porch::Caller caller);
    [[nodiscard]] bool makeRoom();
    void meet(Accepted accepted, Guest& guest, const std::stop_token& stop);
    void refuse(const std::string& why);
    void tellRefusals(Clock::time_point now);

    Porch m_porch;
    TlsContext m_tls;
    std::string m_release;
    Serve m_serve;
    Refused m_refused;
    std::mutex m_mutex; ///< of the refusals
    std::string m_lastRefusal;
    std::uint64_t m_untold = 0;
    double m_mayTell = 0; ///< refusals that may be told one by one; grows with time
    Clock::time_point m_toldAt;
    std::list<Guest> m_guests; ///< of the accepting thread alone
    std::jthread m_thread;
};

/// Answers a greeting; with an error: refuses.
[[nodiscard]] Result<void> answerHello(Channel& channel, const wire::Hello& answer,
                                       const std::stop_token& stop);

/// A node's certificate with these peers, from its folder.
[[nodiscard]] Result<TlsContext>
openTls(const NodeConfig& config, const std::filesystem::path& folder, std::vector<Peer> peers);

} // namespace millrace::runtime
