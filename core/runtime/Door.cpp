// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/Door.h"

#include "base/File.h"

#include <algorithm>

namespace millrace::runtime
{
namespace
{

constexpr std::chrono::seconds kPatience{5};
constexpr std::ptrdiff_t kMaxStrangers = 16;
constexpr std::uintmax_t kMaxPem = 64 * 1024;

} // namespace

Door::Door(Listener listener, TlsContext tls, std::string release, Serve serve, Refused refused)
    : m_listener(std::move(listener)), m_tls(std::move(tls)), m_release(std::move(release)),
      m_serve(std::move(serve)), m_refused(std::move(refused)),
      m_thread([this](const std::stop_token& stop) { acceptAll(stop); })
{
}

void Door::acceptAll(const std::stop_token& stop)
{
    while (!stop.stop_requested()) {
        auto accepted = m_listener.accept({stop});
        m_guests.remove_if([](const Guest& guest) { return guest.hasLeft.load(); });
        if (!accepted) {
            // Out of descriptors, say: the next one may have more luck, but not at once.
            (void)sleepUntil(Clock::now() + std::chrono::milliseconds(50), stop);
            continue;
        }
        const auto strangers = std::count_if(m_guests.begin(), m_guests.end(),
                                             [](const Guest& g) { return g.isStranger.load(); });
        if (strangers >= kMaxStrangers) {
            m_refused("too many connections that do not say who they are");
            continue;
        }
        Guest& guest = m_guests.emplace_back();
        guest.thread = std::jthread(
            [this, &guest, accepted = std::move(*accepted)](const std::stop_token& own) mutable {
                meet(std::move(accepted), guest, own);
                guest.hasLeft = true;
            });
    }
    for (Guest& guest : m_guests)
        guest.thread.request_stop();
    m_guests.clear();
}

void Door::meet(Accepted accepted, Guest& guest, const std::stop_token& stop)
{
    const Limit limit = Limit::within(kPatience, stop);
    auto connection = Connection::welcome(m_tls, std::move(accepted), limit);
    if (!connection) {
        if (connection.error().code != ErrorCode::Cancelled)
            m_refused(connection.error().message);
        return;
    }
    Channel channel(std::move(*connection));
    const auto hello = receiveHello(channel, limit);
    if (!hello) {
        if (hello.error().code != ErrorCode::Cancelled)
            m_refused(channel.peer() + ": " + hello.error().message);
        return;
    }
    if (hello->release() != m_release) {
        m_refused(channel.peer() + ": greets another release");
        (void)answerHello(channel, 0, "another release is here", stop);
        return;
    }
    guest.isStranger = false;
    m_serve(std::move(channel), *hello, stop);
}

Result<void> answerHello(Channel& channel, std::uint64_t incarnation, const std::string& why,
                         const std::stop_token& stop)
{
    wire::Hello hello;
    hello.set_incarnation(incarnation);
    hello.set_error(why);
    return channel.send(FrameKind::Hello, hello.SerializeAsString(),
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
