// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/Channel.h"

#include "base/Guarded.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace millrace::runtime
{
namespace
{

// A frame that began goes on: even a slow link moves a piece of this size in this time.
constexpr std::size_t kPiece = 256 * 1024;
constexpr std::chrono::seconds kPieceTime{60};
constexpr std::uint32_t kMaxBeat = 4096; ///< a farewell has a reason

/// The operator's own stop says more than the limit that it hides behind.
Result<void> readPieces(Connection& connection, std::span<std::byte> bytes,
                        const std::stop_token& stop)
{
    while (!bytes.empty()) {
        const auto piece = bytes.first(std::min(bytes.size(), kPiece));
        const auto got = connection.read(piece, Limit::within(kPieceTime, stop));
        if (!got)
            return tl::unexpected(got.error());
        bytes = bytes.subspan(piece.size());
    }
    return {};
}

} // namespace

Channel::Channel(Connection connection) : m_connection(std::move(connection)) {}

void Channel::sends()
{
    Talk* const talk = m_talk.get();
    m_connection.setDuty({Connection::Use::Sends,
                          [talk] { return talk->frame(FrameKind::Beat, {}, 0); },
                          [talk](std::span<const std::byte> bytes) { return talk->take(bytes); }});
}

void Channel::takes()
{
    Talk* const talk = m_talk.get();
    m_connection.setDuty({Connection::Use::Takes, [talk] {
                              return talk->frame(FrameKind::Beat, encodeBeat(talk->next), 0);
                          }});
}

Result<void> Channel::acknowledge(std::uint64_t next)
{
    m_talk->next = next;
    return m_connection.tend(Connection::When::Now);
}

void Channel::onAcknowledged(std::function<void(std::uint64_t next)> then)
{
    m_talk->onAcknowledged = std::move(then);
}

std::vector<std::byte> Channel::Talk::frame(FrameKind kind, std::string_view meta,
                                            std::uint64_t payloadBytes)
{
    const auto header =
        encodeHeader({kind, sent++, static_cast<std::uint32_t>(meta.size()), payloadBytes});
    const auto text = std::as_bytes(std::span(meta));
    std::vector<std::byte> bytes(header.begin(), header.end());
    bytes.insert(bytes.end(), text.begin(), text.end());
    return bytes;
}

Result<void> Channel::Talk::take(std::span<const std::byte> bytes)
{
    heard.insert(heard.end(), bytes.begin(), bytes.end());
    while (true) {
        const auto took = takeOne();
        if (!took)
            return tl::unexpected(took.error());
        if (!*took)
            return {};
    }
}

/// False when more bytes are needed.
Result<bool> Channel::Talk::takeOne()
{
    const std::span<const std::byte> all(heard);
    if (all.size() < kHeaderBytes)
        return false;
    const FrameLimits limits{kMaxBeat, 0, {FrameKind::Beat, FrameKind::Bye}};
    const auto header = decodeHeader(all.first<kHeaderBytes>(), limits, received);
    if (!header)
        return tl::unexpected(header.error());
    if (all.size() < kHeaderBytes + header->metaBytes)
        return false;
    const auto meta = all.subspan(kHeaderBytes, header->metaBytes);
    const std::string text(reinterpret_cast<const char*>(meta.data()), meta.size());
    heard.erase(heard.begin(),
                heard.begin() + static_cast<std::ptrdiff_t>(kHeaderBytes + header->metaBytes));
    ++received;
    if (header->kind == FrameKind::Bye) {
        const auto reason = decodeBye(text);
        return reason ? fail(ErrorCode::InvalidArgument, "{}", *reason)
                      : tl::unexpected(reason.error());
    }
    const auto said = decodeBeat(text);
    if (!said)
        return tl::unexpected(said.error());
    if (*said > acknowledged) {
        acknowledged = *said;
        if (onAcknowledged)
            onAcknowledged(acknowledged);
    }
    return true;
}

Result<Channel::Incoming> Channel::receive(const FrameLimits& limits, const Limit& limit)
{
    FrameLimits taken = limits;
    taken.kinds.push_back(FrameKind::Beat);
    while (true) {
        std::array<std::byte, kHeaderBytes> bytes{};
        const auto arrival = m_connection.read(bytes, limit);
        if (!arrival)
            return tl::unexpected(arrival.error());
        Incoming incoming;
        incoming.begun = Clock::now();
        incoming.arrival = *arrival;
        const auto header = decodeHeader(bytes, taken, m_talk->received);
        if (!header)
            return tl::unexpected(header.error());
        incoming.header = *header;
        ++m_talk->received;
        incoming.meta.resize(header->metaBytes);
        const auto meta = std::as_writable_bytes(std::span(incoming.meta));
        if (const auto got = readPieces(m_connection, meta, limit.stop); !got)
            return tl::unexpected(got.error());
        if (header->kind != FrameKind::Beat)
            return incoming;
    }
}

Result<void> Channel::payload(std::span<std::byte> bytes, std::stop_token stop)
{
    return readPieces(m_connection, bytes, stop);
}

Result<void> Channel::skip(const Incoming& incoming, std::stop_token stop)
{
    std::vector<std::byte> dropped(std::min<std::uint64_t>(incoming.header.payloadBytes, kPiece));
    for (std::uint64_t rest = incoming.header.payloadBytes; rest > 0;) {
        const auto piece = std::span(dropped).first(std::min<std::uint64_t>(rest, dropped.size()));
        if (auto got = readPieces(m_connection, piece, stop); !got)
            return got;
        rest -= piece.size();
    }
    return {};
}

Result<void> Channel::send(FrameKind kind, std::string_view meta,
                           std::span<const std::span<const std::byte>> payload, const Limit& limit,
                           Pace* pace)
{
    std::uint64_t total = 0;
    for (const auto part : payload)
        total += part.size();
    if (pace != nullptr)
        pace->begin();
    // Header and meta leave in one piece.
    if (auto sent = m_connection.write(m_talk->frame(kind, meta, total), limit); !sent)
        return sent;
    for (auto part : payload)
        while (!part.empty()) {
            const auto piece =
                part.first(pace == nullptr ? part.size() : std::min(part.size(), pace->chunk()));
            if (pace != nullptr)
                if (auto due = pace->waitFor(piece.size(), limit.stop); !due)
                    return due;
            if (auto sent = m_connection.write(piece, limit); !sent)
                return sent;
            part = part.subspan(piece.size());
        }
    if (pace != nullptr)
        return pace->waitFor(0, limit.stop); // also where there is no payload
    return {};
}

void countArrival(const NodeConfig& node, const Channel::Incoming& incoming,
                  DeadlineCount& deadlines)
{
    if (node.arrivingPace)
        deadlines.count(incoming.begun + linkTime(*node.arrivingPace, incoming.header.payloadBytes,
                                                  node.dilation),
                        node.tolerance);
}

Result<Tensors> receiveTensors(Channel& channel, const TensorsHeader& header, std::stop_token stop,
                               const Allocate& allocate)
{
    Tensors tensors;
    const auto allocated = guarded("receiving", [&] {
        for (const TensorHeader& from : header.tensors) {
            inference::NamedTensor to{from.name, {from.dtype, from.shape, {}}};
            if (allocate)
                to.tensor.data = allocate(from.bytes);
            to.tensor.data.resize(from.bytes);
            tensors.push_back(std::move(to));
        }
    });
    if (!allocated)
        return tl::unexpected(allocated.error());
    for (inference::NamedTensor& to : tensors)
        if (auto got = channel.payload(to.tensor.data, stop); !got)
            return tl::unexpected(got.error());
    return tensors;
}

Result<Result<Tensors>> receiveFitting(Channel& channel, const Channel::Incoming& incoming,
                                       const TensorsHeader& header, std::span<const PortInfo> ports,
                                       std::stop_token stop, const Allocate& allocate)
{
    const auto refused = [&](Error why) -> Result<Result<Tensors>> {
        if (auto skipped = channel.skip(incoming, stop); !skipped)
            return tl::unexpected(skipped.error());
        return Result<Tensors>(tl::unexpected(std::move(why)));
    };
    if (const auto fits = checkPorts(header, ports); !fits)
        return refused(fits.error());
    auto tensors = receiveTensors(channel, header, stop, allocate);
    if (tensors)
        return Result<Tensors>(std::move(tensors));
    if (tensors.error().code == ErrorCode::ResourceExhausted)
        return refused(tensors.error());
    return tl::unexpected(tensors.error());
}

TensorsHeader describe(std::uint64_t request, const Epoch& epoch,
                       std::span<const inference::TensorView> tensors)
{
    TensorsHeader header{request, epoch, {}};
    for (const inference::TensorView& tensor : tensors)
        header.tensors.push_back({tensor.name, tensor.dtype, tensor.shape, tensor.data.size()});
    return header;
}

Result<void> checkPorts(const TensorsHeader& header, std::span<const PortInfo> ports)
{
    for (const PortInfo& port : ports) {
        const auto tensor = std::find_if(header.tensors.begin(), header.tensors.end(),
                                         [&](const auto& t) { return t.name == port.name; });
        if (tensor == header.tensors.end())
            return fail(ErrorCode::InvalidArgument, "\"{}\" is missing", port.name);
        const bool fits = tensor->dtype == port.dtype &&
                          std::equal(tensor->shape.begin(), tensor->shape.end(), port.shape.begin(),
                                     port.shape.end(),
                                     [](auto dim, auto want) { return want < 0 || dim == want; });
        if (!fits)
            return fail(ErrorCode::InvalidArgument, "\"{}\" is {} [{}], {} [{}] is needed",
                        port.name, graph::name(tensor->dtype), fmt::join(tensor->shape, ", "),
                        graph::name(port.dtype), fmt::join(port.shape, ", "));
    }
    if (header.tensors.size() != ports.size())
        return fail(ErrorCode::InvalidArgument, "{} tensors where {} are needed",
                    header.tensors.size(), ports.size());
    return {};
}

std::uint64_t largestPayload(std::span<const PortInfo> ports, std::uint64_t otherwise)
{
    Bytes total;
    for (const PortInfo& port : ports) {
        const auto bytes = graph::denseBytes(port.dtype, port.shape);
        const auto sum = bytes ? checkedAdd(total, *bytes) : bytes;
        if (!sum)
            return otherwise;
        total = *sum;
    }
    return static_cast<std::uint64_t>(total.value);
}

} // namespace millrace::runtime
