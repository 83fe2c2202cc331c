// SPDX-License-Identifier: GPL-3.0-or-later
#include "work/DeployPlanned.h"

namespace millrace::work
{

deploy::Deployment deploymentOf(const Planned& planned, deploy::ReleaseKind kind)
{
    return {planned.inputs.model, planned.inputs.cluster, planned.problem,
            planned.plan,         planned.inputs.times,   kind};
}

} // namespace millrace::work
