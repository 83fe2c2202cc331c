// SPDX-License-Identifier: GPL-3.0-or-later
#include "FuzzTarget.h"
#include "plan/Checker.h"
#include "plan/ExampleProblem.h"
#include "plan/search/Solve.h"

using namespace millrace;
using namespace millrace::plan;

/// A plan that is read can be checked, written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const Problem kProblem = test::exampleProblem();
    const std::vector<std::string> names = {"gw", "p", "q", "r"};
    const auto outline = parsePlanOutline(test::textOf(data, size), "f");
    if (!outline)
        test::requireOneLine(outline.error().message);
    const auto plan = parsePlan(test::textOf(data, size), "f", names);
    if (!plan) {
        test::requireOneLine(plan.error().message);
        return 0;
    }
    static_cast<void>(check(kProblem, *plan));
    const auto again = parsePlan(writePlan(*plan, names), "f", names);
    test::require(again && again->pipelines == plan->pipelines,
                  "a plan survives writing and reading");
    return 0;
}
