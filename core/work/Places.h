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

} // namespace millrace::work
