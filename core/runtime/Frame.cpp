// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/Frame.h"

#include "runtime/messages.pb.h"

#include <algorithm>
#include <cstring>
#include <set>

namespace millrace::runtime
{
namespace
{

constexpr std::array<std::byte, 4> kMagic = {std::byte{'M'}, std::byte{'R'}, std::byte{'F'},
                                             std::byte{'1'}};
constexpr int kMaxTensors = 1024;

template <class T>
void put(std::span<std::byte> bytes, std::size_t at, T value)
{
    for (std::size_t i = 0; i < sizeof(T); ++i)
        bytes[at + i] = static_cast<std::byte>(value >> (8 * i) & 0xff);
}

template <class T>
T take(std::span<const std::byte> bytes, std::size_t at)
{
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        value =
            static_cast<T>(value | static_cast<T>(std::to_integer<T>(bytes[at + i]) << (8 * i)));
    return value;
}

Result<TensorHeader> decodeTensor(const wire::Tensor& tensor)
{
    if (tensor.dtype() == 0 || tensor.dtype() > static_cast<unsigned>(graph::DType::Float4E2M1))
        return fail(ErrorCode::ParseError, "malformed: element type {}", tensor.dtype());
    TensorHeader header{tensor.name(),
                        static_cast<graph::DType>(tensor.dtype()),
                        {tensor.shape().begin(), tensor.shape().end()},
                        tensor.bytes()};
    if (header.shape.size() > 64)
        return fail(ErrorCode::ParseError, "malformed: {} dimensions", header.shape.size());
    const auto bytes = graph::denseBytes(header.dtype, header.shape);
    if (!bytes || graph::bitsPerElement(header.dtype) == 0 ||
        static_cast<std::uint64_t>(bytes->value) != header.bytes)
        return fail(ErrorCode::ParseError, "malformed: {} bytes do not fit the shape of \"{}\"",
                    header.bytes, header.name);
    return header;
}

} // namespace

std::array<std::byte, kHeaderBytes> encodeHeader(const FrameHeader& header)
{
    std::array<std::byte, kHeaderBytes> bytes{};
    std::copy(kMagic.begin(), kMagic.end(), bytes.begin());
    bytes[4] = std::byte{kFrameVersion};
    bytes[5] = static_cast<std::byte>(header.kind);
    put(bytes, 8, header.sequence);
    put(bytes, 12, header.metaBytes);
    put(bytes, 16, header.payloadBytes);
    return bytes;
}

Result<FrameHeader> decodeHeader(std::span<const std::byte, kHeaderBytes> bytes,
                                 const FrameLimits& limits, std::uint32_t expectedSequence)
{
    if (!std::equal(kMagic.begin(), kMagic.end(), bytes.begin()))
        return fail(ErrorCode::ParseError, "not a frame");
    if (bytes[4] != std::byte{kFrameVersion} || bytes[6] != std::byte{0} ||
        bytes[7] != std::byte{0})
        return fail(ErrorCode::ParseError, "wrong version: frame version {}, this is {}",
                    std::to_integer<int>(bytes[4]), kFrameVersion);
    FrameHeader header{static_cast<FrameKind>(bytes[5]), take<std::uint32_t>(bytes, 8),
                       take<std::uint32_t>(bytes, 12), take<std::uint64_t>(bytes, 16)};
    if (std::find(limits.kinds.begin(), limits.kinds.end(), header.kind) == limits.kinds.end())
        return fail(ErrorCode::ParseError, "wrong kind: frame of kind {} here",
                    static_cast<int>(header.kind));
    if (header.sequence != expectedSequence)
        return fail(ErrorCode::ParseError, "out of order: frame {} where {} was due",
                    header.sequence, expectedSequence);
    if (header.metaBytes > limits.metaBytes || header.payloadBytes > limits.payloadBytes ||
        (header.kind != FrameKind::Tensors && header.payloadBytes != 0))
        return fail(ErrorCode::ParseError, "too large: {} + {} bytes where {} + {} are allowed",
                    header.metaBytes, header.payloadBytes, limits.metaBytes,
                    header.kind == FrameKind::Tensors ? limits.payloadBytes : 0);
    return header;
}

std::string encodeTensors(const TensorsHeader& header)
{
    wire::Tensors message;
    message.set_request(header.request);
    message.set_gateway(header.epoch.gateway);
    message.set_epoch(header.epoch.number);
    for (const TensorHeader& tensor : header.tensors) {
        wire::Tensor* to = message.add_tensors();
        to->set_name(tensor.name);
        to->set_dtype(static_cast<unsigned>(tensor.dtype));
        to->mutable_shape()->Assign(tensor.shape.begin(), tensor.shape.end());
        to->set_bytes(tensor.bytes);
    }
    return message.SerializeAsString();
}

Result<TensorsHeader> decodeTensors(std::string_view meta, std::uint64_t payloadBytes)
{
    wire::Tensors message;
    if (!message.ParseFromArray(meta.data(), static_cast<int>(meta.size())))
        return fail(ErrorCode::ParseError, "malformed: no tensors message");
    if (message.tensors_size() > kMaxTensors)
        return fail(ErrorCode::ParseError, "malformed: {} tensors", message.tensors_size());
    TensorsHeader header{message.request(), {message.gateway(), message.epoch()}, {}};
    std::set<std::string> names;
    std::uint64_t rest = payloadBytes;
    for (const wire::Tensor& tensor : message.tensors()) {
        auto one = decodeTensor(tensor);
        if (!one)
            return tl::unexpected(one.error());
        if (!names.insert(one->name).second)
            return fail(ErrorCode::ParseError, "malformed: \"{}\" is sent twice", one->name);
        if (one->bytes > rest)
            return fail(ErrorCode::ParseError, "malformed: more tensors than payload");
        rest -= one->bytes;
        header.tensors.push_back(std::move(*one));
    }
    if (rest != 0)
        return fail(ErrorCode::ParseError, "malformed: {} bytes of payload belong to no tensor",
                    rest);
    return header;
}

std::string encodeFailure(const FailureHeader& header)
{
    wire::Failure message;
    message.set_request(header.request);
    message.set_gateway(header.epoch.gateway);
    message.set_epoch(header.epoch.number);
    message.set_message(header.message);
    return message.SerializeAsString();
}

Result<FailureHeader> decodeFailure(std::string_view meta)
{
    wire::Failure message;
    if (!message.ParseFromArray(meta.data(), static_cast<int>(meta.size())))
        return fail(ErrorCode::ParseError, "malformed: no failure message");
    return FailureHeader{
        message.request(), {message.gateway(), message.epoch()}, oneLine(message.message())};
}

std::string encodeBeat(std::uint64_t next)
{
    wire::Beat message;
    message.set_next(next);
    return message.SerializeAsString();
}

Result<std::uint64_t> decodeBeat(std::string_view meta)
{
    wire::Beat message;
    if (!message.ParseFromArray(meta.data(), static_cast<int>(meta.size())))
        return fail(ErrorCode::ParseError, "malformed: no beat message");
    return message.next();
}

std::string encodeBye(const std::string& reason)
{
    wire::Bye message;
    message.set_reason(reason);
    return message.SerializeAsString();
}

Result<std::string> decodeBye(std::string_view meta)
{
    wire::Bye message;
    if (!message.ParseFromArray(meta.data(), static_cast<int>(meta.size())))
        return fail(ErrorCode::ParseError, "malformed: no farewell message");
    return oneLine(message.reason());
}

} // namespace millrace::runtime
