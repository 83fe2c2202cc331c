// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/Inputs.h"
#include "ctl/commands/Solving.h"
#include "ctl/report/PlanReport.h"

#include <chrono>

namespace millrace::ctl
{
namespace
{

struct Arguments {
    std::filesystem::path problem;
    SolveArguments solve;
};

Result<Report> solve(Arguments arguments, const Context& context)
{
    if (auto mistake = usageMistake(arguments.solve))
        return *mistake;
    const auto start = std::chrono::steady_clock::now();
    const auto text = readInput(arguments.problem);
    if (!text)
        return tl::unexpected(text.error());
    auto problem = plan::parseProblem(*text, arguments.problem.string());
    if (!problem)
        return tl::unexpected(problem.error());
    const std::chrono::duration<double> parsed = std::chrono::steady_clock::now() - start;
    if (const auto ok = prepare(arguments.solve, deviceNames(*problem), {arguments.problem}); !ok)
        return tl::unexpected(ok.error());
    applyTo(*problem, arguments.solve.search.variant);
    SolveProgress sink(context.progress);
    auto solved = experiment::solve(*problem, arguments.solve.search.options, context.stop, sink);
    if (!solved)
        return tl::unexpected(solved.error());
    solved->solution.solver.parse = Seconds{parsed.count()};
    return concludePlan(*problem, {{std::move(solved->solution), {}}, std::move(solved->memory)},
                        arguments.solve, context);
}

} // namespace

void addSolve(CLI::App& app, Chosen& chosen)
{
    CLI::App* command = app.add_subcommand("solve", "Plan a bare problem file");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("PROBLEM", arguments->problem, "Problem file (JSON)")->required();
    addSolveOptions(*command, arguments->solve);
    command->callback([arguments, &chosen] {
        chosen.action = [arguments](const Context& context) { return solve(*arguments, context); };
    });
}

} // namespace millrace::ctl
