// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/net/Door.h"

#include "base/File.h"
#include "base/Guarded.h"

#include <algorithm>
#include <map>

namespace millrace::runtime
{
namespace
{

constexpr std::chrono::seconds kPatience{5};
constexpr std::chrono::milliseconds kPoll{100};
constexpr std::chrono::milliseconds kBreath{2};
constexpr std::size_t kMostWaiting = 256; ///< far below the 1,024 descriptors of most systems
constexpr std::ptrdiff_t kMostHands = 32; ///< strangers who shake hands
constexpr std::size_t kMostLeaving = 64;  ///< threads that were told to end
constexpr double kToldAtOnce = 5, kToldPerSecond = 0.2;
constexpr std::uintmax_t kMaxPem = 64 * 1024;

} // namespace

Door::Door(Listener listener, TlsContext tls, std::string release, Serve serve, Refused refused)
    : m_porch(std::move(listener), kMostWaiting, kPatience), m_tls(std::move(tls)),
      m_release(std::move(release)), m_serve(std::move(serve)), m_refused(std::move(refused)),
      m_mayTell(kToldAtOnce), m_toldAt(Clock::now()),
      m_thread([this](const std::stop_token& stop) { acceptAll(stop); })
{
}

void Door::acceptAll(const std::stop_token& stop)
{
    bool isCrowded = false;
    while (!stop.stop_requested()) {
        const auto turned = guarded("accepting connections", [&] {
            Porch::Turn turn = m_porch.wait(kPoll);
            m_guests.remove_if([](const Guest& guest) { return guest.hasLeft.load(); });
            for (const std::string& why : turn.refused)
                refuse(why);
            isCrowded = false;
            for (Porch::Caller& caller : turn.speaking) {
                if (!isCrowded && makeRoom()) {
                    letIn(std::move(caller));
                } else {
                    isCrowded = true;
                    m_porch.giveBack(std::move(caller));
                }
            }
            tellRefusals(Clock::now());
        });
        if (!turned) // out of memory or threads, say: the next one may have more luck
            refuse(turned.error().message);
        if (!turned || isCrowded)
            (void)sleepUntil(Clock::now() + kBreath, stop);
    }
    for (Guest& guest : m_guests)
        guest.thread.request_stop();
    m_guests.clear();
}

/// Where too many shake hands, the oldest one of the address that has the most is told to leave.
/// False when even those who leave are too many.
bool Door::makeRoom()
{
    std::map<std::string, std::size_t> count;
    std::ptrdiff_t hands = 0;
    std::size_t most = 0, leaving = 0;
    for (const Guest& guest : m_guests) {
        if (!guest.isStranger)
            continue;
        if (guest.isLeaving) {
            ++leaving;
            continue;
        }
        ++hands;
        most = std::max(most, ++count[guest.address]);
    }
    if (hands < kMostHands)
        return true;
    if (leaving >= kMostLeaving)
        return false;
    for (Guest& guest : m_guests)
        if (guest.isStranger && !guest.isLeaving && count[guest.address] == most) {
            guest.isLeaving = true;
            guest.thread.request_stop();
            refuse("too many connections that do not say who they are, from " + guest.address);
            return true;
        }
    return true;
}

void Door::letIn(Porch::Caller caller)
{
    Guest& guest = m_guests.emplace_back();
    guest.address = std::move(caller.address);
    guest.thread = std::jthread([this, &guest, accepted = std::move(caller.accepted)](
                                    const std::stop_token& own) mutable {
        const auto met = guarded("a connection", [&] { meet(std::move(accepted), guest, own); });
        if (!met)
            refuse(met.error().message);
        guest.hasLeft = true;
    });
}

void Door::meet(Accepted accepted, Guest& guest, const std::stop_token& stop)
{
    const Limit limit = Limit::within(kPatience, stop);
    auto connection = Connection::welcome(m_tls, std::move(accepted), limit);
    if (!connection) {
        if (connection.error().code != ErrorCode::Cancelled)
            refuse(connection.error().message);
        return;
    }
    guest.isStranger = false; // its certificate is known
    Channel channel(std::move(*connection));
    const auto hello = receiveHello(channel, limit);
    if (!hello) {
        if (hello.error().code != ErrorCode::Cancelled)
            refuse(channel.peer() + ": " + hello.error().message);
        return;
    }
    if (hello->release() != m_release) {
        refuse(channel.peer() + ": greets another release");
        wire::Hello answer;
        answer.set_error("another release is here");
        (void)answerHello(channel, answer, stop);
        return;
    }
    m_serve(std::move(channel), *hello, stop);
}

void Door::refuse(const std::string& why)
{
    std::unique_lock lock(m_mutex);
    if (m_mayTell < 1) {
        ++m_untold;
        m_lastRefusal = why;
        return;
    }
    m_mayTell -= 1;
    lock.unlock();
    m_refused(why, 1);
}

/// In a crowd: once in a while, and how many they were.
void Door::tellRefusals(Clock::time_point now)
{
    std::unique_lock lock(m_mutex);
    const double seconds = std::chrono::duration<double>(now - m_toldAt).count();
    m_mayTell = std::min(kToldAtOnce, m_mayTell + seconds * kToldPerSecond);
    m_toldAt = now;
    if (m_untold == 0 || m_mayTell < 1)
        return;
    m_mayTell -= 1;
    const std::uint64_t times = std::exchange(m_untold, 0);
    const std::string last = std::exchange(m_lastRefusal, {});
    lock.unlock();
    m_refused(fmt::format("{} more; the last: {}", times, last), times);
}

Result<void> answerHello(Channel& channel, const wire::Hello& answer, const std::stop_token& stop)
{
    return channel.send(FrameKind::Hello, answer.SerializeAsString(),
                        Limit::within(kPatience, stop));
}

Result<TlsContext> openTls(const NodeConfig& config, const std::filesystem::path& folder,
                           std::vector<Peer> peers)
{
    const auto certificate = readFile(folder / config.certificateFile, kMaxPem);
    if (!certificate)
        return tl::unexpected(certificate.error());
    const auto key = readFile(folder / config.keyFile, kMaxPem);
    if (!key)
        return tl::unexpected(key.error());
    return TlsContext::create(*certificate, *key, std::move(peers));
}

} // namespace millrace::runtime
