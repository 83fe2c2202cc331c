// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/Probe.h"

#include "base/File.h"
#include "base/Guarded.h"
#include "base/Json.h"
#include "runtime/net/Connection.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <list>
#include <thread>

namespace millrace::runtime
{
namespace
{

constexpr const char* kFormat = "millrace-probe/1";
constexpr std::size_t kBlock = 16 * 1024; ///< one TLS record, as large tensors fill them
constexpr int kRoundTrips = 8;
constexpr double kWarmUp = 0.3; ///< of the time: slow start, and what buffers take at once
constexpr std::chrono::seconds kDialTime{5};
constexpr std::chrono::seconds kPatience{30};
constexpr std::chrono::minutes kIdle{5};
constexpr double kLongest = 30;
constexpr std::uintmax_t kMaxPem = 64 * 1024;

/// What the dialling side asks for, in one piece; numbers little endian.
struct Request {
    std::uint64_t toHere = 0; ///< 1: the answering side sends
    double seconds = 0;
};
static_assert(sizeof(Request) == 16 && std::endian::native == std::endian::little);

template <class T>
std::span<std::byte> bytesOf(T& value)
{
    return std::as_writable_bytes(std::span(&value, 1));
}

std::chrono::duration<double> since(Clock::time_point time)
{
    return Clock::now() - time;
}

/// Blocks until the time is over; the last one says so in its first byte.
Result<void> sendBlocks(Connection& connection, Seconds duration, const std::stop_token& stop)
{
    std::vector<std::byte> block(kBlock);
    const auto begun = Clock::now();
    for (bool isLast = false; !isLast;) {
        isLast = since(begun).count() >= duration.value;
        block[0] = std::byte{isLast ? std::uint8_t{1} : std::uint8_t{0}};
        if (auto ok = connection.write(block, Limit::within(kPatience, stop)); !ok)
            return ok;
    }
    return {};
}

/// Until the last block; bits per second without the beginning.
Result<double> receiveBlocks(Connection& connection, Seconds duration, const std::stop_token& stop)
{
    std::vector<std::byte> block(kBlock);
    std::optional<Clock::time_point> first, from;
    double blocks = 0;
    for (;;) {
        const auto ok = connection.read(block, Limit::within(kPatience, stop));
        if (!ok)
            return tl::unexpected(ok.error());
        if (!first)
            first = Clock::now();
        if (from)
            ++blocks;
        else if (since(*first).count() >= kWarmUp * duration.value)
            from = Clock::now();
        if (block[0] == std::byte{1})
            break;
    }
    const double time = from ? since(*from).count() : 0;
    if (blocks < 1 || time <= 0)
        return fail(ErrorCode::Network, "too slow to be measured in {}", formatDuration(duration));
    return 8.0 * kBlock * blocks / time;
}

Result<void> answer(Connection& connection, const std::stop_token& stop)
{
    const auto limit = [&stop] { return Limit::within(kPatience, stop); };
    std::uint64_t echo = 0;
    for (int i = 0; i < kRoundTrips; ++i) {
        if (auto ok = connection.read(bytesOf(echo), limit()); !ok)
            return tl::unexpected(ok.error());
        if (auto ok = connection.write(bytesOf(echo), limit()); !ok)
            return ok;
    }
    Request request;
    if (auto ok = connection.read(bytesOf(request), limit()); !ok)
        return tl::unexpected(ok.error());
    if (!(request.seconds >= 0) || request.seconds > kLongest)
        return fail(ErrorCode::ParseError, "asks for too long");
    if (request.toHere == 1)
        return sendBlocks(connection, Seconds{request.seconds}, stop);
    auto rate = receiveBlocks(connection, Seconds{request.seconds}, stop);
    double said = rate.value_or(0);
    return connection.write(bytesOf(said), limit());
}

Result<TlsContext> tlsOf(const ProbeConfig& config, const std::filesystem::path& folder)
{
    const auto certificate = readFile(folder / config.certificateFile, kMaxPem);
    const auto key = readFile(folder / config.keyFile, kMaxPem);
    if (!certificate || !key)
        return tl::unexpected(certificate ? key.error() : certificate.error());
    std::vector<Peer> peers;
    for (const ProbePeer& peer : config.peers)
        peers.push_back(peer.peer);
    return TlsContext::create(*certificate, *key, std::move(peers));
}

class Reader : private JsonFields
{
public:
    Result<ProbeConfig> read(const JsonReader& root)
    {
        format(root, kFormat);
        ProbeConfig config;
        config.name = text(root, "name");
        config.listen = endpoint(root);
        each(root, "peers", [&](const JsonReader& at) {
            config.peers.push_back({{text(at, "name"), text(at, "fingerprint")}, endpoint(at)});
        });
        if (m_error)
            return tl::unexpected(*m_error);
        return config;
    }

private:
    Endpoint endpoint(const JsonReader& at)
    {
        return {text(at, "address"), static_cast<std::uint16_t>(integer(at, "port", 65535))};
    }
};

} // namespace

std::string writeProbeConfig(const ProbeConfig& config)
{
    Json peers = Json::array();
    for (const ProbePeer& peer : config.peers)
        peers.push_back({{"name", peer.peer.name},
                         {"fingerprint", peer.peer.fingerprint},
                         {"address", peer.endpoint.address},
                         {"port", peer.endpoint.port}});
    const Json json = {{"format", kFormat},
                       {"name", config.name},
                       {"address", config.listen.address},
                       {"port", config.listen.port},
                       {"peers", std::move(peers)}};
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<ProbeConfig> parseProbeConfig(std::string_view text, const std::string& source)
{
    const auto document = parseJson(text, source);
    if (!document)
        return tl::unexpected(document.error());
    return Reader().read(JsonReader(*document, source));
}

Result<void> serveProbes(const ProbeConfig& config, const std::filesystem::path& folder,
                         std::stop_token stop, const LogSink& log)
{
    const auto tls = tlsOf(config, folder);
    if (!tls)
        return tl::unexpected(tls.error());
    auto listener = Listener::open(config.listen, Buffers{});
    if (!listener)
        return tl::unexpected(listener.error());
    log(config.name + " lets its peers measure");
    std::list<std::jthread> guests;
    for (;;) {
        auto accepted = listener->accept(Limit::within(kIdle, stop));
        if (!accepted)
            return accepted.error().code == ErrorCode::Network ? tl::unexpected(accepted.error())
                                                               : Result<void>();
        guests.emplace_back([&tls, &log,
                             accepted = std::move(*accepted)](const std::stop_token& own) mutable {
            const auto served = guarded("measuring", [&]() -> Result<void> {
                auto connection =
                    Connection::welcome(*tls, std::move(accepted), Limit::within(kDialTime, own));
                if (!connection)
                    return inContext("refused", connection.error());
                if (const auto ok = answer(*connection, own); !ok)
                    return inContext(connection->peer(), ok.error());
                return {};
            });
            if (!served)
                log(served.error().message);
        });
    }
}

Result<LinkFigures> measureLink(const ProbeConfig& config, const std::filesystem::path& folder,
                                const std::string& peer, Direction direction, Seconds duration,
                                std::stop_token stop)
{
    const auto found =
        std::find_if(config.peers.begin(), config.peers.end(),
                     [&](const ProbePeer& known) { return known.peer.name == peer; });
    if (found == config.peers.end())
        return fail(ErrorCode::NotFound, "there is no peer \"{}\"", peer);
    const auto tls = tlsOf(config, folder);
    if (!tls)
        return tl::unexpected(tls.error());
    auto connection = Connection::dial(*tls, found->endpoint, found->peer, Buffers{},
                                       Limit::within(kDialTime, stop));
    if (!connection)
        return tl::unexpected(connection.error());
    double shortest = kLongest;
    std::uint64_t echo = 1;
    for (int i = 0; i < kRoundTrips; ++i) {
        const auto begun = Clock::now();
        if (auto ok = connection->write(bytesOf(echo), Limit::within(kPatience, stop)); !ok)
            return tl::unexpected(ok.error());
        if (auto ok = connection->read(bytesOf(echo), Limit::within(kPatience, stop)); !ok)
            return tl::unexpected(ok.error());
        shortest = std::min(shortest, since(begun).count());
    }
    Request request{direction == Direction::ToHere ? 1U : 0U, duration.value};
    if (auto ok = connection->write(bytesOf(request), Limit::within(kPatience, stop)); !ok)
        return tl::unexpected(ok.error());
    Result<double> rate = 0.0;
    if (direction == Direction::ToHere) {
        rate = receiveBlocks(*connection, duration, stop);
    } else {
        if (auto ok = sendBlocks(*connection, duration, stop); !ok)
            return tl::unexpected(ok.error());
        if (auto ok = connection->read(bytesOf(*rate), Limit::within(kPatience, stop)); !ok)
            return tl::unexpected(ok.error());
    }
    if (!rate)
        return tl::unexpected(rate.error());
    if (!(*rate > 0))
        return fail(ErrorCode::Network, "too slow to be measured in {}", formatDuration(duration));
    return LinkFigures{BitsPerSecond{*rate}, Seconds{shortest / 2}};
}

} // namespace millrace::runtime
