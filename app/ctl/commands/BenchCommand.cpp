// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/Options.h"
#include "ctl/report/BenchReport.h"
#include "ctl/report/ReleaseReport.h"
#include "deploy/ReleaseIndex.h"

namespace millrace::ctl
{
namespace
{

struct Arguments {
    std::string release;
    work::BenchOptions options;
    bool isNotCompared = false;
};

Result<Report> bench(const Arguments& arguments, const Context& context)
{
    const auto release = deploy::findRelease(arguments.release);
    if (!release)
        return tl::unexpected(release.error());
    work::BenchOptions options = arguments.options;
    options.compare = !arguments.isNotCompared;
    const auto result = work::bench(*release, options, context.stop, context.progress);
    if (!result)
        return runFailure(result.error());
    return benchReport(release->id, *result, options.compare);
}

} // namespace

void addBench(CLI::App& app, Chosen& chosen)
{
    CLI::App* command =
        app.add_subcommand("bench", "Send requests to a release, check and time the answers");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("RELEASE", arguments->release, "Which one; without it the newest")
        ->option_text("[RELEASE]");
    addInteger(
        *command, "-n,--requests", 1, 1'000'000'000,
        [arguments](std::int64_t n) { arguments->options.requests = static_cast<int>(n); },
        "How many requests to send (100)");
    addSeed(*command, arguments->options.seed, "Seed of the inputs");
    command->add_flag("--no-compare", arguments->isNotCompared,
                      "Do not compare the answers with the unpartitioned model's");
    command->callback([arguments, &chosen] {
        chosen.action = [arguments](const Context& context) { return bench(*arguments, context); };
    });
}

} // namespace millrace::ctl
