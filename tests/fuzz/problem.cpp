// SPDX-License-Identifier: GPL-3.0-or-later
#include "FuzzTarget.h"
#include "plan/Checker.h"
#include "plan/whatif/Sensitivity.h"

using namespace millrace;
using namespace millrace::plan;

namespace
{

/// What every resource is worth lies between two bounds that fit each other.
void requireSensitivity(const Problem& problem, const Solution& plan)
{
    SensitivityOptions options;
    options.stepLimit = 500;
    NoSensitivitySink sink;
    const auto found = sensitivity(problem, plan, allChanges(problem), options, {}, sink);
    test::require(found.has_value(), "a solved problem has a sensitivity");
    for (const Finding& finding : *found)
        test::require(!isBelow(finding.bottleneck, finding.lowerBound), "bounds fit");
}

} // namespace

/// A problem that is read can be written, and planned within the checker's rules.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto problem = parseProblem(test::textOf(data, size), "f");
    if (!problem) {
        test::requireOneLine(problem.error().message);
        return 0;
    }
    const auto again = parseProblem(writeProblem(*problem), "f");
    test::require(again && *again == *problem, "a problem survives writing and reading");
    if (problem->layers.size() > 12 || problem->devices.size() > 6)
        return 0;
    SolveOptions options;
    options.stepLimit = 20000;
    NoPlanSink sink;
    const auto solved = solve(*problem, options, {}, sink);
    test::require(solved.has_value(), "a valid problem is solved");
    const Solution& plan = solved->solution;
    for (const std::string& difference : check(*problem, plan))
        test::require(false, difference);
    if (problem->layers.size() <= 6 && problem->devices.size() <= 4 &&
        (plan.hasStages() || plan.status == Status::Infeasible))
        requireSensitivity(*problem, plan);
    return 0;
}
