// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/Tensor.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace millrace::inference
{
namespace
{

template <class T>
T element(const Tensor& tensor, std::size_t index)
{
    T value;
    std::memcpy(&value, tensor.data.data() + index * sizeof(T), sizeof(T));
    return value;
}

double fromHalf(std::uint16_t bits)
{
    const int exponent = (bits >> 10) & 0x1f;
    const int mantissa = bits & 0x3ff;
    const double sign = (bits & 0x8000) != 0 ? -1 : 1;
    if (exponent == 0x1f)
        return mantissa != 0 ? std::nan("") : sign * HUGE_VAL;
    if (exponent == 0)
        return sign * std::ldexp(mantissa, -24);
    return sign * std::ldexp(mantissa + 1024, exponent - 25);
}

double fromBrain(std::uint16_t bits)
{
    const std::uint32_t wide = static_cast<std::uint32_t>(bits) << 16U;
    float value = 0;
    std::memcpy(&value, &wide, sizeof value);
    return value;
}

/// Element by element as a double; types without a numeric meaning here compare by their bytes.
double asDouble(const Tensor& tensor, std::size_t index)
{
    using graph::DType;
    switch (tensor.dtype) {
    case DType::Float32:
    case DType::Complex64:
        return element<float>(tensor, index);
    case DType::Float64:
    case DType::Complex128:
        return element<double>(tensor, index);
    case DType::Float16:
        return fromHalf(element<std::uint16_t>(tensor, index));
    case DType::BFloat16:
        return fromBrain(element<std::uint16_t>(tensor, index));
    case DType::Int8:
        return element<std::int8_t>(tensor, index);
    case DType::Int16:
        return element<std::int16_t>(tensor, index);
    case DType::Int32:
        return element<std::int32_t>(tensor, index);
    case DType::Int64:
        return static_cast<double>(element<std::int64_t>(tensor, index));
    case DType::UInt16:
        return element<std::uint16_t>(tensor, index);
    case DType::UInt32:
        return element<std::uint32_t>(tensor, index);
    case DType::UInt64:
        return static_cast<double>(element<std::uint64_t>(tensor, index));
    default:
        return element<std::uint8_t>(tensor, index);
    }
}

std::size_t scalarBytes(graph::DType type)
{
    const auto bits = static_cast<std::size_t>(graph::bitsPerElement(type));
    const bool complex = type == graph::DType::Complex64 || type == graph::DType::Complex128;
    return std::max<std::size_t>(1, bits / (complex ? 16 : 8));
}

Agreement disagreement(std::string why)
{
    return {false, HUGE_VAL, 0, std::move(why)};
}

} // namespace

Agreement compare(const Tensor& a, const Tensor& b)
{
    if (a.dtype != b.dtype)
        return disagreement(fmt::format("element types differ: {} and {}", graph::name(a.dtype),
                                        graph::name(b.dtype)));
    if (a.shape != b.shape || a.data.size() != b.data.size())
        return disagreement(fmt::format("shapes differ: [{}] and [{}]", fmt::join(a.shape, ", "),
                                        fmt::join(b.shape, ", ")));
    const std::size_t count = a.data.size() / scalarBytes(a.dtype);
    double maxError = 0;
    double maxValue = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const double x = asDouble(a, i);
        const double y = asDouble(b, i);
        if (!std::isfinite(x) || !std::isfinite(y)) {
            if (!(std::isnan(x) && std::isnan(y)) && x != y)
                return disagreement(
                    fmt::format("NaN or Inf in one of them only, at element {}", i));
            continue;
        }
        maxError = std::max(maxError, std::abs(x - y));
        maxValue = std::max(maxValue, std::abs(y));
    }
    const double allowed = 1e-4 * maxValue + 1e-6;
    if (maxError <= allowed)
        return {true, maxError, allowed, {}};
    return {false, maxError, allowed,
            fmt::format("largest difference {:.3g}, allowed {:.3g}", maxError, allowed)};
}

} // namespace millrace::inference
