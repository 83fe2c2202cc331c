// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/ConsoleSteps.h"
#include "ctl/SshOptions.h"
#include "ctl/report/ReleaseReport.h"
#include "deploy/Deploy.h"

namespace millrace::ctl
{
namespace
{

struct Arguments {
    std::string release;
    SshArguments ssh;
};

Result<Report> undeploy(const Arguments& arguments, const Context& context)
{
    deploy::removeAbandoned();
    const auto release = deploy::findRelease(arguments.release);
    if (!release)
        return tl::unexpected(release.error());
    ConsoleSteps steps(context.progress);
    CtlAccess ssh(arguments.ssh);
    const auto ok = deploy::undeploy(*release, ssh.access(), {}, context.stop, steps);
    if (!ok)
        return runFailure(ok.error());
    return undeployReport(release->id);
}

} // namespace

void addUndeploy(CLI::App& app, Chosen& chosen)
{
    CLI::App* command =
        app.add_subcommand("undeploy", "End a release's processes and remove its files");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("RELEASE", arguments->release, "Which one; without it the newest")
        ->option_text("[RELEASE]");
    addSshOptions(*command, arguments->ssh);
    command->footer("With a current release go those that it has replaced on its devices.");
    command->callback([arguments, &chosen] {
        chosen.action = [arguments](const Context& context) {
            return undeploy(*arguments, context);
        };
    });
}

} // namespace millrace::ctl
