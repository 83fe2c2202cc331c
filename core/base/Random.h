// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace millrace
{

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every machine, unlike the standard
/// library's distributions. Cheap to make; one per task, never shared between threads.
class Random
{
public:
    explicit Random(std::uint64_t seed) : m_state(seed) {}
    std::uint64_t next()
    {
        std::uint64_t z = (m_state += 0x9e3779b97f4a7c15U);
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31U);
    }
    /// Uniform in [0, 1).
    double unit() { return static_cast<double>(next() >> 11U) * 0x1p-53; }
    /// The same with 24 bits: exact as a float.
    float unitFloat() { return static_cast<float>(next() >> 40U) * 0x1p-24F; }
    /// Uniform in [0, count), count > 0; the bias is below count / 2^64.
    std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }
    /// `count` different numbers below `size`, in random order; count <= size.
    std::vector<std::size_t> sample(std::size_t count, std::size_t size)
    {
        std::vector<std::size_t> all(size);
        for (std::size_t i = 0; i < size; ++i)
            all[i] = i;
        for (std::size_t i = 0; i < count; ++i)
            std::swap(all[i], all[i + below(size - i)]);
        all.resize(count);
        return all;
    }

private:
    std::uint64_t m_state;
};

} // namespace millrace
