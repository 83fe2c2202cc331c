// SPDX-License-Identifier: GPL-3.0-or-later
#include "work/Places.h"

namespace millrace::work
{

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

} // namespace millrace::work
