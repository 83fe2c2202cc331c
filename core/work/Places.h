// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Release.h"

namespace millrace::work
{

// Things of a release by what they are, wherever they stand in its lists. Pointers into the
// arguments; null where there is none.

/// The nodes between which a hop goes.
struct HopEnds {
    const deploy::ReleaseNode* from = nullptr;
    const deploy::ReleaseNode* to = nullptr;
};
[[nodiscard]] HopEnds endsOf(const deploy::Release& release, HopRef hop);
/// A node's device; "-" for none.
[[nodiscard]] std::string deviceOf(const deploy::ReleaseNode* node);

/// What the gateway says of a stage or hop of this plan: it tells of all pipelines, one after the
/// other.
[[nodiscard]] const runtime::StageStatus* statusOf(const runtime::LiveStatus& live,
                                                   const plan::Solution& plan, StageRef stage);
[[nodiscard]] const runtime::HopStatus* statusOf(const runtime::LiveStatus& live,
                                                 const plan::Solution& plan, HopRef hop);

} // namespace millrace::work
