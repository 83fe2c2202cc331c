// SPDX-License-Identifier: GPL-3.0-or-later
#include "Command.h"
#include "Interrupt.h"
#include "Terminal.h"

namespace
{

using namespace millrace;
using namespace millrace::ctl;

Result<Report> act(const Chosen& chosen, std::stop_token stop)
{
    ConsoleProgress progress;
    try {
        return chosen.action({stop, progress});
    } catch (const std::exception& exception) {
        return fail(ErrorCode::Internal, "an unexpected failure: {}", exception.what());
    }
}

/// The parser's words, and where to read more.
std::string usageMessage(const CLI::App& app, const CLI::ParseError& error,
                         const std::string& firstWord)
{
    const auto commands = app.get_subcommands();
    if (!commands.empty())
        return fmt::format("{}; see millracectl {} --help", error.what(),
                           commands.front()->get_name());
    if (firstWord.empty() || firstWord.front() == '-')
        return fmt::format("{}; see millracectl --help", error.what());
    return fmt::format("there is no command \"{}\"; see millracectl --help", firstWord);
}

int parseAndRun(int argc, char** argv)
{
    CLI::App app("Millrace plans and runs ONNX models on clusters of unlike devices.",
                 "millracectl");
    app.set_version_flag("--version", MILLRACE_VERSION);
    app.require_subcommand(1);
    Chosen chosen;
    for (const auto add : {addInspect, addPlan, addSolve, addCheck, addSplit, addRun, addReference})
        add(app, chosen);
    for (CLI::App* command : app.get_subcommands({}))
        command->add_flag("--json", chosen.json, "One JSON document on standard output");
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& helpOrVersion) {
        return app.exit(helpOrVersion);
    } catch (const CLI::ParseError& error) {
        printError(usageMessage(app, error, argc > 1 ? argv[1] : ""));
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
