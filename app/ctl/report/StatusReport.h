// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ctl/Report.h"
#include "work/ReleaseState.h"

namespace millrace::ctl
{

/// A release as it was found.
struct KnownRelease {
    deploy::Release release;
    std::optional<runtime::LiveStatus> live;
    std::string unreachable;         ///< why there is no `live`
    work::ReleaseState state;        ///< by both
    std::vector<std::string> others; ///< what else was deployed from here
};
/// Fails when something of it does not run.
[[nodiscard]] Report statusReport(const KnownRelease& known);

} // namespace millrace::ctl
