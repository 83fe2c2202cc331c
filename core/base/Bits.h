// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace millrace
{

/// A set of small numbers. Both sides of a binary operation must have the same size.
class Bits
{
public:
    Bits() = default;
    explicit Bits(std::size_t size) : m_words((size + 63) / 64) {}

    void set(std::size_t i) { m_words[i / 64] |= std::uint64_t{1} << (i % 64); }
    void reset(std::size_t i) { m_words[i / 64] &= ~(std::uint64_t{1} << (i % 64)); }
    [[nodiscard]] bool test(std::size_t i) const { return (m_words[i / 64] >> (i % 64) & 1U) != 0; }
    [[nodiscard]] bool any() const
    {
        for (const std::uint64_t word : m_words)
            if (word != 0)
                return true;
        return false;
    }
    [[nodiscard]] std::size_t count() const
    {
        std::size_t count = 0;
        for (const std::uint64_t word : m_words)
            count += static_cast<std::size_t>(__builtin_popcountll(word));
        return count;
    }
    /// The smallest number that is in this set and not in the other; the set's capacity if none.
    [[nodiscard]] std::size_t firstNotIn(const Bits& other) const
    {
        for (std::size_t w = 0; w < m_words.size(); ++w)
            if (const std::uint64_t rest = m_words[w] & ~other.m_words[w]; rest != 0)
                return w * 64 + static_cast<std::size_t>(__builtin_ctzll(rest));
        return m_words.size() * 64;
    }
    /// The smallest number that is in one set only; the set's capacity if none.
    [[nodiscard]] std::size_t firstDifference(const Bits& other) const
    {
        for (std::size_t w = 0; w < m_words.size(); ++w)
            if (const std::uint64_t apart = m_words[w] ^ other.m_words[w]; apart != 0)
                return w * 64 + static_cast<std::size_t>(__builtin_ctzll(apart));
        return m_words.size() * 64;
    }
    /// How many members are smaller.
    [[nodiscard]] std::size_t countBelow(std::size_t i) const
    {
        std::size_t count = 0;
        for (std::size_t w = 0; w < i / 64; ++w)
            count += static_cast<std::size_t>(__builtin_popcountll(m_words[w]));
        if (i % 64 != 0)
            count += static_cast<std::size_t>(
                __builtin_popcountll(m_words[i / 64] & ~(~std::uint64_t{0} << (i % 64))));
        return count;
    }
    /// Members from 64 * w on, as bits.
    [[nodiscard]] std::uint64_t word(std::size_t w) const { return m_words[w]; }
    [[nodiscard]] bool intersects(const Bits& other) const
    {
        for (std::size_t w = 0; w < m_words.size(); ++w)
            if ((m_words[w] & other.m_words[w]) != 0)
                return true;
        return false;
    }
    [[nodiscard]] bool contains(const Bits& other) const
    {
        for (std::size_t w = 0; w < m_words.size(); ++w)
            if ((other.m_words[w] & ~m_words[w]) != 0)
                return false;
        return true;
    }
    Bits& operator|=(const Bits& other)
    {
        for (std::size_t w = 0; w < m_words.size(); ++w)
            m_words[w] |= other.m_words[w];
        return *this;
    }
    Bits& operator&=(const Bits& other)
    {
        for (std::size_t w = 0; w < m_words.size(); ++w)
            m_words[w] &= other.m_words[w];
        return *this;
    }
    Bits& subtract(const Bits& other)
    {
        for (std::size_t w = 0; w < m_words.size(); ++w)
            m_words[w] &= ~other.m_words[w];
        return *this;
    }
    /// Calls visit(i) for each member, ascending.
    template <class Visit>
    void each(const Visit& visit) const
    {
        for (std::size_t w = 0; w < m_words.size(); ++w)
            for (std::uint64_t word = m_words[w]; word != 0; word &= word - 1)
                visit(w * 64 + static_cast<std::size_t>(__builtin_ctzll(word)));
    }
    /// The same for members that are no smaller than `first`.
    template <class Visit>
    void eachFrom(std::size_t first, const Visit& visit) const
    {
        for (std::size_t w = first / 64; w < m_words.size(); ++w) {
            std::uint64_t word = m_words[w];
            if (w == first / 64)
                word &= ~std::uint64_t{0} << (first % 64);
            for (; word != 0; word &= word - 1)
                visit(w * 64 + static_cast<std::size_t>(__builtin_ctzll(word)));
        }
    }
    auto operator<=>(const Bits&) const = default;

private:
    std::vector<std::uint64_t> m_words;
};

} // namespace millrace
