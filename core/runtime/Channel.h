// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inference/Session.h"
#include "runtime/Frame.h"
#include "runtime/Pace.h"
#include "runtime/net/Connection.h"

#include <functional>
#include <memory>
#include <optional>

namespace millrace::runtime
{

namespace wire
{
class Hello;
}

/// Frames over a connection, numbered each way. One thread at a time. An error ends it: what is not
/// a proper frame is ParseError, a farewell of the side that only beats is InvalidArgument with its
/// reason, and everything else comes from the connection.
///
/// A channel on which requests or answers go has one side that sends() and one that takes(). Both
/// beat, so that each knows that the other is alive however long it computes or is held up; whoever
/// does neither receive() nor send() on such a channel calls tend() at least every kBeat.
class Channel
{
public:
    explicit Channel(Connection connection);

    [[nodiscard]] const std::string& peer() const { return m_connection.peer(); }

    /// After the greeting, once.
    void sends();
    void takes();
    [[nodiscard]] Result<void> tend() { return m_connection.tend(); }
    /// When the peer was last known to be alive.
    [[nodiscard]] Clock::time_point heardAt() const { return m_connection.heardAt(); }

    struct Incoming {
        FrameHeader header;
        std::string meta;
        Connection::Arrival arrival = Connection::Arrival::Waited;
        Clock::time_point begun; ///< when the header was there
    };
    /// Waits for the next frame's header and meta; beats are not shown. Once it began, the rest
    /// must follow soon.
    [[nodiscard]] Result<Incoming> receive(const FrameLimits& limits, const Limit& limit);
    /// A part of the payload of the frame that receive() gave; all of it must be read.
    [[nodiscard]] Result<void> payload(std::span<std::byte> bytes, std::stop_token stop);
    /// Reads the payload of the frame that receive() gave, and drops it.
    [[nodiscard]] Result<void> skip(const Incoming& incoming, std::stop_token stop);

    /// Sends a frame. With a pace, no byte of the payload leaves before the emulated link would
    /// have carried it.
    [[nodiscard]] Result<void> send(FrameKind kind, std::string_view meta,
                                    std::span<const std::span<const std::byte>> payload,
                                    const Limit& limit, Pace* pace = nullptr);
    [[nodiscard]] Result<void> send(FrameKind kind, std::string_view meta, const Limit& limit)
    {
        return send(kind, meta, {}, limit);
    }

    /// Of the side that takes answers: it has all before `next`. Does not wait.
    [[nodiscard]] Result<void> acknowledge(std::uint64_t next);
    /// Of the side that sends them: what the other one said last; 0: nothing yet.
    [[nodiscard]] std::uint64_t acknowledged() const { return m_talk->acknowledged; }
    /// Called on this channel's thread whenever that grows.
    void onAcknowledged(std::function<void(std::uint64_t next)> then);

private:
    /// What the connection's duties need; stays where it is when the channel is moved.
    struct Talk {
        std::uint32_t sent = 0, received = 0;
        std::uint64_t next = 0, acknowledged = 0;
        std::vector<std::byte> heard; ///< the beginning of a frame of the side that only beats
        std::function<void(std::uint64_t)> onAcknowledged;
        [[nodiscard]] std::vector<std::byte> frame(FrameKind kind, std::string_view meta,
                                                   std::uint64_t payloadBytes);
        [[nodiscard]] Result<void> take(std::span<const std::byte> bytes);
        [[nodiscard]] Result<bool> takeOne();
    };
    std::unique_ptr<Talk> m_talk = std::make_unique<Talk>();
    Connection m_connection; ///< last: its duties use the rest
};

/// Emulation: counts whether the frame, of which the last byte has just come, took no longer than
/// the link; only for frames that were not held back by a full queue, whose receiver waited for
/// them.
void countArrival(const NodeConfig& node, const Channel::Incoming& incoming,
                  DeadlineCount& deadlines);

/// Receives the tensors of a frame into new buffers, or into those that `allocate` gives.
/// ResourceExhausted, with nothing read yet, when there is no memory for them.
using Allocate = std::function<std::vector<std::byte>(std::size_t bytes)>;
using Tensors = std::vector<inference::NamedTensor>;
[[nodiscard]] Result<Tensors> receiveTensors(Channel& channel, const TensorsHeader& header,
                                             std::stop_token stop, const Allocate& allocate = {});
/// The same for tensors that must be those of the ports. Where they are not, or there is no memory
/// for them, the inner result says why, their bytes are dropped, and the channel goes on.
[[nodiscard]] Result<Result<Tensors>>
receiveFitting(Channel& channel, const Channel::Incoming& incoming, const TensorsHeader& header,
               std::span<const PortInfo> ports, std::stop_token stop,
               const Allocate& allocate = {});

/// What a frame of these tensors says of them.
[[nodiscard]] TensorsHeader describe(std::uint64_t request, const Epoch& epoch,
                                     std::span<const inference::TensorView> tensors);

/// InvalidArgument when the tensors are not those of the ports: names in any order, element types,
/// shapes.
[[nodiscard]] Result<void> checkPorts(const TensorsHeader& header, std::span<const PortInfo> ports);
/// The most bytes that tensors of these ports take, where all shapes are fixed; else `otherwise`.
[[nodiscard]] std::uint64_t largestPayload(std::span<const PortInfo> ports,
                                           std::uint64_t otherwise);

} // namespace millrace::runtime
