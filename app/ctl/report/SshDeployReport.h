// SPDX-License-Identifier: GPL-3.0-or-later
/// Releases on the cluster's own devices.
#pragma once

#include "ctl/Report.h"
#include "deploy/Deploy.h"

namespace millrace::ctl
{

/// What a deployment did.
[[nodiscard]] Report sshDeployReport(const deploy::Outcome& outcome);
/// What a deployment would do. `isReused`: a release is this deployment already.
[[nodiscard]] Report sshDraftReport(const deploy::Draft& draft, bool isReused);

} // namespace millrace::ctl
