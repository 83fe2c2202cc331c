// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/Program.h"

#include "base/Interrupt.h"
#include "ctl/Help.h"
#include "ctl/Terminal.h"

#include <algorithm>
#include <sstream>

namespace millrace::ctl
{
namespace
{

constexpr const char* kFooter =
    R"(A first plan:
  millracectl reference resnet50 -o resnet50.onnx
  millracectl plan resnet50.onnx cluster.yaml -o plan.json
  millracectl split resnet50.onnx plan.json -o stages
  millracectl run stages --random -o outputs

Exit codes: 0 success, 2 wrong usage, 3 bad input, 4 no feasible plan,
5 failure while running or writing, 6 stopped before any plan.)";

/// Every command with its options; what the chosen one is to do goes into `chosen`.
void addCommands(CLI::App& app, Chosen& chosen)
{
    app.formatter_fn([](const CLI::App* shown, const std::string&, CLI::AppFormatMode) {
        return helpText(*shown);
    });
    app.set_help_flag("-h,--help", "This help; millracectl COMMAND --help tells more");
    app.set_version_flag("--version", MILLRACE_VERSION, "The version");
    app.require_subcommand(1);
    for (const auto add : {addInspect, addPlan, addSolve, addCheck, addSplit, addRun, addReference,
                           addDemo, addProbe, addDeploy, addStatus, addBench, addInfer, addRollback,
                           addUndeploy, addExperiment})
        add(app, chosen);
    for (CLI::App* command : app.get_subcommands({})) {
        command->add_flag("--json", chosen.json,
                          "One JSON document on standard output instead of text");
        command->set_help_flag("-h,--help", "This help");
    }
    app.footer(kFooter); // after the commands, which would inherit it
}

} // namespace

std::variant<Chosen, Answer> parse(const std::vector<std::string>& arguments)
{
    CLI::App app("Millrace plans and runs ONNX models on clusters of unlike devices.",
                 "millracectl");
    Chosen chosen;
    addCommands(app, chosen);
    try {
        // The parser takes them from the end.
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::Success& helpOrVersion) {
        std::ostringstream text;
        app.exit(helpOrVersion, text, text);
        return Answer{ExitCode::Success, text.str(), {}};
    } catch (const CLI::ParseError& error) {
        return Answer{ExitCode::Usage, {}, usageMessage(app, error)};
    }
    return chosen;
}

Result<Report> act(const Chosen& chosen, const Context& context)
{
    try {
        return chosen.action(context);
    } catch (const std::exception& exception) {
        return fail(ErrorCode::Internal, "an unexpected failure: {}", exception.what());
    }
}

int runProgram(const std::vector<std::string>& arguments)
{
    const auto parsed = parse(arguments);
    if (const auto* answer = std::get_if<Answer>(&parsed))
        return conclude(Report{answer->text, answer->text, answer->code, answer->error}, false);
    const auto& chosen = std::get<Chosen>(parsed);
    const Interrupt interrupt;
    const auto outcome = [&] {
        ConsoleProgress progress; // gone from the terminal before the report comes
        return act(chosen, {interrupt.token(), progress});
    }();
    return conclude(outcome, chosen.json);
}

} // namespace millrace::ctl
