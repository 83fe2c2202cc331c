// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/Recut.h"

#include <algorithm>
#include <limits>

namespace millrace::plan
{
namespace
{

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The best bottleneck of a stage on the device from a cut where `reach` got, for each of its ends.
void extend(const StageSpace& space, std::size_t device, std::size_t from, double reach,
            double within, std::vector<double>& best, Cut* starts)
{
    const double* time = space.time[device].data();
    for (const StageSpace::Range& range : space.ends(device, from))
        for (std::size_t to = range.first; to <= range.last; ++to) {
            const double seconds = time[to] - time[from];
            if (seconds > within) {
                if (space.cuts.isChain())
                    return;
                continue;
            }
            const double bottleneck = std::max(reach, seconds);
            if (bottleneck < best[to]) {
                best[to] = bottleneck;
                starts[to] = static_cast<Cut>(from);
            }
        }
}

} // namespace

std::vector<StagePlace> bestCuts(const StageSpace& space, const std::vector<std::size_t>& order,
                                 double within)
{
    const std::size_t cuts = space.cuts.size();
    std::vector<double> before, best;
    std::vector<Cut> starts(order.size() * cuts, 0);
    for (std::size_t k = 0; k < order.size(); ++k) {
        before.swap(best);
        best.assign(cuts, kInfinity);
        for (std::size_t from = 0; from + 1 < cuts; ++from) {
            if (k == 0 ? from > 0 : (from == 0 || before[from] > within))
                continue;
            const auto sender =
                k == 0 ? space.problem.source : std::optional(space.devices[order[k - 1]]);
            const double hop = space.hop(sender, space.devices[order[k]], from);
            const double reach = k == 0 ? hop : std::max(before[from], hop);
            if (reach <= within)
                extend(space, order[k], from, reach, within, best, starts.data() + k * cuts);
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
