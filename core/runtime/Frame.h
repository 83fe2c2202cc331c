// SPDX-License-Identifier: GPL-3.0-or-later
/// Room `runtime`: what runs on the nodes: frames over mutual TLS 1.3, the stage loop, the gateway,
/// metrics, and the client that ctl and the window speak to a gateway with. It uses `inference`,
/// Asio, OpenSSL and protobuf-lite, and knows nothing of plans, clusters or ssh.
#pragma once

#include "base/Error.h"
#include "graph/Graph.h"
#include "runtime/flow/Epoch.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::runtime
{

/// What a frame carries. Which kinds a connection takes is said by its purpose.
enum class FrameKind : std::uint8_t {
    Hello = 1,   ///< first frame each way on every connection
    Tensors = 2, ///< one request on its way, or its answer; the payload is raw tensor bytes
    Failure =
        3, ///< a request that a stage could not compute; goes the same way as its answer would
    Command = 4, ///< on control and status connections
    Reply = 5,   ///< to a command
    Beat = 6,    ///< "I am there", both ways; a client's also says which answers it has
    Bye = 7,     ///< the last frame of a connection that its sender ends on purpose; says why
};

/// 24 bytes, little endian: magic "MRF1", version, kind, two zero bytes, sequence, meta bytes,
/// payload bytes. Then the meta (a protobuf-lite message), then the payload.
struct FrameHeader {
    FrameKind kind = FrameKind::Hello;
    std::uint32_t sequence = 0; ///< 0, 1, 2, ... on each connection and direction
    std::uint32_t metaBytes = 0;
    std::uint64_t payloadBytes = 0;
    bool operator==(const FrameHeader&) const = default;
};
inline constexpr std::size_t kHeaderBytes = 24;
inline constexpr std::uint8_t kFrameVersion = 2;

/// What a receiver takes; checked before a byte is allocated.
struct FrameLimits {
    std::uint32_t metaBytes = 1U << 20;
    std::uint64_t payloadBytes = 0;
    std::vector<FrameKind> kinds;
};

[[nodiscard]] std::array<std::byte, kHeaderBytes> encodeHeader(const FrameHeader& header);
/// Hostile input. ParseError names what is wrong: "not a frame", "wrong version", "wrong kind",
/// "too large", "out of order".
[[nodiscard]] Result<FrameHeader> decodeHeader(std::span<const std::byte, kHeaderBytes> bytes,
                                               const FrameLimits& limits,
                                               std::uint32_t expectedSequence);

/// One tensor of a Tensors frame; its bytes follow those of the tensor before in the payload.
struct TensorHeader {
    std::string name;
    graph::DType dtype = graph::DType::Undefined;
    std::vector<std::int64_t> shape;
    std::uint64_t bytes = 0;
    bool operator==(const TensorHeader&) const = default;
};

struct TensorsHeader {
    std::uint64_t request = 0;
    Epoch epoch;
    std::vector<TensorHeader> tensors;
    bool operator==(const TensorsHeader&) const = default;
};

struct FailureHeader {
    std::uint64_t request = 0;
    Epoch epoch;
    std::string message; ///< one line, names the stage
    bool operator==(const FailureHeader&) const = default;
};

[[nodiscard]] std::string encodeTensors(const TensorsHeader& header);
/// Hostile input: known element types, sizes that fit the shapes and add up to `payloadBytes`, at
/// most 1,024 tensors, unique names. ParseError: "malformed: ...".
[[nodiscard]] Result<TensorsHeader> decodeTensors(std::string_view meta,
                                                  std::uint64_t payloadBytes);
/// Which answers the sender of a beat has: all before `next`; elsewhere than at clients 0.
[[nodiscard]] std::string encodeBeat(std::uint64_t next);
[[nodiscard]] Result<std::uint64_t> decodeBeat(std::string_view meta);
/// Why the connection ends, as one line.
[[nodiscard]] std::string encodeBye(const std::string& reason);
[[nodiscard]] Result<std::string> decodeBye(std::string_view meta);
[[nodiscard]] std::string encodeFailure(const FailureHeader& header);
[[nodiscard]] Result<FailureHeader> decodeFailure(std::string_view meta);

} // namespace millrace::runtime
