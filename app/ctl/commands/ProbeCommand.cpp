// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/File.h"
#include "ctl/ConsoleSteps.h"
#include "ctl/Inputs.h"
#include "ctl/SshOptions.h"
#include "ctl/report/ProbeReport.h"
#include "ctl/report/ReleaseReport.h"

namespace millrace::ctl
{
namespace
{

struct Arguments {
    std::filesystem::path cluster;
    std::optional<std::filesystem::path> output;
    SshArguments ssh;
};

Result<Report> probe(const Arguments& arguments, const Context& context)
{
    const auto cluster = readClusterInput(arguments.cluster);
    if (!cluster)
        return tl::unexpected(cluster.error());
    const auto output = arguments.output.value_or(arguments.cluster);
    if (arguments.output)
        if (const auto ok = checkOutput(output, {arguments.cluster}); !ok)
            return tl::unexpected(ok.error());
    CtlAccess ssh(arguments.ssh);
    ConsoleSteps steps(context.progress);
    const auto outcome = deploy::probe(*cluster, ssh.access(), {}, context.stop, steps);
    if (!outcome)
        return failureOf(outcome.error());
    if (const auto ok = writeFileAtomically(output, cluster::writeCluster(outcome->cluster)); !ok)
        return tl::unexpected(ok.error());
    return probeReport(*outcome, output.string());
}

} // namespace

void addProbe(CLI::App& app, Chosen& chosen)
{
    CLI::App* command =
        app.add_subcommand("probe", "Read the devices' facts and measure every link between them");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("CLUSTER", arguments->cluster, "Cluster file (YAML)")->required();
    command
        ->add_option("-o,--output", arguments->output,
                     "Where the measured cluster goes, instead of into CLUSTER itself")
        ->option_text("FILE");
    addSshOptions(*command, arguments->ssh);
    command->footer(
        "Each directed link is measured for a second, over the transport that stages\n"
        "use, never two at a time with an end in common. A pair of which neither side\n"
        "reaches the other becomes \"no link\". Comments in CLUSTER are lost; -o keeps\n"
        "the file.");
    command->callback([arguments, &chosen] {
        chosen.action = [arguments](const Context& context) { return probe(*arguments, context); };
    });
}

} // namespace millrace::ctl
