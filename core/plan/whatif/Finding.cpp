// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/whatif/Finding.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace millrace::plan
{
namespace
{

constexpr double kTolerance = 1e-9;

/// Whether the change widens what a bottleneck of the plan is.
bool isBottleneck(const Solution& plan, const Change& change)
{
    const auto stages = plan.stages();
    const auto hops = plan.hops();
    const auto isSlow = [&plan](StageRef at) { return plan.isBottleneck(at); };
    if (const auto* speed = std::get_if<MoreSpeed>(&change))
        return std::any_of(stages.begin(), stages.end(), [&](const PlacedStage& placed) {
            return placed.stage.device == speed->device && isSlow(placed.at);
        });
    const auto* link = std::get_if<MoreBandwidth>(&change);
    // Without overlap, a stage that is the bottleneck counts with both its hops.
    const auto isOfSlowStage = [&](HopRef hop) {
        return std::any_of(stages.begin(), stages.end(), [&](const PlacedStage& placed) {
            const bool touches = hopInto(placed.at) == hop || hopOutOf(placed.at) == hop;
            return touches && isSlow(placed.at) &&
                   plan.pipelines[hop.pipeline.index()].bottleneck.kind == BottleneckKind::Stage;
        });
    };
    return link != nullptr && std::any_of(hops.begin(), hops.end(), [&](const PlacedHop& placed) {
               return placed.hop.from == link->from && placed.hop.to == link->to &&
                      (plan.isBottleneck(placed.at) || isOfSlowStage(placed.at));
           });
}

} // namespace

bool isOpen(const Finding& finding)
{
    return finding.status == Status::Timeout || finding.status == Status::Cancelled;
}

bool isBelow(Seconds a, Seconds b)
{
    return a < b && a.value < b.value * (1 - kTolerance);
}

double gain(const Solution& plan, const Finding& finding)
{
    if (!plan.hasStages())
        return finding.bottleneck < kNever ? kNever.value : 0;
    if (finding.bottleneck == kNever)
        return -1;
    if (!isBelow(finding.bottleneck, plan.bottleneckTime) &&
        !isBelow(plan.bottleneckTime, finding.bottleneck))
        return 0;
    return plan.bottleneckTime.value / finding.bottleneck.value - 1;
}

NothingBecause whyNothing(const Solution& plan, const Finding& finding)
{
    if (!plan.hasStages())
        return NothingBecause::StillNoPlan;
    if (const auto* gone = std::get_if<DeviceGone>(&finding.change))
        return plan.uses(gone->device) ? NothingBecause::OthersTakeOver : NothingBecause::NotUsed;
    return isBottleneck(plan, finding.change) ? NothingBecause::AnotherAsSlow
                                              : NothingBecause::BottleneckStays;
}

std::vector<Finding> notable(const Solution& plan, const std::vector<Finding>& findings)
{
    std::vector<Finding> notable;
    std::map<Resource, Seconds> reached;
    for (const Finding& finding : findings) {
        // Of a lost device nothing is known before there is a plan without it.
        if (isOpen(finding) && finding.bottleneck == kNever)
            continue;
        const auto [before, isFirst] =
            reached.try_emplace(stepOf(finding.change).resource, finding.bottleneck);
        if (gain(plan, finding) != 0 && (isFirst || isBelow(finding.bottleneck, before->second)))
            notable.push_back(finding);
        before->second = finding.bottleneck;
    }
    std::stable_sort(notable.begin(), notable.end(), [&plan](const Finding& a, const Finding& b) {
        const double x = gain(plan, a), y = gain(plan, b);
        return (x > 0) != (y > 0) ? x > 0 : std::abs(x) > std::abs(y);
    });
    return notable;
}

std::vector<Finding> worthless(const Solution& plan, const std::vector<Finding>& findings)
{
    std::map<Resource, Finding> last;
    for (const Finding& finding : findings)
        last[stepOf(finding.change).resource] = finding;
    std::vector<Finding> worthless;
    for (const auto& [resource, finding] : last)
        if (!isOpen(finding) && gain(plan, finding) == 0 &&
            (plan.hasStages() || !std::holds_alternative<DeviceGone>(finding.change)))
            worthless.push_back(finding);
    return worthless;
}

} // namespace millrace::plan
