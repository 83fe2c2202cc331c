// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/Session.h"
#include "runtime/Connection.h"
#include "runtime/Frame.h"
#include "runtime/Pace.h"

#include <optional>

namespace millrace::runtime
{

namespace wire
{
class Hello;
}

/// Frames over a connection, numbered each way. One thread at a time. An error ends it: what is not
/// a proper frame is ParseError, everything else comes from the connection.
class Channel
{
public:
    explicit Channel(Connection connection) : m_connection(std::move(connection)) {}

    [[nodiscard]] const std::string& peer() const { return m_connection.peer(); }
    [[nodiscard]] bool isGone() const { return m_connection.isGone(); }

    struct Incoming {
        FrameHeader header;
        std::string meta;
        Connection::Arrival arrival = Connection::Arrival::Waited;
        Clock::time_point begun; ///< when the header was there
    };
    /// Waits for the next frame's header and meta. Once it began, the rest must follow soon.
    [[nodiscard]] Result<Incoming> receive(const FrameLimits& limits, const Limit& limit);
    /// A part of the payload of the frame that receive() gave; all of it must be read.
    [[nodiscard]] Result<void> payload(std::span<std::byte> bytes, std::stop_token stop);

    /// Sends a frame. With a pace, no byte of the payload leaves before the emulated link would
    /// have carried it.
    [[nodiscard]] Result<void> send(FrameKind kind, std::string_view meta,
                                    std::span<const std::span<const std::byte>> payload,
                                    const Limit& limit, Pace* pace = nullptr);
    [[nodiscard]] Result<void> send(FrameKind kind, std::string_view meta, const Limit& limit)
    {
        return send(kind, meta, {}, limit);
    }

private:
    Connection m_connection;
    std::uint32_t m_sent = 0, m_received = 0;
    std::vector<std::byte> m_start; ///< header and meta leave in one piece
};

/// Emulation: counts whether the frame, of which the last byte has just come, took no longer than
/// the link; only for frames that were not held back by a full queue, whose receiver waited for
/// them.
void countArrival(const NodeConfig& node, const Channel::Incoming& incoming,
                  DeadlineCount& deadlines);

/// Receives the tensors of a frame into new buffers, or into those that `allocate` gives.
using Allocate = std::function<std::vector<std::byte>(std::size_t bytes)>;
[[nodiscard]] Result<std::vector<inference::NamedTensor>>
receiveTensors(Channel& channel, const TensorsHeader& header, std::stop_token stop,
               const Allocate& allocate = {});

/// What a frame of these tensors says of them.
[[nodiscard]] TensorsHeader describe(std::uint64_t request, std::uint64_t epoch,
                                     std::span<const inference::TensorView> tensors);

/// InvalidArgument when the tensors are not those of the ports: names in any order, element types,
/// shapes.
[[nodiscard]] Result<void> checkPorts(const TensorsHeader& header, std::span<const PortInfo> ports);
/// The most bytes that tensors of these ports take, where all shapes are fixed; else `otherwise`.
[[nodiscard]] std::uint64_t largestPayload(std::span<const PortInfo> ports,
                                           std::uint64_t otherwise);

} // namespace millrace::runtime
