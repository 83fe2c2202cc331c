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

Result<deploy::Release> targetOf(const std::string& id)
{
    const auto found = deploy::findRelease(id);
    if (!found)
        return found;
    if (found->kind != deploy::ReleaseKind::Ssh)
        return fail(ErrorCode::InvalidArgument,
                    "release {} is local; local releases do not replace each other", found->id);
    if (!id.empty() && found->standing == deploy::Standing::Current)
        return fail(ErrorCode::InvalidArgument, "release {} is the current one already", found->id);
    return id.empty() ? deploy::rollbackTarget(*found) : found;
}

Result<Report> rollback(const Arguments& arguments, const Context& context)
{
    const auto target = targetOf(arguments.release);
    if (!target)
        return tl::unexpected(target.error());
    CtlAccess ssh(arguments.ssh);
    ConsoleSteps steps(context.progress);
    const auto outcome = deploy::bringBack(*target, ssh.access(), {}, context.stop, steps);
    if (!outcome)
        return runFailure(outcome.error());
    return rollbackReport(target->id, outcome->notes);
}

} // namespace

void addRollback(CLI::App& app, Chosen& chosen)
{
    CLI::App* command =
        app.add_subcommand("rollback", "Go back to the release before, on the same devices");
    const auto arguments = std::make_shared<Arguments>();
    command
        ->add_option("RELEASE", arguments->release,
                     "Which one; without it the last that was replaced")
        ->option_text("[RELEASE]");
    addSshOptions(*command, arguments->ssh);
    command->footer("Devices keep the files of the last two releases that were replaced; the\n"
                    "current one serves until the earlier one does.");
    command->callback([arguments, &chosen] {
        chosen.action = [arguments](const Context& context) {
            return rollback(*arguments, context);
        };
    });
}

} // namespace millrace::ctl
