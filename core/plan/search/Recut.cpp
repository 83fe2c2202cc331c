// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/search/Recut.h"

#include <algorithm>
#include <limits>

namespace millrace::plan
{
namespace
{

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The best bottleneck of a stage on the device from a cut where `reach` got, for each of its ends.
class Extension
{
public:
    Extension(const StageSpace& space, double within) : m_space(space), m_within(within) {}

    /// Ends before `first` are of no use.
    void run(std::size_t device, std::size_t from, std::size_t first, double reach,
             std::vector<double>& best, Cut* starts)
    {
        const double* time = m_space.time[device].data();
        const auto visit = [&](std::size_t to) {
            const double bottleneck = std::max(reach, time[to] - time[from]);
            if (bottleneck < best[to]) {
                best[to] = bottleneck;
                starts[to] = static_cast<Cut>(from);
            }
        };
        if (m_space.cuts.isChain()) {
            for (const StageSpace::Range& range : m_space.ends(device, from))
                for (std::size_t to = std::max(first, std::size_t{range.first}); to <= range.last;
                     ++to) {
                    if (time[to] - time[from] > m_within)
                        return;
                    visit(to);
                }
            return;
        }
        m_space.cuts.above(from, m_space.cuts.last(), m_above);
        for (std::size_t w = std::max(first, from) / 64 - from / 64; w < m_above.size(); ++w)
            for (std::uint64_t word = m_above[w]; word != 0; word &= word - 1) {
                const std::size_t to =
                    (from / 64 + w) * 64 + static_cast<std::size_t>(__builtin_ctzll(word));
                if (time[to] - time[from] <= m_within && reach < best[to] &&
                    m_space.fits(device, from, to))
                    visit(to);
            }
    }

private:
    const StageSpace& m_space;
    double m_within;
    std::vector<std::uint64_t> m_above;
};

/// By stage: the first cut from which the devices from there on can come to the end in time.
std::vector<std::size_t> firstStarts(const StageSpace& space, const std::vector<std::size_t>& order,
                                     double within)
{
    std::vector<std::size_t> first(order.size() + 1, space.cuts.last());
    for (std::size_t k = order.size(); k-- > 0;) {
        const std::vector<double>& time = space.time[order[k]];
        const auto end = time.begin() + static_cast<std::ptrdiff_t>(first[k + 1]);
        const double least = *std::min_element(end, time.end());
        const auto start = std::find_if(time.begin(), end, [least, within](double seconds) {
            return least - seconds <= within;
        });
        first[k] = static_cast<std::size_t>(start - time.begin());
    }
    return first;
}

} // namespace

std::vector<StagePlace> bestCuts(const StageSpace& space, const std::vector<std::size_t>& order,
                                 double within)
{
    const std::size_t cuts = space.cuts.size();
    std::vector<double> before, best;
    std::vector<Cut> starts(order.size() * cuts, 0);
    Extension extension(space, within);
    const std::vector<std::size_t> first = firstStarts(space, order, within);
    for (std::size_t k = 0; k < order.size(); ++k) {
        before.swap(best);
        best.assign(cuts, kInfinity);
        for (std::size_t from = first[k]; from + 1 < cuts; ++from) {
            if (k == 0 ? from > 0 : (from == 0 || before[from] > within))
                continue;
            const auto sender =
                k == 0 ? space.problem.source : std::optional(space.devices[order[k - 1]]);
            const double hop = space.hop(sender, space.devices[order[k]], from);
            const double reach = k == 0 ? hop : std::max(before[from], hop);
            if (reach <= within)
                extension.run(order[k], from, first[k + 1], reach, best, starts.data() + k * cuts);
        }
    }
    std::vector<StagePlace> stages;
    if (order.empty() || best.back() > within ||
        space.hop(space.devices[order.back()], space.problem.sink, cuts - 1) > within)
        return stages;
    for (std::size_t k = order.size(), to = cuts - 1; k-- > 0; to = stages.back().from)
        stages.push_back({order[k], starts[k * cuts + to], to});
    std::reverse(stages.begin(), stages.end());
    return stages;
}

} // namespace millrace::plan
