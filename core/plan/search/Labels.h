// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plan/search/WalkRelaxation.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>

namespace millrace::plan
{

/// One way to come to the end of a stage, for labelSearch(). `kWords` times 64 devices at most.
template <std::size_t kWords>
struct Label {
    using Price = WalkRelaxation::Price;
    static constexpr std::int32_t kNoParent = -1;
    static constexpr std::uint16_t kNone = 0xffff;

    std::array<std::uint64_t, kWords> used{}; ///< devices, by bits
    double busy = 0;         ///< receive + compute of the last stage; only without overlap
    Price paid = 0, key = 0; ///< key: and what a walk still pays
    std::int32_t parent = kNoParent;
    std::uint16_t device = 0;
    Cut from = 0, cut = 0;
    /// For a relay, else 0. The device before it, `bypass`, could itself have computed up to the
    /// cut `before`. So a relay only makes sense when the stage that crosses that cut is on a
    /// device to which `bypass` has no direct way.
    Cut before = 0;
    std::uint16_t bypass = kNone;
    std::uint16_t alone = kNone; ///< layer that must become a stage alone
    std::uint16_t stages = 0;

    [[nodiscard]] int rank() const { return stages * 2 + (before != 0 || alone != kNone ? 1 : 0); }
    [[nodiscard]] bool uses(std::size_t d) const { return (used[d / 64] >> (d % 64) & 1U) != 0; }
    [[nodiscard]] bool usesNoMoreThan(const Label& other) const
    {
        std::uint64_t outside = 0;
        for (std::size_t w = 0; w < kWords; ++w)
            outside |= used[w] & ~other.used[w];
        return outside == 0;
    }
    /// By key, then with fewer stages, then without a relay.
    [[nodiscard]] bool isCheaperThan(const Label& other) const
    {
        return key != other.key ? key < other.key : rank() < other.rank();
    }
};

/// Labels by the cut they have come to, until it is their turn: the cheapest ones only, a few times
/// as many as will go on.
template <std::size_t kWords>
class WaitingLabels
{
public:
    using Price = WalkRelaxation::Price;

    /// The cuts must outlive it. `width`: labels that go on per cut.
    WaitingLabels(const CutSpace& cuts, std::size_t width)
        : m_cuts(cuts), m_waiting(cuts.size()), m_cutoff(cuts.size(), WalkRelaxation::kUnreachable),
          m_sequence(cuts.size() - 2), m_width(width), m_most(most(width))
    {
        std::iota(m_sequence.begin(), m_sequence.end(), std::size_t{1});
        if (!cuts.isChain())
            std::stable_sort(m_sequence.begin(), m_sequence.end(),
                             [&cuts](std::size_t a, std::size_t b) {
                                 return cuts.layerCount(a) < cuts.layerCount(b);
                             });
    }
    /// How many wait at a cut at least, before the dearest are left out.
    [[nodiscard]] static std::size_t most(std::size_t width) { return 4 * width + 16; }

    /// Inner cuts, those with fewer layers first.
    [[nodiscard]] const std::vector<std::size_t>& sequence() const { return m_sequence; }
    [[nodiscard]] const std::vector<Label<kWords>>& at(std::size_t cut) const
    {
        return m_waiting[cut];
    }
    /// Whether none was left out.
    [[nodiscard]] bool isComplete() const { return m_isComplete; }

    void add(const Label<kWords>& label)
    {
        std::vector<Label<kWords>>& waiting = m_waiting[label.cut];
        if (label.key >= m_cutoff[label.cut])
            return;
        waiting.push_back(label);
        if (waiting.size() < 2 * m_most)
            return;
        // What was generated is capped, not only what is kept: dominated labels are many.
        const auto end = waiting.begin() + static_cast<std::ptrdiff_t>(m_most);
        std::nth_element(waiting.begin(), end, waiting.end(),
                         [](const auto& a, const auto& b) { return a.isCheaperThan(b); });
        m_cutoff[label.cut] = end->key;
        waiting.erase(end, waiting.end());
        m_isComplete = false;
    }
    /// The numbers of the labels at the next cut of the sequence, the cheapest first; those made
    /// first come first among equals. Where many cuts have as many layers, they share the width,
    /// and what is worse than twice as many labels of all of them is left out.
    [[nodiscard]] const std::vector<std::tuple<Price, int, std::uint32_t>>& rising(std::size_t cut)
    {
        if (!m_cuts.isChain() && m_cuts.layerCount(cut) != m_level)
            fillLevel(m_cuts.layerCount(cut));
        m_order.clear();
        const std::vector<Label<kWords>>& waiting = m_waiting[cut];
        for (std::size_t i = 0; i < waiting.size(); ++i)
            if (waiting[i].key <= m_levelCutoff)
                m_order.emplace_back(waiting[i].key, waiting[i].rank(),
                                     static_cast<std::uint32_t>(i));
        m_isComplete = m_isComplete && m_order.size() == waiting.size();
        // Sorted by number, since labels are large.
        std::sort(m_order.begin(), m_order.end());
        return m_order;
    }
    void drop(std::size_t cut) { std::vector<Label<kWords>>().swap(m_waiting[cut]); }

private:
    void fillLevel(std::size_t level)
    {
        m_level = level;
        m_levelCutoff = WalkRelaxation::kUnreachable;
        std::vector<Price> keys;
        for (; m_next < m_sequence.size() && m_cuts.layerCount(m_sequence[m_next]) <= level;
             ++m_next)
            for (const Label<kWords>& label : m_waiting[m_sequence[m_next]])
                keys.push_back(label.key);
        if (keys.size() <= 2 * m_width)
            return;
        const auto last = keys.begin() + static_cast<std::ptrdiff_t>(2 * m_width);
        std::nth_element(keys.begin(), last, keys.end());
        m_levelCutoff = *last;
    }

    const CutSpace& m_cuts;
    std::vector<std::vector<Label<kWords>>> m_waiting; ///< by cut
    std::vector<Price> m_cutoff;                       ///< by cut: keys that are left out
    std::vector<std::size_t> m_sequence;
    std::size_t m_width, m_most;
    std::size_t m_level = 0, m_next = 0; ///< in the sequence: the first cut of the next level
    Price m_levelCutoff = WalkRelaxation::kUnreachable;
    std::vector<std::tuple<Price, int, std::uint32_t>> m_order; ///< scratch
    bool m_isComplete = true;
};

} // namespace millrace::plan
