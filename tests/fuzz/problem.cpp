// SPDX-License-Identifier: GPL-3.0-or-later
#include "FuzzTarget.h"
#include "plan/Solve.h"

using namespace millrace;
using namespace millrace::plan;

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
    const auto plan = solve(*problem, options, {}, sink);
    test::require(plan.has_value(), "a valid problem is solved");
    for (const std::string& difference : check(*problem, *plan))
        test::require(false, difference);
    return 0;
}
