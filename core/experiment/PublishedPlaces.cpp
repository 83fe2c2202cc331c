// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/ColourCoding.h"
#include "experiment/Published.h"

#include <algorithm>
#include <limits>

namespace millrace::experiment
{
namespace
{

constexpr std::size_t kNobody = std::numeric_limits<std::size_t>::max();

double speed(const Bandwidths& bandwidths, std::size_t from, std::size_t to)
{
    return bandwidths.at(DeviceId(from), DeviceId(to)).value;
}

/// Consecutive cuts [first, last] of one class.
struct Run {
    std::size_t first, last;
    [[nodiscard]] std::size_t length() const { return last - first + 1; }
};

/// Maximal runs of this class, longest first, cut into pieces that colour coding can place.
std::vector<Run> runsOf(const std::vector<std::size_t>& classes, std::size_t wanted)
{
    std::vector<Run> runs;
    for (std::size_t i = 0; i < classes.size(); ++i) {
        if (classes[i] != wanted)
            continue;
        if (i > 0 && classes[i - 1] == wanted && runs.back().length() + 1 < kMostPathNodes)
            runs.back().last = i;
        else
            runs.push_back({i, i});
    }
    std::stable_sort(runs.begin(), runs.end(),
                     [](const Run& a, const Run& b) { return a.length() > b.length(); });
    return runs;
}

class PathPlacer
{
public:
    PathPlacer(const Bandwidths& bandwidths, std::size_t stages, Random& random,
               const std::function<bool()>& stopped)
        : m_bandwidths(bandwidths), m_random(random), m_stopped(stopped), m_places(stages, kNobody),
          m_isUsed(bandwidths.size(), false)
    {
    }

    /// Stages run.first .. run.last + 1 get nodes.
    bool place(const Run& run)
    {
        PathWanted wanted;
        wanted.nodes = run.length() + 1;
        wanted.first = fixed(run.first);
        wanted.last = fixed(run.last + 1);
        for (std::size_t node = 0; node < m_isUsed.size(); ++node)
            if (!m_isUsed[node] || wanted.first == node || wanted.last == node)
                wanted.allowed.push_back(node);
        const auto path = fastest(wanted);
        if (!path)
            return false;
        for (std::size_t i = 0; i < path->size(); ++i) {
            m_places[run.first + i] = (*path)[i];
            m_isUsed[(*path)[i]] = true;
        }
        return true;
    }

    /// A model in one stage: the first node, all being alike.
    void placeAlone() { m_places.front() = 0; }
    [[nodiscard]] const Places& places() const { return m_places; }

private:
    [[nodiscard]] std::optional<std::size_t> fixed(std::size_t stage) const
    {
        return m_places[stage] == kNobody ? std::nullopt : std::optional(m_places[stage]);
    }

    /// Bisects the bandwidths that occur for the largest at which a path is left.
    std::optional<std::vector<std::size_t>> fastest(const PathWanted& wanted)
    {
        std::vector<double> speeds;
        for (const std::size_t from : wanted.allowed)
            for (const std::size_t to : wanted.allowed)
                if (from != to && speed(m_bandwidths, from, to) > 0)
                    speeds.push_back(speed(m_bandwidths, from, to));
        std::sort(speeds.begin(), speeds.end());
        speeds.erase(std::unique(speeds.begin(), speeds.end()), speeds.end());
        std::optional<std::vector<std::size_t>> best;
        std::size_t low = 0;
        std::size_t high = speeds.size();
        while (low < high && !m_stopped()) {
            // The slowest first: without any path there is nothing to look for.
            const std::size_t middle = best ? low + (high - low) / 2 : low;
            auto path = simplePath(
                wanted,
                [&](std::size_t from, std::size_t to) {
                    return speed(m_bandwidths, from, to) >= speeds[middle];
                },
                m_random, m_stopped);
            if (path) {
                low = middle + 1;
                best = std::move(path);
            } else {
                high = middle;
            }
        }
        return best;
    }

    const Bandwidths& m_bandwidths;
    Random& m_random;
    const std::function<bool()>& m_stopped;
    Places m_places;
    std::vector<bool> m_isUsed;
};

/// From this node on along the fastest links to unused nodes; none at a dead end.
std::optional<Places> followed(std::size_t start, std::size_t stages, const Bandwidths& bandwidths)
{
    Places places = {start};
    std::vector<bool> isUsed(bandwidths.size(), false);
    isUsed[start] = true;
    while (places.size() < stages) {
        std::size_t next = kNobody;
        for (std::size_t to = 0; to < isUsed.size(); ++to)
            if (!isUsed[to] && speed(bandwidths, places.back(), to) >
                                   (next == kNobody ? 0 : speed(bandwidths, places.back(), next)))
                next = to;
        if (next == kNobody)
            return std::nullopt;
        isUsed[next] = true;
        places.push_back(next);
    }
    return places;
}

} // namespace

std::optional<Places> placeByPaths(const SegmentChain& chain, const Cuts& cuts, std::size_t classes,
                                   const Bandwidths& bandwidths, Random& random,
                                   const std::function<bool()>& stopped)
{
    PathPlacer placer(bandwidths, cuts.size() + 1, random, stopped);
    if (bandwidths.size() == 0)
        return std::nullopt;
    if (cuts.empty())
        placer.placeAlone();
    const std::vector<std::size_t> classOf = transferClasses(chain, cuts, classes);
    for (std::size_t wanted = classes; wanted-- > 0;)
        for (const Run& run : runsOf(classOf, wanted))
            if (!placer.place(run))
                return std::nullopt;
    return placer.places();
}

std::optional<Places> placeGreedily(const SegmentChain& chain, const Cuts& cuts,
                                    const Bandwidths& bandwidths)
{
    std::optional<Places> best;
    double least = 0;
    for (std::size_t start = 0; start < bandwidths.size(); ++start) {
        auto places = followed(start, cuts.size() + 1, bandwidths);
        if (!places)
            continue;
        const double time = slowestTransfer(chain, cuts, *places, bandwidths);
        if (!best || time < least) {
            best = std::move(places);
            least = time;
        }
    }
    return best;
}

std::optional<Places> placeAtRandom(const Cuts& cuts, const Bandwidths& bandwidths, Random& random)
{
    if (cuts.size() + 1 > bandwidths.size())
        return std::nullopt;
    return random.sample(cuts.size() + 1, bandwidths.size());
}

double slowestTransfer(const SegmentChain& chain, const Cuts& cuts, const Places& places,
                       const Bandwidths& bandwidths)
{
    double worst = 0;
    for (std::size_t k = 0; k < cuts.size(); ++k) {
        const double bandwidth = speed(bandwidths, places[k], places[k + 1]);
        worst = std::max(worst, bandwidth > 0 ? chain.transfer[cuts[k]] / bandwidth
                                              : std::numeric_limits<double>::infinity());
    }
    return worst;
}

} // namespace millrace::experiment
