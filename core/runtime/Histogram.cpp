// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/Histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace millrace::runtime
{

std::size_t Histogram::bucketOf(std::uint64_t nanoseconds)
{
    if (nanoseconds < kParts)
        return nanoseconds;
    const auto shift = static_cast<int>(std::bit_width(nanoseconds)) - 1 - kPartBits;
    const auto row = static_cast<std::size_t>(shift) + 1;
    return row * kParts + ((nanoseconds >> shift) - kParts);
}

std::uint64_t Histogram::upperEnd(std::size_t bucket)
{
    if (bucket < kParts)
        return bucket;
    const std::size_t shift = bucket / kParts - 1;
    return ((bucket % kParts + kParts + 1) << shift) - 1;
}

void Histogram::record(Seconds value)
{
    const double seconds = std::max(value.value, 0.0);
    const auto nanoseconds = static_cast<std::uint64_t>(std::min(seconds * 1e9, 9e18));
    ++m_counts[bucketOf(nanoseconds)];
    ++m_count;
    m_sum += seconds;
    m_max = std::max(m_max, seconds);
}

Seconds Histogram::percentile(double fraction) const
{
    if (m_count == 0)
        return {};
    const auto wanted = std::max<std::uint64_t>(
        1, static_cast<std::uint64_t>(std::ceil(fraction * static_cast<double>(m_count))));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < m_counts.size(); ++bucket) {
        seen += m_counts[bucket];
        if (seen >= wanted)
            return {std::min(static_cast<double>(upperEnd(bucket)) * 1e-9, m_max)};
    }
    return {m_max};
}

Summary Histogram::summary() const
{
    return {m_count, m_sum, percentile(0.5).value, percentile(0.95).value, percentile(0.99).value,
            m_max};
}

} // namespace millrace::runtime
