// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ctl/Command.h"
#include "ctl/SshOptions.h"
#include "work/PlanModel.h"

namespace millrace::ctl
{

/// Puts a plan onto the cluster's own devices, or says what that would do.
[[nodiscard]] Result<Report> deployOverSsh(const work::Planned& planned,
                                           const SshArguments& arguments, const Context& context);
[[nodiscard]] Result<Report> draftOverSsh(const work::Planned& planned,
                                          const SshArguments& arguments, const Context& context);

} // namespace millrace::ctl
