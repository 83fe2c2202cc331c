// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/commands/Solving.h"

#include "base/File.h"
#include "ctl/report/PlanReport.h"

namespace millrace::ctl
{
namespace
{

using plan::Finding;

class Progress final : public plan::SensitivitySink
{
public:
    Progress(ProgressSink& progress, std::size_t count) : m_progress(progress), m_count(count) {}
    void found(const Finding&) override
    {
        ++m_found;
        m_progress.progress(
            fmt::format("planning anew for {} changes of the cluster, {} known", m_count, m_found),
            static_cast<double>(m_found) / static_cast<double>(m_count));
    }

private:
    ProgressSink& m_progress;
    std::size_t m_count, m_found = 0;
};

/// What every resource of the cluster is worth to the plan; the options limit it as they limited
/// the plan. Interrupted: with what was found until then.
Result<std::vector<Finding>> findSensitivity(const plan::Problem& problem,
                                             const work::FoundPlan& found,
                                             const plan::SolveOptions& options,
                                             const Context& context)
{
    const auto changes = plan::allChanges(problem);
    Progress sink(context.progress, changes.size());
    return plan::sensitivity(
        problem, found.plan, changes,
        {options.gap, options.timeLimit, options.stepLimit, options.seed, found.memory},
        context.stop, sink);
}

} // namespace

void SolveProgress::improved(const plan::Solution* incumbent, Seconds lowerBound)
{
    const std::string best =
        incumbent != nullptr ? formatDuration(incumbent->bottleneckTime) : "none yet";
    m_progress.progress(fmt::format("planning: best bottleneck {}, proven not below {}", best,
                                    formatDuration(lowerBound)),
                        -1);
}

Result<Report> concludePlan(const plan::Problem& problem, const work::FoundPlan& found,
                            const SolveArguments& arguments, const Context& context)
{
    const plan::Plan& plan = found.plan;
    Report report = planReport(problem, plan);
    const std::string planFile = report.json;
    const bool hasAnswer = plan.hasStages() || plan.status == plan::Status::Infeasible;
    if (arguments.sensitivity && hasAnswer) {
        const auto findings = findSensitivity(problem, found, arguments.search.options, context);
        if (!findings)
            return tl::unexpected(findings.error());
        report = withSensitivity(std::move(report), problem, plan, *findings);
    }
    // Ctrl+C leaves an earlier plan as it is.
    if (arguments.output && (plan.hasStages() || plan.status != plan::Status::Cancelled)) {
        if (const auto ok = writeFileAtomically(*arguments.output, planFile); !ok)
            return tl::unexpected(ok.error());
        report.text +=
            plan.hasStages()
                ? fmt::format("\nThe plan is in {}.\n", arguments.output->string())
                : fmt::format("The plan file without stages is {}.\n", arguments.output->string());
    }
    return report;
}

} // namespace millrace::ctl
