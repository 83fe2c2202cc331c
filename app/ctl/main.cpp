// SPDX-License-Identifier: GPL-3.0-or-later
#include "Command.h"
#include "Help.h"
#include "Terminal.h"
#include "base/Interrupt.h"

namespace
{

using namespace millrace;
using namespace millrace::ctl;

constexpr const char* kFooter =
    R"(A first plan:
  millracectl reference resnet50 -o resnet50.onnx
  millracectl plan resnet50.onnx cluster.yaml -o plan.json
  millracectl split resnet50.onnx plan.json -o stages
  millracectl run stages --random -o outputs

Exit codes: 0 success, 2 wrong usage, 3 bad input, 4 no feasible plan,
5 failure while running or writing, 6 stopped before any plan.)";

Result<Report> act(const Chosen& chosen, std::stop_token stop)
{
    ConsoleProgress progress;
    try {
        return chosen.action({stop, progress});
    } catch (const std::exception& exception) {
        return fail(ErrorCode::Internal, "an unexpected failure: {}", exception.what());
    }
}

int parseAndRun(int argc, char** argv)
{
    CLI::App app("Millrace plans and runs ONNX models on clusters of unlike devices.",
                 "millracectl");
    app.formatter_fn([](const CLI::App* shown, const std::string&, CLI::AppFormatMode) {
        return helpText(*shown);
    });
    app.set_help_flag("-h,--help", "This help; millracectl COMMAND --help tells more");
    app.set_version_flag("--version", MILLRACE_VERSION, "The version");
    app.require_subcommand(1);
    Chosen chosen;
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
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& helpOrVersion) {
        return app.exit(helpOrVersion);
    } catch (const CLI::ParseError& error) {
        printError(usageMessage(app, error));
        return static_cast<int>(ExitCode::Usage);
    }
    const Interrupt interrupt;
    return conclude(act(chosen, interrupt.token()), chosen.json);
}

} // namespace

int main(int argc, char** argv)
{
    try {
        return parseAndRun(argc, argv);
    } catch (const std::exception& exception) {
        printError(exception.what());
        return static_cast<int>(ExitCode::Failure);
    }
}
