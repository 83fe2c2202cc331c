// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/report/ProbeReport.h"

#include "ctl/report/Table.h"

namespace millrace::ctl
{
namespace
{

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

} // namespace

Report probeReport(const deploy::ProbeOutcome& outcome, const std::string& output)
{
    Report report;
    report.json = dumped({{"cluster", output},
                          {"devices", factsJson(outcome.facts)},
                          {"links", linksJson(outcome.links)}});
    report.text = fmt::format("{}\n{}\nWritten to {}.\n", factsTable(outcome.facts),
                              linksTable(outcome.links), output);
    return report;
}

} // namespace millrace::ctl
