// SPDX-License-Identifier: GPL-3.0-or-later
#include "Options.h"
#include "ReleaseReport.h"
#include "SshOptions.h"
#include "Table.h"
#include "base/File.h"
#include "deploy/Probe.h"

namespace millrace::ctl
{
namespace
{

struct Arguments {
    std::filesystem::path cluster;
    std::optional<std::filesystem::path> output;
    SshArguments ssh;
};

Json factsJson(const std::map<std::string, deploy::Facts>& all)
{
    Json list = Json::array();
    for (const auto& [device, facts] : all)
        list.push_back(
            {{"device", device},
             {"architecture", facts.architecture},
             {"libc", facts.libc},
             {"cores", facts.cores},
             {"memory_bytes", facts.memory.value},
             {"free_memory_bytes", facts.freeMemory.value},
             {"free_disk_bytes", facts.freeDisk.value},
             {"services", facts.services == deploy::Services::Systemd ? "systemd" : "process"}});
    return list;
}

std::string factsTable(const std::map<std::string, deploy::Facts>& all)
{
    Table table({{"device"},
                 {"architecture"},
                 {"C library"},
                 {"cores", Align::Right},
                 {"memory", Align::Right},
                 {"free", Align::Right},
                 {"disk free", Align::Right}});
    for (const auto& [device, facts] : all)
        table.add({device, facts.architecture, facts.libc, std::to_string(facts.cores),
                   formatBytes(facts.memory), formatBytes(facts.freeMemory),
                   formatBytes(facts.freeDisk)});
    return table.text();
}

Json linksJson(const std::vector<deploy::ProbedLink>& links)
{
    Json list = Json::array();
    for (const deploy::ProbedLink& link : links) {
        list.push_back({{"from", link.from},
                        {"to", link.to},
                        {"bandwidth_bps", link.link.bandwidth.value},
                        {"delay_s", link.link.delay.value}});
        if (!link.trouble.empty())
            list.back()["trouble"] = link.trouble;
    }
    return list;
}

std::string linksTable(const std::vector<deploy::ProbedLink>& links)
{
    Table table({{"from"}, {"to"}, {"bandwidth", Align::Right}, {"delay", Align::Right}, {""}});
    for (const deploy::ProbedLink& link : links)
        table.add({link.from, link.to,
                   link.trouble.empty() ? formatBandwidth(link.link.bandwidth) : "no link",
                   link.trouble.empty() ? formatDuration(link.link.delay) : "",
                   printable(link.trouble)});
    return table.text();
}

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
    Report report;
    report.json = dumped({{"cluster", output.string()},
                          {"devices", factsJson(outcome->facts)},
                          {"links", linksJson(outcome->links)}});
    report.text = fmt::format("{}\n{}\nWritten to {}.\n", factsTable(outcome->facts),
                              linksTable(outcome->links), output.string());
    return report;
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
