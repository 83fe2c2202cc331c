// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Suggest.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace millrace
{
namespace
{

/// Edit distance (Levenshtein 1966).
std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = std::exchange(row[j], std::min({replaced, row[j] + 1, row[j - 1] + 1}));
        }
    }
    return row[b.size()];
}

} // namespace

std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> known)
{
    std::optional<std::string_view> best;
    std::size_t least = 0;
    for (const std::string_view candidate : known) {
        const std::size_t steps = distance(word, candidate);
        if (steps <= 1 + candidate.size() / 4 && (!best || steps < least)) {
            best = candidate;
            least = steps;
        }
    }
    return best;
}

} // namespace millrace
