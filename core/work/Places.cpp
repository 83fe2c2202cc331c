// SPDX-License-Identifier: GPL-3.0-or-later
#include "work/Places.h"

#include <algorithm>

namespace millrace::work
{
namespace
{

/// The element of `all` for the placed one that stands at `at`.
template <class Status, class Placed, class Ref>
const Status* matching(const std::vector<Status>& all, const std::vector<Placed>& placed, Ref at)
{
    const auto found = std::find_if(placed.begin(), placed.end(),
                                    [at](const Placed& each) { return each.at == at; });
    const auto index = static_cast<std::size_t>(found - placed.begin());
    return found == placed.end() || index >= all.size() ? nullptr : &all[index];
}

} // namespace

HopEnds endsOf(const deploy::Release& release, HopRef hop)
{
    HopEnds ends{deploy::gatewayOf(release), deploy::gatewayOf(release)};
    for (const auto& [at, stage] : release.plan.stages()) {
        if (plan::hopInto(at) == hop)
            ends.to = deploy::nodeOf(release, at);
        if (plan::hopOutOf(at) == hop)
            ends.from = deploy::nodeOf(release, at);
    }
    return ends;
}

std::string deviceOf(const deploy::ReleaseNode* node)
{
    return node == nullptr ? "-" : node->device;
}

const runtime::StageStatus* statusOf(const runtime::LiveStatus& live, const plan::Solution& plan,
                                     StageRef stage)
{
    return matching(live.stages, plan.stages(), stage);
}

const runtime::HopStatus* statusOf(const runtime::LiveStatus& live, const plan::Solution& plan,
                                   HopRef hop)
{
    return matching(live.hops, plan.hops(), hop);
}

} // namespace millrace::work
