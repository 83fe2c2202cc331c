// SPDX-License-Identifier: GPL-3.0-or-later
#include "deploy/steps/Ports.h"

#include "deploy/ReleaseIndex.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <random>

namespace millrace::deploy
{
namespace
{

constexpr std::pair kUsualPorts{7400, 7499};

// Below 32768, where Linux begins to give ports to outgoing connections: such a one could take a
// stage's port while the stage is down.
constexpr int kFirstPort = 17400;
constexpr int kLastPort = 32767;

/// Keeps a port for itself until it is gone.
class BoundPort
{
public:
    explicit BoundPort(int port) : m_fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        m_isFree = m_fd >= 0 &&
                   ::bind(m_fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    BoundPort(BoundPort&& other) noexcept : m_fd(other.m_fd), m_isFree(other.m_isFree)
    {
        other.m_fd = -1;
    }
    BoundPort& operator=(BoundPort&&) = delete;
    ~BoundPort()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    [[nodiscard]] bool isFree() const { return m_isFree; }

private:
    int m_fd;
    bool m_isFree = false;
};

} // namespace

Result<std::vector<std::uint16_t>> choosePorts(const cluster::Device& device, const Facts& facts,
                                               const std::set<std::uint16_t>& taken, int count)
{
    const auto [first, last] = device.portRange.value_or(kUsualPorts);
    std::vector<std::uint16_t> ports;
    for (int port = first; port <= last && static_cast<int>(ports.size()) < count; ++port) {
        const auto candidate = static_cast<std::uint16_t>(port);
        if (!facts.listeningPorts.contains(candidate) && !taken.contains(candidate))
            ports.push_back(candidate);
    }
    if (static_cast<int>(ports.size()) < count)
        return fail(ErrorCode::Network,
                    "ports {}-{} are taken (every release that is kept has its own); give the "
                    "device a wider port_range",
                    first, last);
    return ports;
}

std::set<std::uint16_t> takenPorts(const std::string& device)
{
    std::set<std::uint16_t> taken;
    for (const ReleaseHeader& other : releaseHeaders())
        for (const ReleaseNode& node : other.nodes)
            if (node.device == device)
                taken.insert(node.endpoint.port);
    return taken;
}

Result<std::vector<std::uint16_t>> freePorts(std::size_t count)
{
    std::vector<std::uint16_t> taken;
    for (const ReleaseHeader& release : releaseHeaders())
        for (const ReleaseNode& node : release.nodes)
            taken.push_back(node.endpoint.port);
    std::vector<std::uint16_t> ports;
    std::vector<BoundPort> kept; // until all are chosen
    constexpr int kRange = kLastPort - kFirstPort + 1;
    const int start = static_cast<int>(std::random_device()() % kRange);
    for (int i = 0; i < kRange && ports.size() < count; ++i) {
        const auto port = static_cast<std::uint16_t>(kFirstPort + (start + i) % kRange);
        if (std::find(taken.begin(), taken.end(), port) != taken.end())
            continue;
        kept.emplace_back(port);
        if (kept.back().isFree())
            ports.push_back(port);
        else
            kept.pop_back();
    }
    if (ports.size() < count)
        return fail(ErrorCode::Network, "there are no {} free ports between {} and {}", count,
                    kFirstPort, kLastPort);
    return ports;
}

} // namespace millrace::deploy
