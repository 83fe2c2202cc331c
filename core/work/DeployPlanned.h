// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deploy/Deploy.h"
#include "work/PlanModel.h"

namespace millrace::work
{

/// What deploys a planned model; its layer times must be those of this machine.
[[nodiscard]] deploy::Deployment deploymentOf(const Planned& planned, deploy::ReleaseKind kind);

} // namespace millrace::work
