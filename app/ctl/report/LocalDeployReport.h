// SPDX-License-Identifier: GPL-3.0-or-later
/// Releases that emulate their cluster on this machine.
#pragma once

#include "ctl/Report.h"
#include "deploy/Deploy.h"

#include <vector>

namespace millrace::ctl
{

/// What a deployment would do. `isReused`: the draft's release is there already and is this one.
[[nodiscard]] Report localDraftReport(const deploy::Draft& draft, bool isReused);

/// What a deployment did. `others`: releases that run on this machine, too.
[[nodiscard]] Report localDeployReport(const deploy::Outcome& outcome,
                                       const std::vector<std::string>& others);

} // namespace millrace::ctl
