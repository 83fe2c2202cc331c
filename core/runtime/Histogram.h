// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Units.h"

#include <array>
#include <cstdint>

namespace millrace::runtime
{

/// What a histogram says of itself; all times in seconds, 0 while `count` is 0.
struct Summary {
    std::uint64_t count = 0;
    double sum = 0;
    double p50 = 0, p95 = 0, p99 = 0, max = 0;
    [[nodiscard]] double mean() const { return count == 0 ? 0 : sum / static_cast<double>(count); }
    bool operator==(const Summary&) const = default;
};

/// Log-linear buckets after HdrHistogram (G. Tene, 2012): every power of two of nanoseconds in 64
/// equal parts, so that a percentile is within 1.6 % of the true one, from 1 ns to 292 years in
/// constant memory. Not thread-safe.
class Histogram
{
public:
    void record(Seconds value); ///< negative counts as 0
    /// The smallest recorded value, to the bucket's upper end, that at least `fraction` of all
    /// values do not exceed.
    [[nodiscard]] Seconds percentile(double fraction) const;
    [[nodiscard]] Summary summary() const;

private:
    static constexpr int kPartBits = 6;
    static constexpr std::size_t kParts = std::size_t{1} << kPartBits;
    [[nodiscard]] static std::size_t bucketOf(std::uint64_t nanoseconds);
    [[nodiscard]] static std::uint64_t upperEnd(std::size_t bucket);

    std::array<std::uint32_t, kParts*(64 - kPartBits)> m_counts{};
    std::uint64_t m_count = 0;
    double m_sum = 0, m_max = 0;
};

} // namespace millrace::runtime
