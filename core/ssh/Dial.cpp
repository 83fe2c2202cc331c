// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Dial.h"

#include "ssh/Watch.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace millrace::ssh
{
namespace
{

using Addresses = std::unique_ptr<::addrinfo, decltype(&::freeaddrinfo)>;

/// Shared with the thread that looks the name up, which may outlive the call.
struct Lookup {
    std::mutex mutex;
    std::condition_variable_any done;
    bool finished = false;
    int error = 0;
    Addresses addresses{nullptr, &::freeaddrinfo};
};

Result<Addresses> lookUp(const std::string& host, std::uint16_t port, AddressFamily family,
                         Clock::time_point deadline, const std::stop_token& stop)
{
    auto lookup = std::make_shared<Lookup>();
    std::thread([lookup, host, service = std::to_string(port), family] {
        ::addrinfo hints{};
        hints.ai_socktype = SOCK_STREAM;
        hints.ai_family = family == AddressFamily::Ipv4   ? AF_INET
                          : family == AddressFamily::Ipv6 ? AF_INET6
                                                          : AF_UNSPEC;
        ::addrinfo* found = nullptr; // nothing here throws
        const int error = ::getaddrinfo(host.c_str(), service.c_str(), &hints, &found);
        const std::lock_guard lock(lookup->mutex);
        lookup->error = error;
        lookup->addresses.reset(error == 0 ? found : nullptr);
        lookup->finished = true;
        lookup->done.notify_all();
    }).detach();
    std::unique_lock lock(lookup->mutex);
    lookup->done.wait_until(lock, stop, deadline, [&] { return lookup->finished; });
    if (stop.stop_requested())
        return fail(ErrorCode::Cancelled, "{}: cancelled", host);
    if (!lookup->finished)
        return fail(ErrorCode::Timeout, "{}: its name was not found in time", host);
    if (lookup->error != 0)
        return fail(ErrorCode::Network, "{}: no such host ({}); check the address", host,
                    ::gai_strerror(lookup->error));
    return std::move(lookup->addresses);
}

/// 0 when connected, else errno; ETIMEDOUT at the deadline, ECANCELED when stopped.
int finishConnect(int fd, Clock::time_point deadline, const StopSignal& stop)
{
    for (;;) {
        std::array<::pollfd, 2> waits = {{{fd, POLLOUT, 0}, {stop.fd(), POLLIN, 0}}};
        const int ready = ::poll(waits.data(), waits.size(), pollTime(deadline));
        if (stop.stopped())
            return ECANCELED;
        if (ready > 0 && waits[0].revents != 0) {
            int error = 0;
            ::socklen_t size = sizeof error;
            ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
            return error;
        }
        if (Clock::now() >= deadline)
            return ETIMEDOUT;
    }
}

} // namespace

Result<Descriptor> dial(const std::string& host, std::uint16_t port, AddressFamily family,
                        Seconds limit, const std::stop_token& stop)
{
    const auto deadline = deadlineIn(limit);
    auto addresses = lookUp(host, port, family, deadline, stop);
    if (!addresses)
        return tl::unexpected(addresses.error());
    const StopSignal signal(stop);
    int last = ECONNREFUSED;
    for (const ::addrinfo* at = addresses->get(); at != nullptr; at = at->ai_next) {
        Descriptor fd(::socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (!fd)
            continue;
        last = ::connect(fd.get(), at->ai_addr, at->ai_addrlen) == 0 ? 0 : errno;
        if (last == EINPROGRESS)
            last = finishConnect(fd.get(), deadline, signal);
        if (last == 0) {
            const int on = 1;
            ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            return fd;
        }
        if (last == ECANCELED)
            return fail(ErrorCode::Cancelled, "{}: cancelled", host);
        if (last == ETIMEDOUT)
            break;
    }
    if (last == ETIMEDOUT)
        return fail(ErrorCode::Timeout, "{} port {}: no answer within {}; is it switched on?", host,
                    port, formatDuration(limit));
    return fail(ErrorCode::Network, "{} port {}: {}; does an SSH server run there?", host, port,
                std::strerror(last));
}

} // namespace millrace::ssh
