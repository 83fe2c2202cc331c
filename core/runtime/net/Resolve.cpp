// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/net/Resolve.h"

#include "base/Guarded.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

namespace millrace::runtime
{
namespace
{

using Addresses = Result<std::vector<std::string>>;

bool isNumeric(const std::string& host)
{
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
           ::inet_pton(AF_INET6, host.substr(0, host.find('%')).c_str(), bytes.data()) == 1;
}

} // namespace

struct Resolver::Shared {
    LookUp lookUp;
    std::mutex mutex;
    std::condition_variable_any changed;
    std::map<std::string, std::shared_ptr<std::optional<Addresses>>> running;
};

Resolver::Resolver(LookUp lookUp) : m_shared(std::make_shared<Shared>())
{
    m_shared->lookUp = std::move(lookUp);
}

Addresses Resolver::addresses(const std::string& host, const Limit& limit) const
{
    if (isNumeric(host))
        return std::vector<std::string>{host};
    std::unique_lock lock(m_shared->mutex);
    auto& running = m_shared->running[host];
    if (!running) {
        running = std::make_shared<std::optional<Addresses>>();
        const auto look = [shared = m_shared, host, answer = running] {
            auto found = guarded("looking a name up", [&] { return shared->lookUp(host); });
            const std::lock_guard done(shared->mutex);
            *answer = std::move(found);
            shared->running.erase(host);
            shared->changed.notify_all();
        };
        const auto started = guarded("looking a name up", [&] { std::thread(look).detach(); });
        if (!started) {
            m_shared->running.erase(host);
            return tl::unexpected(started.error());
        }
    }
    const auto answer = running;
    const auto isThere = [&] { return answer->has_value(); };
    // The longest wait that the clock's own type can add up.
    const auto until = std::min(limit.deadline, Clock::now() + std::chrono::hours(24));
    if (m_shared->changed.wait_until(lock, limit.stop, until, isThere))
        return **answer;
    if (limit.stop.stop_requested())
        return fail(ErrorCode::Cancelled, "cancelled");
    return fail(ErrorCode::Timeout, "no name server says what \"{}\" is", host);
}

Addresses Resolver::systemLookUp(const std::string& host)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    if (const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &found); error != 0)
        return fail(ErrorCode::Network, "{}", ::gai_strerror(error));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(found, ::freeaddrinfo);
    std::vector<std::string> addresses;
    for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
        std::array<char, NI_MAXHOST> text{};
        if (::getnameinfo(at->ai_addr, at->ai_addrlen, text.data(), text.size(), nullptr, 0,
                          NI_NUMERICHOST) == 0)
            addresses.emplace_back(text.data());
    }
    if (addresses.empty())
        return fail(ErrorCode::Network, "the name has no address");
    return addresses;
}

} // namespace millrace::runtime
