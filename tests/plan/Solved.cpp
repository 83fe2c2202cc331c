// SPDX-License-Identifier: GPL-3.0-or-later
#include "Solved.h"

#include "RandomProblem.h"
#include "plan/Checker.h"

#include <QTest>

namespace millrace::test
{

using namespace plan;

Problem hardProblem()
{
    Rules rules;
    rules.links = true;
    Problem problem = randomProblem(7, rules, 40, 9);
    for (Device& device : problem.devices)
        device.memory.value = 500;
    return problem;
}

Solved solvedToGoOn(const Problem& problem)
{
    NoPlanSink sink;
    return solve(problem, {}, {}, sink).value();
}

Solution solved(const Problem& problem, const SolveOptions& options, std::stop_token stop)
{
    NoPlanSink sink;
    return solve(problem, options, std::move(stop), sink).value().solution;
}

void verifyChecked(const Problem& problem, const Solution& plan)
{
    const auto differences = check(problem, plan);
    QVERIFY2(differences.empty(), fmt::format("{}", fmt::join(differences, "; ")).c_str());
}

} // namespace millrace::test
