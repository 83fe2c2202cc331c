// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/Published.h"

#include <algorithm>
#include <limits>

namespace millrace::experiment
{
namespace
{

constexpr double kNone = std::numeric_limits<double>::infinity();
constexpr int kDraws = 200;

/// How a segment's end is reached best: sum of transfers, stages, and the end before plus one.
struct Reached {
    double sum = kNone;
    std::size_t stages = 0, first = 0;
    [[nodiscard]] bool isBetterThan(const Reached& other) const
    {
        return sum < other.sum || (sum == other.sum && sum < kNone && stages < other.stages);
    }
};

double cost(const SegmentChain& chain, std::size_t end)
{
    return end + 1 < chain.segments() ? chain.transfer[end] : 0;
}

/// Whatever the number of stages; `reached[first]` is the state before segment `first`.
std::optional<Cuts> cheapestOfAny(const SegmentChain& chain)
{
    const std::size_t count = chain.segments();
    std::vector<Reached> reached(count + 1);
    reached[0].sum = 0;
    std::vector<std::size_t> ends;
    for (std::size_t first = 0; first < count; ++first) {
        if (reached[first].sum == kNone)
            continue;
        ends.clear();
        chain.fitting(first, ends);
        for (const std::size_t end : ends) {
            const Reached next{reached[first].sum + cost(chain, end), reached[first].stages + 1,
                               first};
            if (next.isBetterThan(reached[end + 1]))
                reached[end + 1] = next;
        }
    }
    if (reached[count].sum == kNone)
        return std::nullopt;
    Cuts cuts;
    for (std::size_t at = reached[count].first; at > 0; at = reached[at].first)
        cuts.push_back(at - 1);
    std::reverse(cuts.begin(), cuts.end());
    return cuts;
}

/// By the number of stages, within the bounds.
std::optional<Cuts> cheapestWithin(const SegmentChain& chain)
{
    const std::size_t count = chain.segments();
    const std::size_t most = std::min(chain.maxStages, count);
    std::vector<std::vector<Reached>> reached(most + 1, std::vector<Reached>(count + 1));
    reached[0][0].sum = 0;
    std::vector<std::size_t> ends;
    for (std::size_t first = 0; first < count; ++first) {
        ends.clear();
        chain.fitting(first, ends);
        for (std::size_t stages = 0; stages < most; ++stages) {
            const double before = reached[stages][first].sum;
            for (std::size_t e = 0; e < ends.size() && before < kNone; ++e) {
                Reached& after = reached[stages + 1][ends[e] + 1];
                if (before + cost(chain, ends[e]) < after.sum)
                    after = {before + cost(chain, ends[e]), stages + 1, first};
            }
        }
    }
    std::size_t best = most + 1;
    for (std::size_t stages = chain.minStages; stages <= most; ++stages)
        if (reached[stages][count].sum < (best > most ? kNone : reached[best][count].sum))
            best = stages;
    if (best > most)
        return std::nullopt;
    Cuts cuts;
    for (std::size_t stages = best, at = count; stages > 0; --stages) {
        at = reached[stages][at].first;
        if (at > 0)
            cuts.push_back(at - 1);
    }
    std::reverse(cuts.begin(), cuts.end());
    return cuts;
}

bool isAllowed(const SegmentChain& chain, const Cuts& cuts)
{
    return cuts.size() + 1 >= chain.minStages && cuts.size() + 1 <= chain.maxStages;
}

bool fits(const SegmentChain& chain, const Cuts& cuts)
{
    std::vector<std::size_t> ends;
    for (std::size_t k = 0; k <= cuts.size(); ++k) {
        ends.clear();
        chain.fitting(k == 0 ? 0 : cuts[k - 1] + 1, ends);
        const std::size_t end = k < cuts.size() ? cuts[k] : chain.segments() - 1;
        if (!std::binary_search(ends.begin(), ends.end(), end))
            return false;
    }
    return true;
}

/// Each stage as long as it can be.
std::optional<Cuts> longestStages(const SegmentChain& chain)
{
    Cuts cuts;
    std::vector<std::size_t> ends;
    for (std::size_t first = 0; first < chain.segments();) {
        ends.clear();
        chain.fitting(first, ends);
        if (ends.empty())
            return std::nullopt;
        first = ends.back() + 1;
        if (first < chain.segments())
            cuts.push_back(ends.back());
    }
    return cuts;
}

} // namespace

std::optional<Cuts> cheapestCuts(const SegmentChain& chain)
{
    auto cuts = cheapestOfAny(chain);
    return !cuts || isAllowed(chain, *cuts) ? cuts : cheapestWithin(chain);
}

std::optional<Cuts> randomCuts(const SegmentChain& chain, RandomCuts rule, Random& random)
{
    const auto splits = longestStages(chain);
    if (!splits || !isAllowed(chain, *splits))
        return cheapestCuts(chain); // the splits are too many, too few, or lead nowhere
    for (int draw = 0; draw < kDraws; ++draw) {
        Cuts cuts;
        for (std::size_t s = 0; s < splits->size(); ++s) {
            const std::size_t first = s == 0 ? 0 : (*splits)[s - 1] + 1;
            cuts.push_back(first + random.below((*splits)[s] + 1 - first));
        }
        if (rule == RandomCuts::AsPublished || fits(chain, cuts))
            return cuts;
    }
    return splits;
}

std::vector<std::size_t> transferClasses(const SegmentChain& chain, const Cuts& cuts,
                                         std::size_t classes)
{
    const auto [low, high] = std::minmax_element(chain.transfer.begin(), chain.transfer.end());
    const double width = (*high - *low) / static_cast<double>(classes);
    std::vector<std::size_t> result;
    for (const std::size_t cut : cuts) {
        const double bin = width > 0 ? (chain.transfer[cut] - *low) / width : 0;
        result.push_back(std::min(static_cast<std::size_t>(bin), classes - 1));
    }
    return result;
}

} // namespace millrace::experiment
