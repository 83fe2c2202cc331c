// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "ctl/Inputs.h"
#include "ctl/commands/Solving.h"
#include "ctl/report/PlanReport.h"
#include "ctl/report/TraceReport.h"

#include <chrono>

namespace millrace::ctl
{
namespace
{

struct Arguments {
    std::filesystem::path problem;
    SolveArguments solve;
    std::optional<std::filesystem::path> trace;
};

/// Keeps the lines of a trace; without a trace it keeps none.
class Tracing final : public SolveProgress
{
public:
    Tracing(ProgressSink& progress, bool isWanted) : SolveProgress(progress), m_isWanted(isWanted)
    {
    }
    void traced(const plan::TraceEvent& event) override
    {
        if (m_isWanted)
            m_lines += traceLine(event);
    }
    [[nodiscard]] const std::string& lines() const { return m_lines; }

private:
    bool m_isWanted;
    std::string m_lines;
};

/// Before long work.
Result<void> check(const Arguments& arguments)
{
    if (!arguments.trace)
        return {};
    std::vector<std::filesystem::path> others{arguments.problem};
    if (arguments.solve.output)
        others.push_back(*arguments.solve.output);
    return checkOutput(*arguments.trace, others);
}

Result<Report> solve(Arguments arguments, const Context& context)
{
    if (auto mistake = usageMistake(arguments.solve))
        return *mistake;
    if (arguments.trace && arguments.solve.search.options.algorithm != experiment::Algorithm::Exact)
        return usageError("--trace shows the exact search and needs --algorithm exact");
    if (const auto ok = check(arguments); !ok)
        return tl::unexpected(ok.error());
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
    Tracing sink(context.progress, arguments.trace.has_value());
    auto solved = experiment::solve(*problem, arguments.solve.search.options, context.stop, sink);
    if (!solved)
        return tl::unexpected(solved.error());
    if (arguments.trace)
        if (const auto ok = writeFileAtomically(*arguments.trace, sink.lines()); !ok)
            return tl::unexpected(ok.error());
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
    command
        ->add_option("--trace", arguments->trace,
                     "Where to write what the search asked and learnt, a JSON object in each line")
        ->option_text("FILE");
    command->callback([arguments, &chosen] {
        chosen.action = [arguments](const Context& context) { return solve(*arguments, context); };
    });
}

} // namespace millrace::ctl
