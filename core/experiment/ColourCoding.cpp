// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/ColourCoding.h"

#include <cassert>
#include <cmath>

namespace millrace::experiment
{
namespace
{

/// Sets of colours as numbers, and sets of those as words: bit s of a table stands for set s.
using Table = std::vector<std::uint64_t>;

class Search
{
public:
    Search(const PathWanted& wanted, const std::function<bool(std::size_t, std::size_t)>& edge)
        : m_wanted(wanted), m_count(wanted.allowed.size()),
          m_colours(static_cast<std::size_t>(std::ceil(1.3 * static_cast<double>(wanted.nodes)))),
          m_words(((std::size_t{1} << m_colours) + 63) / 64), m_before(m_count),
          m_colour(m_count, 0),
          m_reached(wanted.nodes, std::vector<Table>(m_count, Table(m_words, 0)))
    {
        for (std::size_t to = 0; to < m_count; ++to)
            for (std::size_t from = 0; from < m_count; ++from)
                if (from != to && edge(wanted.allowed[from], wanted.allowed[to]))
                    m_before[to].push_back(from);
    }

    [[nodiscard]] bool hasEnoughEdges() const
    {
        std::size_t ends = 0;
        for (const auto& before : m_before)
            ends += before.empty() ? 0 : 1;
        return ends + 1 >= m_wanted.nodes;
    }

    std::optional<std::vector<std::size_t>> tryOnce(Random& random)
    {
        for (std::size_t& colour : m_colour)
            colour = random.below(m_colours);
        for (std::size_t node = 0; node < m_count; ++node) {
            Table& table = m_reached[0][node];
            table.assign(m_words, 0);
            if (!m_wanted.first || *m_wanted.first == m_wanted.allowed[node])
                mark(table, std::size_t{1} << m_colour[node]);
        }
        for (std::size_t step = 1; step < m_wanted.nodes; ++step)
            if (!extend(step))
                return std::nullopt;
        for (std::size_t node = 0; node < m_count; ++node)
            if (!m_wanted.last || *m_wanted.last == m_wanted.allowed[node])
                for (std::size_t set = 0; set < std::size_t{1} << m_colours; ++set)
                    if (isMarked(m_reached[m_wanted.nodes - 1][node], set))
                        return traced(node, set);
        return std::nullopt;
    }

private:
    static void mark(Table& table, std::size_t set)
    {
        table[set / 64] |= std::uint64_t{1} << (set % 64);
    }
    [[nodiscard]] static bool isMarked(const Table& table, std::size_t set)
    {
        return (table[set / 64] >> (set % 64) & 1U) != 0;
    }

    bool extend(std::size_t step)
    {
        bool any = false;
        for (std::size_t node = 0; node < m_count; ++node) {
            Table& table = m_reached[step][node];
            table.assign(m_words, 0);
            for (const std::size_t before : m_before[node])
                for (std::size_t w = 0; w < m_words; ++w)
                    table[w] |= m_reached[step - 1][before][w];
            any = withColour(table, m_colour[node]) || any;
        }
        return any;
    }

    /// Adds a colour to every set that lacks it, drops the others; false when none is left. With
    /// the colour's bit the number of a set grows by 2^colour, so that tables move by so many bits.
    [[nodiscard]] bool withColour(Table& table, std::size_t colour) const
    {
        constexpr std::uint64_t kLacking[] = {0x5555555555555555U, 0x3333333333333333U,
                                              0x0f0f0f0f0f0f0f0fU, 0x00ff00ff00ff00ffU,
                                              0x0000ffff0000ffffU, 0x00000000ffffffffU};
        std::uint64_t any = 0;
        if (colour < 6) {
            for (std::uint64_t& word : table)
                any |= word = (word & kLacking[colour]) << (1U << colour);
            return any != 0;
        }
        const std::size_t step = std::size_t{1} << (colour - 6);
        for (std::size_t w = m_words; w-- > 0;) {
            table[w] = (w & step) != 0 ? table[w - step] : 0;
            any |= table[w];
        }
        return any != 0;
    }

    [[nodiscard]] std::vector<std::size_t> traced(std::size_t node, std::size_t set) const
    {
        std::vector<std::size_t> path(m_wanted.nodes);
        for (std::size_t step = m_wanted.nodes; step-- > 0;) {
            path[step] = m_wanted.allowed[node];
            set &= ~(std::size_t{1} << m_colour[node]);
            for (const std::size_t before : m_before[node])
                if (step > 0 && isMarked(m_reached[step - 1][before], set)) {
                    node = before;
                    break;
                }
        }
        return path;
    }

    const PathWanted& m_wanted;
    std::size_t m_count, m_colours, m_words;
    std::vector<std::vector<std::size_t>> m_before;
    std::vector<std::size_t> m_colour;
    std::vector<std::vector<Table>> m_reached; ///< by step and node
};

} // namespace

std::optional<std::vector<std::size_t>>
simplePath(const PathWanted& wanted, const std::function<bool(std::size_t, std::size_t)>& edge,
           Random& random, const std::function<bool()>& stopped)
{
    assert(wanted.nodes >= 1 && wanted.nodes <= kMostPathNodes);
    if (wanted.allowed.size() < wanted.nodes)
        return std::nullopt;
    Search search(wanted, edge);
    if (!search.hasEnoughEdges())
        return std::nullopt;
    const double colourings = 10 * std::exp(static_cast<double>(wanted.nodes));
    for (double i = 0; i < colourings && !stopped(); ++i)
        if (auto path = search.tryOnce(random))
            return path;
    return std::nullopt;
}

} // namespace millrace::experiment
