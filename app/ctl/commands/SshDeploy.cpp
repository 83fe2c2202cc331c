// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/commands/SshDeploy.h"

#include "ctl/ConsoleSteps.h"
#include "ctl/report/ReleaseReport.h"
#include "ctl/report/SshDeployReport.h"
#include "work/DeployPlanned.h"

namespace millrace::ctl
{
Result<Report> deployOverSsh(const work::Planned& planned, const SshArguments& arguments,
                             const Context& context)
{
    CtlAccess ssh(arguments);
    ConsoleSteps steps(context.progress);
    const auto outcome = deploy::deploy(work::deploymentOf(planned, deploy::ReleaseKind::Ssh),
                                        ssh.access(), context.stop, steps);
    if (outcome)
        return sshDeployReport(*outcome);
    return failureOf(outcome.error());
}

Result<Report> draftOverSsh(const work::Planned& planned, const SshArguments& arguments,
                            const Context& context)
{
    CtlAccess ssh(arguments);
    ConsoleSteps steps(context.progress);
    const deploy::Deployment deployment = work::deploymentOf(planned, deploy::ReleaseKind::Ssh);
    const auto draft = deploy::draft(deployment, ssh.access(), context.stop, steps);
    if (draft)
        return sshDraftReport(*draft, deploy::sameRelease(deployment).has_value());
    return failureOf(draft.error());
}

} // namespace millrace::ctl
