// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/net/Porch.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <map>

namespace millrace::runtime
{
namespace
{

constexpr int kAtOnce = 64; ///< accepted before anybody is looked after again

enum class Said { Nothing, Tls, Other };

Said whatItSaid(const Accepted& accepted)
{
    constexpr unsigned char kHandshake = 22; // RFC 8446, section 5.1: the record's type
    unsigned char first = 0;
    const ssize_t got = ::recv(accepted.descriptor(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? Said::Nothing : Said::Other;
    return got == 1 && first == kHandshake ? Said::Tls : Said::Other;
}

} // namespace

Porch::Porch(Listener listener, std::size_t most, Clock::duration patience)
    : m_listener(std::move(listener)), m_most(most), m_patience(patience)
{
}

void Porch::acceptAll(Turn& turn)
{
    for (int count = 0; count < kAtOnce; ++count) {
        auto accepted = m_listener.acceptNow();
        if (!accepted) {
            // Whoever waits holds what is lacking.
            turnAway(turn);
            turn.refused.push_back(accepted.error().message);
            return;
        }
        if (!*accepted)
            return;
        std::string address = (*accepted)->address();
        m_waiting.push_back({std::move(**accepted), std::move(address), Clock::now()});
        if (m_waiting.size() > m_most)
            turnAway(turn);
    }
}

/// The oldest one of the address that has the most.
void Porch::turnAway(Turn& turn)
{
    std::map<std::string, std::size_t> count;
    std::size_t most = 0;
    for (const Caller& caller : m_waiting)
        most = std::max(most, ++count[caller.address]);
    const auto first = std::find_if(m_waiting.begin(), m_waiting.end(), [&](const Caller& caller) {
        return count[caller.address] == most;
    });
    if (first == m_waiting.end())
        return;
    turn.refused.push_back("too many connections that say nothing, from " + first->address);
    m_waiting.erase(first);
}

Porch::Turn Porch::wait(std::chrono::milliseconds time)
{
    std::vector<pollfd> watched{{m_listener.descriptor(), POLLIN, 0}};
    for (const Caller& caller : m_waiting)
        watched.push_back({caller.accepted.descriptor(), POLLIN, 0});
    Turn turn;
    if (::poll(watched.data(), watched.size(), static_cast<int>(time.count())) > 0 &&
        watched.front().revents != 0)
        acceptAll(turn);
    const auto now = Clock::now();
    for (auto at = m_waiting.begin(); at != m_waiting.end();) {
        const Said said = whatItSaid(at->accepted);
        if (said == Said::Nothing && now < at->since + m_patience) {
            ++at;
            continue;
        }
        if (said == Said::Tls)
            turn.speaking.push_back(std::move(*at));
        else if (said == Said::Other)
            turn.refused.push_back("no TLS, from " + at->address);
        else
            turn.refused.push_back("nothing said, from " + at->address);
        at = m_waiting.erase(at);
    }
    return turn;
}

} // namespace millrace::runtime
