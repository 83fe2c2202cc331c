// SPDX-License-Identifier: GPL-3.0-or-later
#include "ReleaseReport.h"

namespace millrace::ctl
{
namespace
{

Result<Report> undeploy(const std::string& id, const Context& context)
{
    deploy::removeAbandoned();
    const auto release = deploy::findRelease(id);
    if (!release)
        return tl::unexpected(release.error());
    ConsoleSteps steps(context.progress);
    if (const auto ok = deploy::undeployLocal(*release, context.stop, steps); !ok)
        return runFailure(ok.error());
    Report report;
    report.json = dumped({{"release", release->id}, {"removed", true}});
    report.text = fmt::format("Release {} is gone: no process, no file.\n", release->id);
    return report;
}

} // namespace

void addUndeploy(CLI::App& app, Chosen& chosen)
{
    CLI::App* command =
        app.add_subcommand("undeploy", "End a release's processes and remove its files");
    const auto id = std::make_shared<std::string>();
    command->add_option("RELEASE", *id, "Which one; without it the newest")
        ->option_text("[RELEASE]");
    command->callback([id, &chosen] {
        chosen.action = [id](const Context& context) { return undeploy(*id, context); };
    });
}

} // namespace millrace::ctl
