// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Units.h"

#include <array>
#include <charconv>
#include <cmath>
#include <span>

namespace millrace
{
namespace
{

struct Unit {
    std::string_view name;
    double factor;
};

constexpr double kKi = 1024.0;
constexpr std::array<Unit, 16> kByteUnits = {{
    {"B", 1},
    {"KiB", kKi},
    {"MiB", kKi* kKi},
    {"GiB", kKi* kKi* kKi},
    {"TiB", kKi* kKi* kKi* kKi},
    {"kB", 1e3},
    {"KB", 1e3},
    {"MB", 1e6},
    {"GB", 1e9},
    {"TB", 1e12},
    {"byte", 1},
    {"bytes", 1},
    {"Ki", kKi},
    {"Mi", kKi* kKi},
    {"Gi", kKi* kKi* kKi},
    {"Ti", kKi* kKi* kKi* kKi},
}};
constexpr std::array<Unit, 12> kBandwidthUnits = {{
    {"bit/s", 1},
    {"kbit/s", 1e3},
    {"Mbit/s", 1e6},
    {"Gbit/s", 1e9},
    {"bps", 1},
    {"kbps", 1e3},
    {"Mbps", 1e6},
    {"Gbps", 1e9},
    {"B/s", 8},
    {"kB/s", 8e3},
    {"MB/s", 8e6},
    {"GB/s", 8e9},
}};
constexpr std::array<Unit, 7> kDurationUnits = {{
    {"s", 1},
    {"ms", 1e-3},
    {"us", 1e-6},
    {"µs", 1e-6},
    {"ns", 1e-9},
    {"min", 60},
    {"h", 3600},
}};

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The number times its unit's factor, or a ParseError that says what is accepted.
Result<double> parseQuantity(std::string_view text, std::span<const Unit> units,
                             std::string_view wanted)
{
    const auto refuse = [&](std::string_view why) {
        return fail(ErrorCode::ParseError, "\"{}\" {}; write {}", text, why, wanted);
    };
    const std::string_view whole = trimmed(text);
    double number = 0;
    const auto [end, error] = std::from_chars(whole.data(), whole.data() + whole.size(), number);
    if (error == std::errc::result_out_of_range)
        return refuse("is out of range");
    if (error != std::errc{} || !std::isfinite(number))
        return refuse("does not begin with a number");
    if (std::signbit(number) && number != 0)
        return refuse("is negative");
    const std::string_view unitName =
        trimmed(whole.substr(static_cast<std::size_t>(end - whole.data())));
    if (unitName.empty())
        return number == 0 ? Result<double>(0.0) : refuse("has no unit");
    for (const Unit& unit : units)
        if (unit.name == unitName)
            // 10 us is 10 / 1e6: times 1e-6, which is no exact number, would be a little less.
            return unit.factor < 1 ? std::abs(number) / std::round(1 / unit.factor)
                                   : std::abs(number) * unit.factor;
    return refuse("has an unknown unit");
}

/// Three significant digits without an exponent for 0.001 <= value < 10,000.
std::string threeDigits(double value)
{
    if (value == 0)
        return "0";
    const double magnitude = std::floor(std::log10(value));
    int decimals = std::max(0, 2 - static_cast<int>(magnitude));
    std::string text = fmt::format("{:.{}f}", value, decimals);
    // 9.996 has become 10.00: one digit too many
    if (decimals > 0 && std::stod(text) >= std::pow(10.0, magnitude + 1))
        text = fmt::format("{:.{}f}", value, decimals - 1);
    return text;
}

/// Picks the largest unit in which the rounded value is at least 1; `units` ascend.
std::string humane(double value, std::span<const Unit> units)
{
    const Unit* best = &units.front();
    for (const Unit& unit : units)
        if (value >= unit.factor * 0.9995)
            best = &unit;
    return threeDigits(value / best->factor) + " " + std::string(best->name);
}

/// The shortest text that parses back to the same value, without an exponent where possible; a
/// number below 1 counts as longer: "512 MiB" before "0.5 GiB".
template <class Parse>
std::string exact(double value, std::span<const Unit> units, const Parse& parsesBack)
{
    std::string best;
    std::size_t bestCost = std::numeric_limits<std::size_t>::max();
    for (const Unit& unit : units) {
        const std::string text = fmt::format("{} {}", value / unit.factor, unit.name);
        const std::size_t cost = text.size() + (value < unit.factor ? 2 : 0) +
                                 (text.find('e') == std::string::npos ? 0 : 100);
        if (parsesBack(text) && cost <= bestCost) {
            best = text;
            bestCost = cost;
        }
    }
    return best;
}

constexpr std::array<Unit, 5> kBinarySizes = {{{"B", 1},
                                               {"KiB", kKi},
                                               {"MiB", kKi* kKi},
                                               {"GiB", kKi* kKi* kKi},
                                               {"TiB", kKi* kKi* kKi* kKi}}};
constexpr std::array<Unit, 4> kSpeeds = {
    {{"bit/s", 1}, {"kbit/s", 1e3}, {"Mbit/s", 1e6}, {"Gbit/s", 1e9}}};
constexpr std::array<Unit, 4> kTimes = {{{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}}};

} // namespace

Seconds transferTime(Bytes payload, BitsPerSecond bandwidth)
{
    if (bandwidth.value <= 0)
        return kNever;
    return {8.0 * static_cast<double>(payload.value) / bandwidth.value};
}

Result<Bytes> checkedAdd(Bytes a, Bytes b)
{
    Bytes sum;
    if (a.value < 0 || b.value < 0 || __builtin_add_overflow(a.value, b.value, &sum.value))
        return fail(ErrorCode::ResourceExhausted, "sizes {} and {} cannot be added", a.value,
                    b.value);
    return sum;
}

Result<Bytes> checkedMultiply(Bytes a, std::int64_t factor)
{
    Bytes product;
    if (a.value < 0 || factor < 0 || __builtin_mul_overflow(a.value, factor, &product.value))
        return fail(ErrorCode::ResourceExhausted, "size {} times {} is out of range", a.value,
                    factor);
    return product;
}

Result<Bytes> parseBytes(std::string_view text)
{
    constexpr std::string_view kWanted = "a size with B, KiB, MiB, GiB, kB, MB or GB, "
                                         "for example \"256 MiB\"";
    const auto value = parseQuantity(text, kByteUnits, kWanted);
    if (!value)
        return tl::unexpected(value.error());
    const double rounded = std::round(*value);
    if (rounded > 0x1p53) // beyond it a double no longer counts single bytes
        return fail(ErrorCode::ParseError, "\"{}\" is out of range; write {}", text, kWanted);
    return Bytes{static_cast<std::int64_t>(rounded)};
}

Result<BitsPerSecond> parseBandwidth(std::string_view text)
{
    constexpr std::string_view kWanted =
        "a bandwidth with bit/s, kbit/s, Mbit/s or Gbit/s, for example \"54 Mbit/s\"";
    return parseQuantity(text, kBandwidthUnits, kWanted).and_then([&](double v) {
        return std::isfinite(v)
                   ? Result<BitsPerSecond>(BitsPerSecond{v})
                   : fail(ErrorCode::ParseError, "\"{}\" is out of range; write {}", text, kWanted);
    });
}

Result<Seconds> parseDuration(std::string_view text)
{
    constexpr std::string_view kWanted =
        "a duration with s, ms, us, ns, min or h, for example \"2 ms\"";
    return parseQuantity(text, kDurationUnits, kWanted).and_then([&](double v) {
        return std::isfinite(v)
                   ? Result<Seconds>(Seconds{v})
                   : fail(ErrorCode::ParseError, "\"{}\" is out of range; write {}", text, kWanted);
    });
}

std::string formatBytes(Bytes bytes)
{
    if (std::abs(static_cast<double>(bytes.value)) < 1000)
        return fmt::format("{} B", bytes.value); // there are no parts of a byte
    const std::string sign = bytes.value < 0 ? "-" : "";
    return sign + humane(std::abs(static_cast<double>(bytes.value)), kBinarySizes);
}

std::string formatBandwidth(BitsPerSecond bandwidth)
{
    return humane(bandwidth.value, kSpeeds);
}

std::string formatDuration(Seconds seconds)
{
    if (!std::isfinite(seconds.value))
        return "never";
    if (seconds.value == 0)
        return "0 s";
    return (seconds.value < 0 ? "-" : "") + humane(std::abs(seconds.value), kTimes);
}

std::string exactBytes(Bytes bytes)
{
    return exact(static_cast<double>(bytes.value), kBinarySizes,
                 [&](const std::string& text) { return parseBytes(text) == bytes; });
}

std::string exactBandwidth(BitsPerSecond bandwidth)
{
    return exact(bandwidth.value, kSpeeds,
                 [&](const std::string& text) { return parseBandwidth(text) == bandwidth; });
}

std::string exactDuration(Seconds seconds)
{
    return exact(seconds.value, kTimes,
                 [&](const std::string& text) { return parseDuration(text) == seconds; });
}

} // namespace millrace
