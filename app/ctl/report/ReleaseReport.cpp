// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/report/ReleaseReport.h"

#include "ctl/report/PlanReport.h"

namespace millrace::ctl
{

Report runFailure(const Error& error)
{
    Report report;
    report.code = ExitCode::Failure;
    report.error = error.message;
    return report;
}

Result<Report> failureOf(const Error& error)
{
    if (error.code == ErrorCode::InvalidArgument)
        return tl::unexpected(error);
    return runFailure(error);
}

Report withoutPlan(const plan::Problem& problem, const plan::Plan& plan)
{
    Report report;
    report.json = plan::writePlan(plan, deviceNames(problem));
    const bool isInfeasible = plan.status == plan::Status::Infeasible;
    report.code = isInfeasible ? ExitCode::NoFeasiblePlan : ExitCode::StoppedBeforePlan;
    report.error = isInfeasible
                       ? fmt::format("no feasible plan: {}", fmt::join(plan.whyInfeasible, "; "))
                       : "stopped before any plan was found";
    return report;
}

Json releaseJson(const deploy::Release& release)
{
    return {{"release", release.id},
            {"folder", release.folder.string()},
            {"predicted_throughput_per_s", release.plan.throughput()}};
}

Json nodeJson(const deploy::Release& release, std::size_t n)
{
    const deploy::ReleaseNode& node = release.nodes[n];
    Json json = {{"name", node.name},
                 {"device", node.device},
                 {"folder", deploy::nodeFolder(release, node).string()},
                 {"address", node.endpoint.address},
                 {"port", node.endpoint.port}};
    if (const plan::Stage* stage = deploy::plannedStage(release.plan, node))
        json["memory_bytes"] = stage->memory.value;
    return json;
}

std::string notesText(const std::vector<std::string>& notes)
{
    std::string text;
    for (const std::string& note : notes)
        text += fmt::format("note: {}\n", printable(note));
    return text;
}

Report undeployReport(const std::string& release)
{
    Report report;
    report.json = dumped({{"release", release}, {"removed", true}});
    report.text = fmt::format("Release {} is gone: no process, no file.\n", release);
    return report;
}

Report rollbackReport(const std::string& release, const std::vector<std::string>& notes)
{
    Report report;
    report.json = dumped({{"release", release}, {"notes", notes}});
    report.text = fmt::format("Release {} serves again.\n", release) + notesText(notes);
    return report;
}

} // namespace millrace::ctl
