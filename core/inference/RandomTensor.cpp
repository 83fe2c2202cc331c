// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Random.h"
#include "inference/Tensor.h"

#include <array>
#include <cstring>

namespace millrace::inference
{
namespace
{

template <class T, class Make>
void fill(std::vector<std::byte>& data, const Make& make)
{
    for (std::size_t at = 0; at + sizeof(T) <= data.size(); at += sizeof(T)) {
        const T value = make();
        std::memcpy(data.data() + at, &value, sizeof(T));
    }
}

/// IEEE half of a number in [0, 1); the mantissa is cut, not rounded.
std::uint16_t half(float value)
{
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    const std::int32_t exponent = static_cast<std::int32_t>((bits >> 23U) & 0xffU) - 127 + 15;
    if (exponent <= 0)
        return 0;
    return static_cast<std::uint16_t>((static_cast<std::uint32_t>(exponent) << 10U) |
                                      ((bits >> 13U) & 0x3ffU));
}

std::uint16_t brain(float value)
{
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return static_cast<std::uint16_t>(bits >> 16U);
}

} // namespace

Result<Tensor> randomTensor(graph::DType dtype, const std::vector<std::int64_t>& shape,
                            std::uint64_t seed)
{
    const auto bytes = graph::denseBytes(dtype, shape);
    if (!bytes)
        return tl::unexpected(bytes.error());
    Tensor tensor{dtype, shape, std::vector<std::byte>(static_cast<std::size_t>(bytes->value))};
    Random random(seed);
    // 0 and 1 fit as indices, masks and token kinds of nearly every model.
    const auto small = [&random] { return random.next() & 1U; };
    switch (dtype) {
    case graph::DType::Float32:
        fill<float>(tensor.data, [&] { return random.unitFloat(); });
        break;
    case graph::DType::Float64:
        fill<double>(tensor.data, [&] { return static_cast<double>(random.unitFloat()); });
        break;
    case graph::DType::Complex64:
        fill<float>(tensor.data, [&] { return random.unitFloat(); });
        break;
    case graph::DType::Complex128:
        fill<double>(tensor.data, [&] { return static_cast<double>(random.unitFloat()); });
        break;
    case graph::DType::Float16:
        fill<std::uint16_t>(tensor.data, [&] { return half(random.unitFloat()); });
        break;
    case graph::DType::BFloat16:
        fill<std::uint16_t>(tensor.data, [&] { return brain(random.unitFloat()); });
        break;
    case graph::DType::Int8:
    case graph::DType::UInt8:
        fill<std::uint8_t>(tensor.data,
                           [&] { return static_cast<std::uint8_t>(random.next() % 128); });
        break;
    case graph::DType::Bool:
        fill<std::uint8_t>(tensor.data, [&] { return static_cast<std::uint8_t>(small()); });
        break;
    case graph::DType::Int16:
    case graph::DType::UInt16:
        fill<std::uint16_t>(tensor.data, [&] { return static_cast<std::uint16_t>(small()); });
        break;
    case graph::DType::Int32:
    case graph::DType::UInt32:
        fill<std::uint32_t>(tensor.data, [&] { return static_cast<std::uint32_t>(small()); });
        break;
    case graph::DType::Int64:
    case graph::DType::UInt64:
        fill<std::uint64_t>(tensor.data, [&] { return std::uint64_t{small()}; });
        break;
    default:
        return fail(ErrorCode::Unsupported, "no random values for element type {}; give an input",
                    graph::name(dtype));
    }
    return tensor;
}

} // namespace millrace::inference
