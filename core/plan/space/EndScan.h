// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/space/Reach.h"

#include <algorithm>
#include <limits>

namespace millrace::plan
{

/// The least of a figure by cut over 64 cuts at a time, and over all of these and those before:
/// where the figure falls from cut to cut, as costs do, that tells how far to look at all.
template <class Value>
class LeastOfBlocks
{
public:
    static constexpr std::size_t kBlock = 64;

    LeastOfBlocks() = default;
    /// Nothing put yet.
    explicit LeastOfBlocks(std::size_t cuts)
        : m_least((cuts + kBlock - 1) / kBlock, std::numeric_limits<Value>::max()),
          m_leastUpTo(m_least)
    {
    }
    explicit LeastOfBlocks(const std::vector<Value>& values) : LeastOfBlocks(values.size())
    {
        for (std::size_t cut = 0; cut < values.size(); ++cut)
            put(cut, values[cut]);
    }
    void put(std::size_t cut, Value value)
    {
        const std::size_t block = cut / kBlock;
        m_least[block] = std::min(m_least[block], value);
        for (std::size_t b = block; b < m_leastUpTo.size() && m_leastUpTo[b] > value; ++b)
            m_leastUpTo[b] = value;
    }
    [[nodiscard]] Value of(std::size_t block) const { return m_least[block]; }
    [[nodiscard]] Value upTo(std::size_t block) const { return m_leastUpTo[block]; }

private:
    std::vector<Value> m_least, m_leastUpTo;
};

/// The ends of the stages that begin at one cut and keep a threshold, where they are no sliding
/// window. They are too many to be listed: they are looked through 64 at a time, so that whoever
/// wants the least of a figure passes over all whose least is known to be no less.
class EndScan
{
public:
    /// All must outlive it.
    EndScan(const StageSpace& space, const Reach& reach) : m_space(space), m_reach(reach) {}

    /// To another cut or threshold. O(cuts / 64).
    void moveTo(std::size_t cut);

    /// An end where the value is least; `to` is 0 if none is below `below`.
    template <class Value>
    struct Least {
        Value value;
        Cut to = 0;
    };
    /// Values by cut. `guess`: where the end may be, 0 for no idea; the better, the less work.
    template <class Value>
    [[nodiscard]] Least<Value> least(std::size_t device, const Value* values,
                                     const LeastOfBlocks<Value>& blocks, Value below,
                                     Cut guess = 0) const
    {
        Least<Value> best{below};
        if (guess != 0 && values[guess] < below && contains(guess) && isEnd(device, guess))
            best = {values[guess], guess};
        each(
            device, blocks, [&](Value value) { return value < best.value; },
            [&](std::size_t to) {
                if (values[to] < best.value && isEnd(device, to))
                    best = {values[to], static_cast<Cut>(to)};
            });
        return best;
    }
    /// For a cut that contains the one moved to.
    [[nodiscard]] bool isEnd(std::size_t device, std::size_t to) const
    {
        return m_reach.isInTime(device, m_cut, to) && m_space.fits(device, m_cut, to);
    }

    /// Calls visit(to) for each cut where a stage could end if isEnd(), descending, in the blocks
    /// whose least value is wanted; whoever wants a value must want all smaller ones.
    template <class Value, class Wanted, class Visit>
    void each(std::size_t device, const LeastOfBlocks<Value>& blocks, const Wanted& isWanted,
              const Visit& visit) const
    {
        const std::size_t furthest = m_reach.furthest(device, m_cut);
        if (furthest <= m_cut)
            return;
        for (std::size_t block = furthest / kBlock + 1; block-- > m_cut / kBlock;) {
            if (!isWanted(blocks.upTo(block)))
                return;
            if (!isWanted(blocks.of(block)))
                continue;
            std::uint64_t word = m_above[block - m_cut / kBlock];
            if (block == furthest / kBlock)
                word &= ~std::uint64_t{0} >> (kBlock - 1 - furthest % kBlock);
            while (word != 0) {
                const std::size_t bit =
                    kBlock - 1 - static_cast<std::size_t>(__builtin_clzll(word));
                word ^= std::uint64_t{1} << bit;
                visit(block * kBlock + bit);
            }
        }
    }

private:
    static constexpr std::size_t kBlock = LeastOfBlocks<int>::kBlock;

    [[nodiscard]] bool contains(std::size_t to) const
    {
        const std::size_t word = to / kBlock - m_cut / kBlock;
        return to > m_cut && word < m_above.size() && (m_above[word] >> (to % kBlock) & 1U) != 0;
    }

    const StageSpace& m_space;
    const Reach& m_reach;
    std::size_t m_cut = 0;
    std::vector<std::uint64_t> m_above; ///< cuts that contain it
};

} // namespace millrace::plan
