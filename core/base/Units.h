// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace millrace
{

/// A size in bytes, never negative in valid data.
struct Bytes {
    std::int64_t value = 0;
    auto operator<=>(const Bytes&) const = default;
    constexpr Bytes& operator+=(Bytes other)
    {
        value += other.value;
        return *this;
    }
    constexpr Bytes& operator-=(Bytes other)
    {
        value -= other.value;
        return *this;
    }
    friend constexpr Bytes operator+(Bytes a, Bytes b) { return {a.value + b.value}; }
    friend constexpr Bytes operator-(Bytes a, Bytes b) { return {a.value - b.value}; }
};

/// A duration in seconds; infinity means "never" or "cannot".
struct Seconds {
    double value = 0;
    auto operator<=>(const Seconds&) const = default;
    constexpr Seconds& operator+=(Seconds other)
    {
        value += other.value;
        return *this;
    }
    friend constexpr Seconds operator+(Seconds a, Seconds b) { return {a.value + b.value}; }
    friend constexpr Seconds operator-(Seconds a, Seconds b) { return {a.value - b.value}; }
    friend constexpr Seconds operator*(Seconds a, double factor) { return {a.value * factor}; }
    friend constexpr Seconds operator/(Seconds a, double divisor) { return {a.value / divisor}; }
};
inline constexpr Seconds kNever{std::numeric_limits<double>::infinity()};

/// Application goodput of a directed link, bits per second; 0 means no link.
struct BitsPerSecond {
    double value = 0;
    auto operator<=>(const BitsPerSecond&) const = default;
};

/// What moving `payload` over a link takes by bandwidth alone; kNever without a link.
[[nodiscard]] Seconds transferTime(Bytes payload, BitsPerSecond bandwidth);

/// Adds without wrapping; ResourceExhausted on overflow or a negative operand.
[[nodiscard]] Result<Bytes> checkedAdd(Bytes a, Bytes b);
/// Multiplies sizes or counts without wrapping; same errors.
[[nodiscard]] Result<Bytes> checkedMultiply(Bytes a, std::int64_t factor);

/// Human units in, values out; surrounding blanks allowed, a unit is required (except for a plain
/// 0): "256 MiB", "1.5 GB", "64 kB" -- "20 Mbit/s", "1 Gbit/s", "54Mbps" -- "2 ms", "0.5 s", "10
/// us". ParseError names the text, the accepted units and an example. Negative, NaN and overflowing
/// values are refused.
[[nodiscard]] Result<Bytes> parseBytes(std::string_view text);
[[nodiscard]] Result<BitsPerSecond> parseBandwidth(std::string_view text);
[[nodiscard]] Result<Seconds> parseDuration(std::string_view text);

/// Three significant digits and a unit, for people: "98.0 MiB", "20 Mbit/s", "12.4 ms". Not meant
/// to be parsed back exactly; use the exact* forms for files.
[[nodiscard]] std::string formatBytes(Bytes bytes);
[[nodiscard]] std::string formatBandwidth(BitsPerSecond bandwidth);
[[nodiscard]] std::string formatDuration(Seconds seconds);

/// The shortest human text that parses back to exactly this value, for files; empty for what no
/// text stands for (negative, not finite, more than 8 PiB).
[[nodiscard]] std::string exactBytes(Bytes bytes);
[[nodiscard]] std::string exactBandwidth(BitsPerSecond bandwidth);
[[nodiscard]] std::string exactDuration(Seconds seconds);

} // namespace millrace
