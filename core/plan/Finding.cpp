// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/Finding.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace millrace::plan
{
namespace
{

constexpr double kTolerance = 1e-9;

/// Whether the change widens what the plan's bottleneck is.
bool isBottleneck(const Plan& plan, const Change& change)
{
    const auto index = static_cast<std::size_t>(plan.bottleneck.index);
    const auto isHop = [&plan](std::size_t hop, const MoreBandwidth& link) {
        return plan.hops[hop].from == link.from && plan.hops[hop].to == link.to;
    };
    const bool transfers = plan.bottleneck.kind == BottleneckKind::Transfer;
    if (const auto* link = std::get_if<MoreBandwidth>(&change))
        return transfers ? isHop(index, *link)
                         : plan.bottleneck.kind == BottleneckKind::Stage &&
                               (isHop(index, *link) || isHop(index + 1, *link));
    const auto* speed = std::get_if<MoreSpeed>(&change);
    return speed != nullptr && !transfers && plan.stages[index].device == speed->device;
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

double gain(const Plan& plan, const Finding& finding)
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

NothingBecause whyNothing(const Plan& plan, const Finding& finding)
{
    if (!plan.hasStages())
        return NothingBecause::StillNoPlan;
    if (const auto* gone = std::get_if<DeviceGone>(&finding.change))
        return std::any_of(plan.stages.begin(), plan.stages.end(),
                           [gone](const Stage& stage) { return stage.device == gone->device; })
                   ? NothingBecause::OthersTakeOver
                   : NothingBecause::NotUsed;
    return isBottleneck(plan, finding.change) ? NothingBecause::AnotherAsSlow
                                              : NothingBecause::BottleneckStays;
}

std::vector<Finding> notable(const Plan& plan, const std::vector<Finding>& findings)
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

std::vector<Finding> worthless(const Plan& plan, const std::vector<Finding>& findings)
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
