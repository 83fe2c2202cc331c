// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ReleaseReport.h"
#include "SshOptions.h"

namespace millrace::ctl
{

/// Puts a plan onto the cluster's own devices, or says what that would do.
[[nodiscard]] Result<Report> deployOverSsh(const Planned& planned, const cluster::Cluster& cluster,
                                           const SshArguments& arguments, const Context& context);
[[nodiscard]] Result<Report> draftOverSsh(const Planned& planned, const cluster::Cluster& cluster,
                                          const SshArguments& arguments, const Context& context);

} // namespace millrace::ctl
