// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/Channel.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace millrace::runtime
{
namespace
{

// A frame that began goes on: even a slow link moves a piece of this size in this time.
constexpr std::size_t kPiece = 256 * 1024;
constexpr std::chrono::seconds kPieceTime{60};

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

Result<Channel::Incoming> Channel::receive(const FrameLimits& limits, const Limit& limit)
{
    std::array<std::byte, kHeaderBytes> bytes{};
    const auto arrival = m_connection.read(bytes, limit);
    if (!arrival)
        return tl::unexpected(arrival.error());
    Incoming incoming;
    incoming.begun = Clock::now();
    incoming.arrival = *arrival;
    const auto header = decodeHeader(bytes, limits, m_received);
    if (!header)
        return tl::unexpected(header.error());
    incoming.header = *header;
    ++m_received;
    incoming.meta.resize(header->metaBytes);
    const auto meta = std::as_writable_bytes(std::span(incoming.meta));
    if (const auto got = readPieces(m_connection, meta, limit.stop); !got)
        return tl::unexpected(got.error());
    return incoming;
}

Result<void> Channel::payload(std::span<std::byte> bytes, std::stop_token stop)
{
    return readPieces(m_connection, bytes, stop);
}

Result<void> Channel::send(FrameKind kind, std::string_view meta,
                           std::span<const std::span<const std::byte>> payload, const Limit& limit,
                           Pace* pace)
{
    std::uint64_t total = 0;
    for (const auto part : payload)
        total += part.size();
    const auto header =
        encodeHeader({kind, m_sent++, static_cast<std::uint32_t>(meta.size()), total});
    const auto text = std::as_bytes(std::span(meta));
    m_start.assign(header.begin(), header.end());
    m_start.insert(m_start.end(), text.begin(), text.end());
    if (pace != nullptr)
        pace->begin();
    if (auto sent = m_connection.write(m_start, limit); !sent)
        return sent;
    for (auto part : payload)
        while (!part.empty()) {
            const auto piece =
                part.first(pace == nullptr ? part.size() : std::min(part.size(), Pace::kChunk));
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

Result<std::vector<inference::NamedTensor>> receiveTensors(Channel& channel,
                                                           const TensorsHeader& header,
                                                           std::stop_token stop,
                                                           const Allocate& allocate)
{
    std::vector<inference::NamedTensor> tensors;
    for (const TensorHeader& from : header.tensors) {
        inference::NamedTensor to{from.name, {from.dtype, from.shape, {}}};
        if (allocate)
            to.tensor.data = allocate(from.bytes);
        to.tensor.data.resize(from.bytes);
        if (auto got = channel.payload(to.tensor.data, stop); !got)
            return tl::unexpected(got.error());
        tensors.push_back(std::move(to));
    }
    return tensors;
}

TensorsHeader describe(std::uint64_t request, std::uint64_t epoch,
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
