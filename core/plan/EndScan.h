// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/Reach.h"

#include <limits>

namespace millrace::plan
{

/// The ends of the stages that begin at one cut and keep a threshold, where they are no sliding
/// window. They are too many to be listed: they are looked through 64 at a time, so that whoever
/// wants the least of a figure passes over all whose least is known to be no less.
class EndScan
{
public:
    static constexpr std::size_t kBlock = 64;

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
    /// Values by cut, and the least of each block or less. `guess`: where the end may be, 0 for
    /// no idea; the better, the less work.
    template <class Value>
    [[nodiscard]] Least<Value> least(std::size_t device, const Value* values,
                                     const Value* leastOfBlock, Value below, Cut guess = 0) const
    {
        Least<Value> best{below};
        if (guess != 0 && values[guess] < below && contains(guess) && isEnd(device, guess))
            best = {values[guess], guess};
        each(
            device, [&](std::size_t block) { return leastOfBlock[block] < best.value; },
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
    /// that are wanted.
    template <class Wanted, class Visit>
    void each(std::size_t device, const Wanted& isWanted, const Visit& visit) const
    {
        const std::size_t furthest = m_reach.furthest(device, m_cut);
        if (furthest <= m_cut)
            return;
        for (std::size_t block = furthest / kBlock + 1; block-- > m_cut / kBlock;) {
            if (!isWanted(block))
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
